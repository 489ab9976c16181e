package io.github.s3vfs.select.internal.table;

import io.github.s3vfs.select.ObjectSource;

/** Finds objects for tables. Thread-safe. */
@FunctionalInterface
public interface SourceOpener {
  /**
   * Asks for an object.
   *
   * @param url as it was written
   * @return the object as it is now
   * @throws io.github.s3vfs.select.SelectException if it is not allowed to be read, or not there
   */
  ObjectSource open(String url);
}
