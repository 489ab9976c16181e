package io.github.s3vfs.internal.readahead;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is fetched ahead in B-trees whose pages are anywhere. */
class BTreeReadAheadTest {
  private static final long SEED = Long.getLong("s3vfs.test.seed", System.nanoTime());
  private static final int MAX_WINDOW = 1000;
  private static final int PAGE_SIZE = 1024;

  /** Inner pages have fewer than fit. */
  private static final int MOST_CHILDREN = 100;

  private final Random random = new Random(SEED);

  /** Inner pages by number. */
  private final Map<Long, ByteBuffer> inner = new HashMap<>();

  /** The way from the root to each leaf, in the order of keys. */
  private final List<List<Long>> ways = new ArrayList<>();

  private long root;

  /** What was read, or fetched ahead. */
  private final Set<Long> there = new HashSet<>();

  private int fetched;

  /** Leaves that a reader came to before they were asked for. */
  private int missed;

  private void tree(int levels, int fanOut) {
    List<Long> numbers = new ArrayList<>();
    for (long i = 2; i < 200_000; i++) {
      numbers.add(i);
    }
    Collections.shuffle(numbers, random);
    root = inner(numbers, levels, fanOut, List.of());
  }

  /** An inner page with all that is below it. */
  private long inner(List<Long> free, int levels, int fanOut, List<Long> above) {
    long page = free.remove(free.size() - 1);
    List<Long> way = new ArrayList<>(above);
    way.add(page);
    int count = Math.max(2, fanOut - random.nextInt(fanOut / 3 + 1));
    long[] children = new long[count];
    for (int i = 0; i < count; i++) {
      if (levels > 1) {
        children[i] = inner(free, levels - 1, fanOut, way);
      } else {
        children[i] = free.remove(free.size() - 1);
        List<Long> toLeaf = new ArrayList<>(way);
        toLeaf.add(children[i]);
        ways.add(toLeaf);
      }
    }
    inner.put(page, page(children));
    return page;
  }

  private ByteBuffer page(long[] children) {
    ByteBuffer page = ByteBuffer.allocate(PAGE_SIZE);
    page.put(0, (byte) (random.nextBoolean() ? 2 : 5));
    page.putShort(3, (short) (children.length - 1));
    for (int i = 0; i < children.length - 1; i++) {
      int cell = PAGE_SIZE - 6 * (i + 1);
      page.putShort(12 + 2 * i, (short) cell);
      page.putInt(cell, (int) children[i]);
    }
    page.putInt(8, (int) children[children.length - 1]);
    return page.order(ByteOrder.LITTLE_ENDIAN); // as buffers of native memory may be
  }

  /**
   * As SQLite goes to a leaf: by the inner pages, which it has in its cache once it has read them.
   */
  private void read(BTreeReadAhead readAhead, List<Long> way, Set<Long> cached) {
    for (long page : way) {
      if (!cached.add(page)) {
        continue;
      }
      boolean known = there.contains(page);
      for (long ahead : readAhead.onAccess(page, p -> there.contains(p) ? inner.get(p) : null)) {
        fetched += there.add(ahead) && !inner.containsKey(ahead) ? 1 : 0; // leaves
      }
      ByteBuffer bytes = inner.get(page);
      missed += bytes == null && !known ? 1 : 0;
      there.add(page);
      if (bytes != null) {
        readAhead.onContent(page, bytes);
      }
    }
  }

  private void assertScans(boolean forward) {
    BTreeReadAhead readAhead = new BTreeReadAhead(MAX_WINDOW);
    Set<Long> cached = new HashSet<>();
    List<List<Long>> order = new ArrayList<>(ways);
    if (!forward) {
      Collections.reverse(order);
    }
    int mostAhead = 0;
    for (int i = 0; i < order.size(); i++) {
      read(readAhead, order.get(i), cached);
      mostAhead = Math.max(mostAhead, fetched - i);
    }
    assertTrue(missed <= BTreeReadAhead.PROOF + 3, missed + " missed, seed " + SEED);
    assertTrue(mostAhead <= MAX_WINDOW + 100, mostAhead + " ahead, seed " + SEED);
  }

  @Test
  void aScanFindsAllButTheFirstLeavesFetched() {
    tree(1, MOST_CHILDREN);
    assertScans(true);
  }

  @Test
  void aScanGoesOnBehindTheEndOfAnInnerPage() {
    tree(3, 30);
    assertScans(true);
  }

  /**
   * As where rows lie in inner pages: in indexes, and tables WITHOUT ROWID. Those pages are many,
   * and each has few children.
   */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aScanOfManySmallInnerPagesSeldomWaits(boolean forward) {
    tree(6, 8);
    if (!forward) {
      Collections.reverse(ways);
    }
    int answer = 200; // pages are read while an answer is under way
    BTreeReadAhead readAhead = new BTreeReadAhead(MAX_WINDOW);
    Map<Long, Long> arrival = new HashMap<>();
    Set<Long> cached = new HashSet<>();
    long now = 0;
    int waits = 0;
    for (List<Long> way : ways) {
      for (long page : way) {
        if (!cached.add(page)) {
          continue;
        }
        long asked = now;
        BTreeReadAhead.Memory memory =
            p -> arrival.getOrDefault(p, Long.MAX_VALUE) <= asked ? inner.get(p) : null;
        for (long ahead : readAhead.onAccess(page, memory)) {
          arrival.putIfAbsent(ahead, now + answer);
        }
        long there = arrival.computeIfAbsent(page, p -> asked + answer);
        waits += there > now ? 1 : 0;
        now = Math.max(now, there) + 1;
        ByteBuffer bytes = inner.get(page);
        if (bytes != null) {
          readAhead.onContent(page, bytes);
        }
      }
    }
    assertTrue(waits <= 60, waits + " of " + ways.size() + " waited for, seed " + SEED);
  }

  @Test
  void aScanGoesBackward() {
    tree(3, 30);
    assertScans(false);
  }

  @Test
  void aScanOfWhichNotAllIsSeenIsOneToo() {
    tree(2, MOST_CHILDREN);
    BTreeReadAhead readAhead = new BTreeReadAhead(MAX_WINDOW);
    Set<Long> cached = new HashSet<>();
    int seen = 0;
    for (int i = 0; i < ways.size(); i += 1 + random.nextInt(BTreeReadAhead.SKIP - 1)) {
      read(readAhead, ways.get(i), cached);
      seen++;
    }
    assertTrue(missed <= seen / 20 + 10, missed + " of " + seen + " missed, seed " + SEED);
  }

  @Test
  void aLongScanIsSeenAtFewOfItsPages() {
    tree(2, MOST_CHILDREN);
    BTreeReadAhead readAhead = new BTreeReadAhead(MAX_WINDOW);
    Set<Long> cached = new HashSet<>();
    int seen = 0;
    int visible = 600; // from then on what was fetched is read unseen, but for one of 32
    for (int i = 0; i < ways.size(); i++) {
      List<Long> way = ways.get(i);
      boolean inMemory = there.contains(way.get(way.size() - 1));
      if (i < visible || i % 32 == 0 || !inMemory) {
        read(readAhead, way, cached);
        seen++;
      }
    }
    assertTrue(missed <= BTreeReadAhead.PROOF + 3, missed + " missed, seed " + SEED);
    assertTrue(seen <= visible + ways.size() / 32 + 10, seen + " seen, seed " + SEED);
    assertTrue(fetched >= ways.size() - visible, fetched + " fetched, seed " + SEED);
  }

  @Test
  void randomAccessFetchesNextToNothing() {
    tree(2, MOST_CHILDREN);
    BTreeReadAhead readAhead = new BTreeReadAhead(MAX_WINDOW);
    Set<Long> cached = new HashSet<>();
    int reads = 5_000;
    for (int i = 0; i < reads; i++) {
      read(readAhead, ways.get(random.nextInt(ways.size())), cached);
      if (cached.size() > 200) {
        cached.removeIf(page -> !inner.containsKey(page));
      }
    }
    assertTrue(fetched <= reads / 2, fetched + " of " + reads + ", seed " + SEED);
  }

  @Test
  void whoeverComesToTheFirstLeafIsTakenForAScan() {
    tree(2, MOST_CHILDREN);
    read(new BTreeReadAhead(MAX_WINDOW), ways.get(0), new HashSet<>());
    assertEquals(BTreeReadAhead.FIRST_WINDOW, fetched);
    for (int i = 1; i < ways.size(); i += 20) {
      read(new BTreeReadAhead(MAX_WINDOW), ways.get(i), new HashSet<>());
    }
    int firstOfAnother = 1;
    while (ways.get(firstOfAnother).get(1).equals(ways.get(0).get(1))) {
      firstOfAnother++;
    }
    read(new BTreeReadAhead(MAX_WINDOW), ways.get(firstOfAnother), new HashSet<>());
    assertEquals(BTreeReadAhead.FIRST_WINDOW, fetched, "seed " + SEED);
  }

  @Test
  void interleavedScansAreToldApart() {
    tree(2, MOST_CHILDREN);
    BTreeReadAhead readAhead = new BTreeReadAhead(MAX_WINDOW);
    Set<Long> cached = new HashSet<>();
    int each = ways.size() / 4;
    for (int i = 0; i < each; i++) {
      for (int scan = 0; scan < 4; scan++) {
        read(readAhead, ways.get(scan * each + i), cached);
      }
    }
    assertTrue(missed <= 4 * (BTreeReadAhead.PROOF + 1) + 20, missed + " missed, seed " + SEED);
  }

  @Test
  void aWindowBeginsSmallAndGrows() {
    tree(1, MOST_CHILDREN);
    BTreeReadAhead readAhead = new BTreeReadAhead(40);
    readAhead.onContent(root, inner.getOrDefault(root, ByteBuffer.allocate(0)));
    List<Integer> sizes = new ArrayList<>();
    for (List<Long> way : ways) {
      long[] ahead = readAhead.onAccess(way.get(1), page -> null);
      if (ahead.length > 0) {
        sizes.add(ahead.length);
      }
    }
    assertEquals(BTreeReadAhead.FIRST_WINDOW, sizes.get(0));
    assertTrue(sizes.stream().allMatch(size -> size <= 40), sizes::toString);
  }

  @Test
  void damageIsNoError() {
    for (int i = 0; i < 2_000; i++) {
      BTreeReadAhead readAhead = new BTreeReadAhead(MAX_WINDOW);
      for (int j = 0; j < 20; j++) {
        ByteBuffer page = ByteBuffer.allocate(512);
        random.nextBytes(page.array());
        page.put(random.nextInt(2) * 100, (byte) (random.nextBoolean() ? 2 : 5));
        if (random.nextBoolean()) {
          page.putShort(3, (short) random.nextInt(30));
        }
        // Children that are each other's parents, and their own.
        for (int at = 8; at < 500; at += 4) {
          page.putInt(at, 1 + random.nextInt(20));
        }
        readAhead.onContent(1 + random.nextInt(20), page);
        long[] unused = readAhead.onAccess(1 + random.nextInt(20), p -> page);
      }
    }
  }
}
