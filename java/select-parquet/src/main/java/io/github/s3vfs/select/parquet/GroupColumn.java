package io.github.s3vfs.select.parquet;

import io.github.s3vfs.select.internal.eval.Value;
import java.io.IOException;

/** A column in one row group. */
interface GroupColumn {
  /**
   * Takes its value in a row.
   *
   * @param row in the row group, from 0; never less than the last
   * @throws RuntimeException whatever a decoder throws at bytes that it does not expect
   */
  void read(long row, Value out) throws IOException;
}
