package io.github.s3vfs.select.parquet;

import io.github.s3vfs.select.ObjectSource;
import io.github.s3vfs.select.SelectOptions;
import io.github.s3vfs.select.internal.eval.RowSource;
import io.github.s3vfs.select.internal.eval.RowSourceProvider;

/** What the engine finds by {@link java.util.ServiceLoader}; not to be used otherwise. */
public final class ParquetRows implements RowSourceProvider {
  /** For the service loader. */
  public ParquetRows() {}

  @Override
  public RowSource open(ObjectSource source, SelectOptions options) {
    return new ParquetReader(source, Footer.read(source), options);
  }
}
