package io.github.s3vfs.internal.layout;

/** Takes what a check of the stored objects of a database finds. Used by one thread at a time. */
public interface Findings {
  /**
   * There is more to read.
   *
   * @param bytes how much more
   */
  void expected(long bytes);

  /**
   * Something was read.
   *
   * @param bytes how much
   */
  void read(long bytes);

  /**
   * An object is not what was stored.
   *
   * @param object as in {@code s3://bucket/key}
   * @param message a sentence that names it
   */
  void damaged(String object, String message);
}
