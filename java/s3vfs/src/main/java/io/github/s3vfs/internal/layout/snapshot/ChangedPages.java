package io.github.s3vfs.internal.layout.snapshot;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.LongStream;

/**
 * The pages that a commit stores.
 *
 * @param numbers ascending
 * @param pageSize in bytes; it may be another one than the file was changed by
 * @param file has them
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record ChangedPages(long[] numbers, int pageSize, ChangedFile file) {
  /** All pages of a file. */
  static ChangedPages all(long pageCount, int pageSize, ChangedFile file) {
    return new ChangedPages(LongStream.rangeClosed(1, pageCount).toArray(), pageSize, file);
  }

  /** A page. */
  byte[] content(long page) {
    ByteBuffer bytes = ByteBuffer.allocate(pageSize);
    file.read(bytes, (page - 1) * pageSize);
    return bytes.array();
  }

  /**
   * Three parts: pages that many reads need, those that most need before the others, see {@link
   * HotPages}; and the rest.
   */
  List<long[]> parts() {
    HotPages hot = new HotPages();
    ByteBuffer start = ByteBuffer.allocate(HotPages.BYTES);
    long[] rest =
        LongStream.of(numbers)
            .filter(
                page -> {
                  file.read(start.clear(), (page - 1) * pageSize);
                  return !hot.add(page, start);
                })
            .toArray();
    return List.of(hot.upper(), hot.lower(), rest);
  }
}
