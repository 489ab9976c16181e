package io.github.s3vfs.internal.layout.snapshot;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.IntStream;
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
  private static final int INTERIOR_INDEX = 2;
  private static final int INTERIOR_TABLE = 5;

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
   * Two parts: those that many reads need, which are page 1 and what looks like an inner page of a
   * B-tree; and the others.
   */
  List<long[]> parts() {
    boolean[] hot = new boolean[numbers.length];
    for (int i = 0; i < hot.length; i++) {
      hot[i] = isHot(numbers[i]);
    }
    return List.of(
        IntStream.range(0, hot.length).filter(i -> hot[i]).mapToLong(i -> numbers[i]).toArray(),
        IntStream.range(0, hot.length).filter(i -> !hot[i]).mapToLong(i -> numbers[i]).toArray());
  }

  private boolean isHot(long page) {
    ByteBuffer type = ByteBuffer.allocate(1);
    file.read(type, (page - 1) * pageSize);
    return page == 1 || type.get(0) == INTERIOR_INDEX || type.get(0) == INTERIOR_TABLE;
  }
}
