package io.github.s3vfs.select.parquet;

import io.github.s3vfs.select.ObjectSource;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** The last bytes of an object, which are fetched first; a small object is all in them. */
final class Tail {
  /** What one request fetches: the metadata of most files. */
  static final int SIZE = 64 << 10;

  private final long start;
  private final byte[] bytes;

  private Tail(long start, byte[] bytes) {
    this.start = start;
    this.bytes = bytes;
  }

  static Tail read(ObjectSource source) {
    int length = (int) Math.min(SIZE, source.size());
    return new Tail(source.size() - length, bytes(source, source.size() - length, length));
  }

  /** Where they begin in the object. */
  long start() {
    return start;
  }

  /** The bytes up to the end of the object; not a copy. */
  byte[] bytes() {
    return bytes;
  }

  /** All bytes of a range. */
  static byte[] bytes(ObjectSource source, long offset, int length) {
    try (InputStream stream = source.open(offset, length)) {
      return bytes(stream, length);
    } catch (IOException e) {
      throw Failures.unread(source, e);
    }
  }

  /** All bytes of a stream of a length. */
  static byte[] bytes(InputStream stream, int length) throws IOException {
    byte[] bytes = new byte[length];
    if (stream.readNBytes(bytes, 0, length) < length) {
      throw new EOFException("the bytes end before the end of the object");
    }
    return bytes;
  }
}
