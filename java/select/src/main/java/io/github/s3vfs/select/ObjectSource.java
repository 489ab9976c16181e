package io.github.s3vfs.select;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one version of one object. All streams of a source are of the same version: if the
 * object is changed meanwhile, reading fails. Implementations are thread-safe, so that several
 * splits of an object can be read from one source.
 */
public interface ObjectSource {
  /**
   * How long the object is.
   *
   * @return its length in bytes
   */
  long size();

  /**
   * Opens a part. It is read in order, once, and closed by the caller.
   *
   * @param offset where to begin, 0 to the size
   * @param length how many bytes at most; less comes only at the end of the object
   * @return the bytes
   * @throws SelectException {@code OBJECT_CHANGED} if it is another object by now
   * @throws IOException if they can not be read; reading throws the same
   */
  InputStream open(long offset, long length) throws IOException;

  /**
   * What messages call it.
   *
   * @return its address
   */
  String name();

  /**
   * Asks the store to run a query over this version of the object.
   *
   * @param query in the dialect of the store, with a small result
   * @param options how the object is read
   * @return the rows as they came, as CSV; null where the store does not answer it
   * @throws SelectException {@code INTERRUPTED}
   */
  default @Nullable String ask(String query, SelectOptions options) {
    return null;
  }

  /**
   * Bytes in memory, which must not be changed meanwhile.
   *
   * @param bytes the object; not copied
   * @return the source
   */
  static ObjectSource of(byte[] bytes) {
    return new MemorySource(bytes);
  }

  /**
   * A file.
   *
   * @param file which must be a readable file
   * @return the source, of the file as it is now
   * @throws IOException if there is none
   */
  static ObjectSource of(Path file) throws IOException {
    return FileSource.of(file);
  }
}
