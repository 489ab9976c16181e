package io.github.s3vfs.select.parquet;

import io.github.s3vfs.select.SelectError;
import io.github.s3vfs.select.SelectException;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnMetaData;
import org.jspecify.annotations.Nullable;

/**
 * A column of a row group.
 *
 * @param leaf the column
 * @param metadata what is stored about it; null if it is encrypted or in another file
 * @param group index of the row group, from 0
 * @param start its first byte
 * @param length in bytes
 */
record Chunk(
    ColumnDescriptor leaf, @Nullable ColumnMetaData metadata, int group, long start, long length) {
  static Chunk of(ColumnDescriptor leaf, ColumnChunk stored, int group, long end) {
    ColumnMetaData metadata = stored.getMeta_data();
    if (metadata == null || stored.isSetCrypto_metadata() || stored.isSetFile_path()) {
      return new Chunk(leaf, null, group, end, 0);
    }
    long start = metadata.getData_page_offset();
    if (metadata.isSetDictionary_page_offset() && metadata.getDictionary_page_offset() > 0) {
      start = Math.min(start, metadata.getDictionary_page_offset());
    }
    long length = metadata.getTotal_compressed_size();
    if (start < 0 || length < 0 || start > end - length || metadata.getNum_values() < 0) {
      throw Failures.damaged(
          "%s has %d values in %d bytes from %d on"
              .formatted(name(leaf, group), metadata.getNum_values(), length, start));
    }
    return new Chunk(leaf, metadata, group, start, length);
  }

  /** Behind its last byte. */
  long end() {
    return start + length;
  }

  /** What messages call it. */
  String name() {
    return name(leaf, group);
  }

  private static String name(ColumnDescriptor leaf, int group) {
    return "column " + String.join(".", leaf.getPath()) + " in row group " + group;
  }

  /** What is stored about it, if it can be read. */
  ColumnMetaData readable() {
    if (metadata == null) {
      throw new SelectException(
          SelectError.PARQUET_UNSUPPORTED_CODEC,
          name() + " is encrypted, or in another object, which is not read");
    }
    return metadata;
  }
}
