package io.github.s3vfs.internal.readahead;

import java.nio.ByteBuffer;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Decides what to fetch ahead of readers that go through a B-tree in the order of its keys, forward
 * or backward, wherever its pages are in the file.
 *
 * <p>It remembers the children of the inner pages that were read last. A reader that has stepped
 * from a child to one of the next ones {@value #PROOF} times in a row has proved itself: a window
 * of children behind it is fetched, at first {@value #FIRST_WINDOW} pages. It is filled again
 * whenever {@value #STEP} pages of it are free, or half of one that has fewer, or an eighth of one
 * that has more, and becomes {@value #FIRST_GROWTH} times, then {@value #GROWTH} times as large
 * when the reader has gone through half of it, or {@value #DENSE_GROWTH} times if its pages lie
 * together. Where the children of one inner page end, those of its right neighbour follow, by their
 * common parent; the inner pages themselves are fetched ahead for {@value #INNER_WINDOWS} windows.
 * A step may skip {@value #SKIP} children, because not every access is seen. A reader that comes to
 * the first leaf of a tree has proved itself, too: one that looks for a key seldom does. A random
 * access therefore hardly ever causes a fetch.
 */
public final class BTreeReadAhead {

  /** How many steps in a row make a scan. */
  static final int PROOF = 3;

  /** How many children a step may skip. */
  static final int SKIP = 5;

  /** How many pages a scan fetches ahead at first. */
  static final int FIRST_WINDOW = 32;

  /** By how much the first window grows: the scan proves itself once more. */
  static final int FIRST_GROWTH = 2;

  /** By how much the window grows after that. */
  static final int GROWTH = 8;

  /** The same where the pages lie together, so that they cost few requests. */
  static final int DENSE_GROWTH = 16;

  /** Pages lie together if not more than so many are between the first and the last for each. */
  private static final int DENSE = 4;

  /** Inner pages are fetched ahead for so many windows: without them there is no window. */
  private static final int INNER_WINDOWS = 2;

  /** The window is filled again when so many pages of it are free, or half of a smaller one. */
  static final int STEP = 256;

  /** Or, if it is large, one of so many parts. */
  private static final int PARTS = 8;

  /**
   * From this window on, not every page that was fetched need be seen when it is read: one of each
   * {@link #STRIDE} in a row will do.
   */
  public static final int HIDDEN_FROM = 512;

  /** So many pages may be hidden between two that are seen. */
  public static final int STRIDE = 64;

  private static final long[] NOTHING = new long[0];

  private final int maxWindow;
  private int lastWindow;
  private boolean hasLearnt;
  private final InnerPages inner = new InnerPages();

  /** Has pages in memory. */
  public interface Memory {
    /** The bytes of a page, or null if that would take a request. */
    @Nullable ByteBuffer page(long page);

    /** Pages that are known to be inner ones, some of them. */
    default List<Long> innerPages() {
      return List.of();
    }
  }

  /**
   * @param maxWindow the most pages to have ahead of a reader; 0 fetches nothing ahead
   */
  public BTreeReadAhead(int maxWindow) {
    this.maxWindow = maxWindow;
  }

  /**
   * Takes note of an access, before the page is read.
   *
   * @return the pages to fetch, in the order in which they will be read; may be empty
   */
  public long[] onAccess(long page, Memory memory) {
    if (maxWindow == 0) {
      return NOTHING;
    }
    InnerPage parent = inner.parent(page);
    if (parent == null && !hasLearnt) {
      // SQLite may have read the inner pages from a cache, so that they were not seen here.
      hasLearnt = true;
      for (long known : memory.innerPages()) {
        InnerPage unused = inner.node(known, memory);
      }
      parent = inner.parent(page);
    }
    return parent == null ? NOTHING : onAccess(parent, parent.find(page), memory);
  }

  private long[] onAccess(InnerPage node, int index, Memory memory) {
    int step = index - node.last;
    boolean known = node.entered || node.scan != null;
    BTreeScan behind = known || node.isAboveInner ? null : caughtUp(node, index);
    if (behind != null) {
      behind.moveTo(node);
      behind.awaited = 0;
      known = true;
      step = behind.direction;
      behind.next += step;
      behind.ahead = 1;
    }
    node.last = index;
    node.entered = true;
    if (!known && index == 0 && inner.isFirst(node)) {
      BTreeScan scan = new BTreeScan(node, 1);
      scan.last = node;
      scan.resize(Math.min(maxWindow, FIRST_WINDOW));
      return fetch(scan, memory);
    }
    if (!known || step == 0 || node.isAboveInner) {
      return NOTHING;
    }
    int direction = step > 0 ? 1 : -1;
    BTreeScan scan = node.scan;
    int most = scan == null ? SKIP : Math.max(SKIP, scan.ahead);
    if (Math.abs(step) > most || (scan != null && scan.direction != direction)) {
      node.steps = 0;
      node.scan = null;
      return NOTHING;
    }
    node.steps++;
    if (scan == null) {
      if (node.steps < PROOF) {
        return NOTHING;
      }
      scan = new BTreeScan(node, direction);
    }
    int passed = Math.abs(step) + scan.comeTo(node);
    scan.seen++;
    scan.passed += passed;
    scan.skipped += Math.max(0, passed - (scan.window < HIDDEN_FROM ? 1 : STRIDE));
    scan.ahead = Math.max(0, scan.ahead - passed);
    int free = Math.min(scan.window / 2, Math.max(STEP, scan.window / PARTS));
    if (scan.ahead > scan.window - free) {
      return NOTHING;
    }
    if (scan.skipped > scan.seen * SKIP) {
      scan.resize(Math.min(maxWindow, FIRST_WINDOW)); // it jumps
    } else if (scan.wasFilled && scan.passed >= scan.window / 2) {
      int more = scan.window > FIRST_WINDOW ? GROWTH : FIRST_GROWTH;
      int growth = scan.isDense ? DENSE_GROWTH : more;
      scan.resize(Math.min(maxWindow, Math.max(FIRST_WINDOW, scan.window * growth)));
    }
    return fetch(scan, memory);
  }

  /**
   * The scan that would have gone on in a node, had its reader not been faster.
   *
   * @param index where the reader comes to the node
   */
  private @Nullable BTreeScan caughtUp(InnerPage node, int index) {
    if (index != 0 && index != node.children.length - 1) {
      return null;
    }
    int direction = index == 0 ? 1 : -1;
    InnerPage before = inner.neighbour(node, -direction);
    BTreeScan scan = before == null ? null : before.scan;
    return scan != null && scan.node == before && scan.direction == direction ? scan : null;
  }

  /** How many pages are to be ahead of the reader that pages were last fetched for. */
  public int window() {
    return lastWindow;
  }

  /** The pages that the window of a scan lacks. */
  private long[] fetch(BTreeScan scan, Memory memory) {
    lastWindow = scan.window;
    if (scan.awaited != 0 && inner.node(scan.awaited, memory) == null) {
      return NOTHING;
    }
    scan.awaited = 0;
    LongStream.Builder pages = LongStream.builder();
    Set<Long> missing = new LinkedHashSet<>();
    while (scan.ahead < scan.window) {
      InnerPage node = scan.node;
      if (scan.next >= 0 && scan.next < node.children.length) {
        pages.add(Integer.toUnsignedLong(node.children[scan.next]));
        scan.next += scan.direction;
        scan.ahead++;
        continue;
      }
      InnerPage following = inner.neighbour(node, scan.direction, memory, missing, 1);
      if (following == null) {
        break; // to be asked for again when there is more
      }
      scan.moveTo(following);
    }
    boolean waits = !missing.isEmpty();
    int later = 1 + INNER_WINDOWS * scan.window / scan.node.children.length;
    InnerPage unused = inner.neighbour(scan.node, scan.direction, memory, missing, later);
    scan.awaited = waits ? missing.iterator().next() : 0;
    missing.forEach(pages::add);
    scan.wasFilled = scan.ahead >= scan.window;
    long[] fetched = pages.build().toArray();
    LongSummaryStatistics numbers = LongStream.of(fetched).summaryStatistics();
    scan.isDense =
        fetched.length > 0 && numbers.getMax() - numbers.getMin() <= DENSE * numbers.getCount();
    return fetched;
  }

  /**
   * Takes note of what was read: the children of an inner page are remembered.
   *
   * @param page its number
   * @param content the whole page, from position 0 to the limit; both stay
   */
  public void onContent(long page, ByteBuffer content) {
    if (maxWindow > 0) {
      inner.learn(page, content);
    }
  }
}
