package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.internal.layout.DatabaseHeader;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.LongFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * The pages that a commit stores.
 *
 * @param numbers ascending
 * @param content gives a page
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record ChangedPages(long[] numbers, LongFunction<byte[]> content) {
  private static final int INTERIOR_INDEX = 2;
  private static final int INTERIOR_TABLE = 5;

  /** Those that were changed. */
  ChangedPages(long[] numbers, ChangedFile file) {
    this(numbers, file::page);
  }

  /** All pages of a file whose page size is not the one that it was changed by. */
  static ChangedPages all(DatabaseHeader header, long pageCount, ChangedFile file) {
    int pageSize = header.pageSize();
    return new ChangedPages(
        LongStream.rangeClosed(1, pageCount).toArray(),
        page -> {
          ByteBuffer bytes = ByteBuffer.allocate(pageSize);
          file.read(bytes, (page - 1) * pageSize);
          return bytes.array();
        });
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
    if (page == 1) {
      return true;
    }
    byte type = content.apply(page)[0];
    return type == INTERIOR_INDEX || type == INTERIOR_TABLE;
  }
}
