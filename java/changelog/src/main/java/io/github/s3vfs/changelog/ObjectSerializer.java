package io.github.s3vfs.changelog;

/**
 * Turns objects that only the program knows into bytes, and back. In a table they are base64 in a
 * TEXT. Called by the thread that reads or writes.
 *
 * @param <T> of the objects
 */
public interface ObjectSerializer<T> {
  /**
   * The bytes of an object.
   *
   * @param value not null
   * @return its bytes
   * @throws IllegalArgumentException if it has none
   */
  byte[] write(T value);

  /**
   * The object of some bytes; the same bytes give equal objects.
   *
   * @param bytes what {@link #write} has returned
   * @return the object
   * @throws IllegalArgumentException if they are no object
   */
  T read(byte[] bytes);
}
