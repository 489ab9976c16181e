package io.github.s3vfs.flink;

import java.util.List;

/**
 * What a source's enumerator knows: the splits that no reader has. Immutable.
 *
 * @param planned whether the splits were made
 * @param splits in order
 */
public record SqliteSourceState(boolean planned, List<SqliteSplit> splits) {
  /** Copies the list. */
  public SqliteSourceState {
    splits = List.copyOf(splits);
  }
}
