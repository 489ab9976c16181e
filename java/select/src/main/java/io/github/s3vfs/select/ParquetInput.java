package io.github.s3vfs.select;

/**
 * Parquet as input, which the module {@code sqlite-s3vfs-select-parquet} reads: it has to be on the
 * class path. Compression is that of the columns, so {@link SelectOptions#compression} stays {@link
 * Compression#NONE}.
 */
public record ParquetInput() implements InputFormat {
  /** There is nothing to choose. */
  public static final ParquetInput DEFAULT = new ParquetInput();
}
