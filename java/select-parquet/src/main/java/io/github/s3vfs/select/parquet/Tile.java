package io.github.s3vfs.select.parquet;

import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** A range that is fetched with one request. */
final class Tile {
  final long offset;
  final int length;

  /** How much of its columns is read before it is needed, at the earliest: 0 to 1. */
  double due = 1;

  /** Columns that still need it. */
  int users;

  /** Under way. */
  @Nullable InputStream stream;

  /** Here. */
  byte @Nullable [] bytes;

  Tile(long offset, int length) {
    this.offset = offset;
    this.length = length;
  }

  long end() {
    return offset + length;
  }
}
