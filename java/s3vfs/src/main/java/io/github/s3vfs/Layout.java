package io.github.s3vfs;

import java.util.Locale;

/**
 * How a database is stored; docs/FORMAT.md. New ones are stored as {@link #SNAPSHOT} if nothing is
 * said, and existing ones keep their layout.
 */
public enum Layout {
  /** The blocks of the Python package sqlite-s3vfs, and interchangeable with it. */
  BLOCKS,
  /** A head that is changed by compare-and-swap, and immutable segments of compressed pages. */
  SNAPSHOT;

  /** As URLs have it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
