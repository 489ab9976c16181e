package io.github.s3vfs.internal.readahead;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Decides what to fetch ahead of readers that go through a B-tree in the order of its keys, forward
 * or backward, wherever its pages are in the file.
 *
 * <p>It remembers the children of the inner pages that were read last. A reader that has stepped
 * from a child to one of the next ones {@value #PROOF} times in a row has proved itself: a window
 * of children behind it is fetched, at first {@value #FIRST_WINDOW} pages. It is filled again
 * whenever one of its {@value #PARTS} parts is free, and becomes {@value #FIRST_GROWTH} times, then
 * {@value #GROWTH} times as large when the reader has gone through half of it, or {@value
 * #DENSE_GROWTH} times if its pages lie together. Where the children of one inner page end, those
 * of its right neighbour follow, by their common parent, if the neighbour is in memory; else the
 * neighbour itself is fetched. A step may skip {@value #SKIP} children, because not every access is
 * seen. A random access therefore hardly ever causes a fetch.
 *
 * <p>The format of inner pages: https://sqlite.org/fileformat2.html#b_tree_pages.
 */
public final class BTreeReadAhead {

  /** How many inner pages are remembered. */
  static final int NODES = 320;

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

  /** The window is filled again when a part of it is free: one of so many. */
  static final int PARTS = 8;

  /**
   * From this window on, not every page that was fetched need be seen when it is read: one of each
   * {@link #STRIDE} in a row will do.
   */
  public static final int HIDDEN_FROM = 512;

  /** So many pages may be hidden between two that are seen. */
  public static final int STRIDE = 64;

  /** Levels of a B-tree: SQLite's BTCURSOR_MAX_DEPTH. */
  private static final int MAX_DEPTH = 20;

  private static final int INDEX_INNER = 2;
  private static final int TABLE_INNER = 5;

  /** Bytes of the file's header, which page 1 begins with. */
  private static final int FILE_HEADER = 100;

  private static final int CELL_COUNT = 3;
  private static final int RIGHT_CHILD = 8;
  private static final int CELL_POINTERS = 12;
  private static final long[] NOTHING = new long[0];

  private final int maxWindow;
  private int lastWindow;
  private boolean hasLearnt;

  /** The parent of the page that was read last. */
  private @Nullable Node current;

  private final LinkedHashMap<Long, Node> nodes = new LinkedHashMap<>(16, 0.75f, true);

  /** Has pages in memory. */
  public interface Memory {
    /** The bytes of a page, or null if that would take a request. */
    @Nullable ByteBuffer page(long page);

    /** Pages that are known to be inner ones, some of them. */
    default List<Long> innerPages() {
      return List.of();
    }
  }

  /** The children of an inner page, and how far a reader is in them. */
  private static final class Node {
    final long page;
    final int[] children;

    /** The least and the greatest child. */
    private final long least;

    private final long greatest;

    /** Where the reader was last; outside of the children if it has not come yet. */
    int last;

    boolean entered;

    /**
     * Whether its children are inner pages, which a scan of the leaves fetches when it needs them.
     */
    boolean isAboveInner;

    int steps;
    @Nullable Scan scan;

    Node(long page, int[] children) {
      this.page = page;
      this.children = children;
      this.least = Arrays.stream(children).mapToLong(Integer::toUnsignedLong).min().orElse(0);
      this.greatest = Arrays.stream(children).mapToLong(Integer::toUnsignedLong).max().orElse(0);
    }

    /** The index of a child, or -1. */
    int find(long child) {
      int wanted = (int) child;
      // Most often it is the next one.
      if (last + 1 < children.length && last >= -1 && children[last + 1] == wanted) {
        return last + 1;
      }
      if (child < least || child > greatest) {
        return -1;
      }
      for (int i = 0; i < children.length; i++) {
        if (children[i] == wanted) {
          return i;
        }
      }
      return -1;
    }
  }

  /** A reader that has proved itself. */
  private static final class Scan {
    /** 1 forward, -1 backward. */
    final int direction;

    /** What is fetched next: a child of a node; null at the end of what is known. */
    @Nullable Node node;

    int next;
    int window;

    /** Since the window got its size: accesses, how far they have gone, what they skipped. */
    int seen;

    int passed;

    int skipped;

    /** Whether the window could be filled the last time. */
    boolean wasFilled = true;

    /** Pages that were fetched and that the reader has not come to. */
    int ahead;

    /** Where the reader was seen last. */
    @Nullable Node last;

    /** Whether the pages that were fetched last lie together. */
    boolean isDense;

    Scan(int direction) {
      this.direction = direction;
    }

    /**
     * The reader is seen at a node.
     *
     * @return how many children of another one it has left behind, where it was seen last
     */
    int comeTo(Node now) {
      Node before = last;
      last = now;
      if (before == null || before == now) {
        return 0;
      }
      return direction > 0 ? before.children.length - 1 - before.last : before.last;
    }

    void resize(int pages) {
      window = pages;
      seen = 0;
      passed = 0;
      skipped = 0;
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
    Node parent = parent(page);
    if (parent == null && !hasLearnt) {
      // SQLite may have read the inner pages from a cache, so that they were not seen here.
      hasLearnt = true;
      for (long inner : memory.innerPages()) {
        Node unused = node(inner, memory);
      }
      parent = parent(page);
    }
    return parent == null ? NOTHING : onAccess(parent, parent.find(page), memory);
  }

  /** The inner page whose child a page is, as far as it is known. */
  private @Nullable Node parent(long page) {
    Node before = current;
    if (before != null && before.find(page) >= 0) {
      return before;
    }
    for (Node node : nodes.values()) {
      if (node.find(page) >= 0) {
        current = nodes.get(node.page); // used
        return current;
      }
    }
    return null;
  }

  private long[] onAccess(Node node, int index, Memory memory) {
    int step = index - node.last;
    boolean known = node.entered || node.scan != null;
    node.last = index;
    node.entered = true;
    if (!known || step == 0 || node.isAboveInner) {
      return NOTHING;
    }
    int direction = step > 0 ? 1 : -1;
    Scan scan = node.scan;
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
      scan = new Scan(direction);
      scan.node = node;
      scan.next = index + direction;
      node.scan = scan;
    }
    int passed = Math.abs(step) + scan.comeTo(node);
    scan.seen++;
    scan.passed += passed;
    scan.skipped += Math.max(0, passed - (scan.window < HIDDEN_FROM ? 1 : STRIDE));
    scan.ahead = Math.max(0, scan.ahead - passed);
    if (scan.ahead > scan.window - scan.window / PARTS) {
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

  /** How many pages are to be ahead of the reader that pages were last fetched for. */
  public int window() {
    return lastWindow;
  }

  /** The pages that the window of a scan lacks. */
  private long[] fetch(Scan scan, Memory memory) {
    lastWindow = scan.window;
    LongStream.Builder pages = LongStream.builder();
    while (scan.ahead < scan.window) {
      Node node = scan.node;
      if (node == null) {
        break;
      }
      if (scan.next >= 0 && scan.next < node.children.length) {
        pages.add(Integer.toUnsignedLong(node.children[scan.next]));
        scan.next += scan.direction;
        scan.ahead++;
        continue;
      }
      int lacking = 1 + (scan.window - scan.ahead) / node.children.length;
      Node following = neighbour(node, scan.direction, memory, pages, lacking, MAX_DEPTH);
      if (following == null) {
        break; // to be asked for again when there is more
      }
      following.scan = scan;
      following.steps = PROOF;
      following.last = scan.direction > 0 ? -1 : following.children.length;
      scan.node = following;
      scan.next = scan.direction > 0 ? 0 : following.children.length - 1;
    }
    scan.wasFilled = scan.ahead >= scan.window;
    long[] fetched = pages.build().toArray();
    LongSummaryStatistics numbers = LongStream.of(fetched).summaryStatistics();
    scan.isDense =
        fetched.length > 0 && numbers.getMax() - numbers.getMin() <= DENSE * numbers.getCount();
    return fetched;
  }

  /**
   * The inner page beside another one, of the same level.
   *
   * @param missing takes the pages that would have to be read to find out
   * @param lacking how many of them will be needed
   * @return null if there is none, or it is not known
   */
  private @Nullable Node neighbour(
      Node node, int direction, Memory memory, LongStream.Builder missing, int lacking, int depth) {
    for (Node parent : nodes.values()) {
      int index = parent.find(node.page);
      if (index < 0) {
        continue;
      }
      int beside = index + direction;
      nodes.get(parent.page); // used: SQLite has it, and will not read it again
      Node above = parent;
      if (beside < 0 || beside >= parent.children.length) {
        above = depth == 0 ? null : neighbour(parent, direction, memory, missing, 1, depth - 1);
        beside = above == null || direction > 0 ? 0 : above.children.length - 1;
      }
      return above == null ? null : child(above, beside, direction, memory, missing, lacking);
    }
    return null;
  }

  /** A child that is an inner page; if it is missing, so may be the next ones. */
  private @Nullable Node child(
      Node above,
      int index,
      int direction,
      Memory memory,
      LongStream.Builder missing,
      int lacking) {
    long page = Integer.toUnsignedLong(above.children[index]);
    Node known = node(page, memory);
    if (known == null && memory.page(page) == null) {
      int end = index + direction * lacking;
      for (int i = index; i != end && i >= 0 && i < above.children.length; i += direction) {
        missing.add(Integer.toUnsignedLong(above.children[i]));
      }
    }
    return known;
  }

  /** What is known of an inner page, or can be found out without a request. */
  private @Nullable Node node(long page, Memory memory) {
    Node known = nodes.get(page);
    ByteBuffer bytes = known == null ? memory.page(page) : null;
    if (bytes != null) {
      onContent(page, bytes);
      known = nodes.get(page);
    }
    return known;
  }

  /**
   * Takes note of what was read: the children of an inner page are remembered.
   *
   * @param page its number
   * @param content the whole page, from position 0 to the limit; both stay
   */
  public void onContent(long page, ByteBuffer content) {
    ByteBuffer bytes = content.duplicate().order(ByteOrder.BIG_ENDIAN);
    int header = page == 1 ? FILE_HEADER : 0;
    int type = header < bytes.limit() ? bytes.get(header) : 0;
    if ((type != INDEX_INNER && type != TABLE_INNER) || maxWindow == 0 || nodes.get(page) != null) {
      return;
    }
    int cells = Short.toUnsignedInt(bytes.getShort(header + CELL_COUNT));
    int pointers = header + CELL_POINTERS;
    if (pointers + 2 * cells > bytes.limit()) {
      return;
    }
    int[] children = new int[cells + 1];
    for (int i = 0; i < cells; i++) {
      int cell = Short.toUnsignedInt(bytes.getShort(pointers + 2 * i));
      if (cell + Integer.BYTES > bytes.limit()) {
        return;
      }
      children[i] = bytes.getInt(cell);
    }
    children[cells] = bytes.getInt(header + RIGHT_CHILD);
    Node node = new Node(page, children);
    for (Node above : nodes.values()) {
      above.isAboveInner |= above.find(page) >= 0;
    }
    nodes.put(page, node);
    Iterator<Map.Entry<Long, Node>> eldest = nodes.entrySet().iterator();
    if (nodes.size() > NODES) {
      eldest.next();
      eldest.remove();
    }
  }
}
