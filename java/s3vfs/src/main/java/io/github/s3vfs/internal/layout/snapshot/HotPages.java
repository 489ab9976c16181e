package io.github.s3vfs.internal.layout.snapshot;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Tells the pages that many reads need: page 1, and what looks like an inner page of a B-tree by
 * its first bytes (https://sqlite.org/fileformat2.html#b_tree_pages). Not thread-safe.
 */
final class HotPages {
  /** How many bytes of a page it looks at. */
  static final int BYTES = 12;

  private static final int INTERIOR_INDEX = 2;
  private static final int INTERIOR_TABLE = 5;
  private static final int RIGHT_CHILD = 8;

  /** The rightmost child of each; 0 for page 1. */
  private final Map<Long, Long> children = new TreeMap<>();

  /** Those of indexes. */
  private final Set<Long> indexes = new HashSet<>();

  /**
   * Looks at a page.
   *
   * @param start of the page, {@link #BYTES} from position 0 on; big endian
   * @return whether it is one of them
   */
  boolean add(long page, ByteBuffer start) {
    int type = start.get(0);
    boolean hot = page == 1 || type == INTERIOR_INDEX || type == INTERIOR_TABLE;
    if (hot) {
      children.put(page, page == 1 ? 0 : Integer.toUnsignedLong(start.getInt(RIGHT_CHILD)));
    }
    if (type == INTERIOR_INDEX) {
      indexes.add(page);
    }
    return hot;
  }

  /** Page 1 and the pages above other ones, ascending. */
  long[] upper() {
    return pages(this::isUpper);
  }

  /** The others, ascending. */
  long[] lower() {
    return pages(page -> !isUpper(page));
  }

  /**
   * All of them, those first that most readers need: the upper ones, then the others of indexes,
   * which have few beside the table that they are of.
   */
  long[] byNeed() {
    return Stream.of(
            upper(),
            pages(page -> !isUpper(page) && indexes.contains(page.getKey())),
            pages(page -> !isUpper(page) && !indexes.contains(page.getKey())))
        .flatMapToLong(LongStream::of)
        .toArray();
  }

  private boolean isUpper(Map.Entry<Long, Long> page) {
    return page.getKey() == 1 || children.containsKey(page.getValue());
  }

  private long[] pages(Predicate<Map.Entry<Long, Long>> chosen) {
    return children.entrySet().stream().filter(chosen).mapToLong(Map.Entry::getKey).toArray();
  }
}
