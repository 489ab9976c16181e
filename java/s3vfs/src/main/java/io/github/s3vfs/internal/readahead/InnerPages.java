package io.github.s3vfs.internal.readahead;

import io.github.s3vfs.internal.readahead.BTreeReadAhead.Memory;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The inner pages of B-trees that were read or used last, and how they hang together. */
final class InnerPages {
  /** How many children are remembered, of all inner pages: those of indexes have few each. */
  static final int CHILDREN = 160_000;

  /** Levels of a B-tree: SQLite's BTCURSOR_MAX_DEPTH. */
  private static final int MAX_DEPTH = 20;

  /** The parent of the page that was read last, as far as it was known. */
  private @Nullable InnerPage current;

  /** The page that was asked for last, if {@link #current} is its parent; or else 0. */
  private long accessed;

  private final LinkedHashMap<Long, InnerPage> nodes = new LinkedHashMap<>(16, 0.75f, true);

  /** Of all nodes. */
  private int children;

  /** The inner page whose child a page is, as far as it is known. */
  @Nullable InnerPage parent(long page) {
    InnerPage found = near(page);
    if (found == null) {
      found = search(page);
    }
    accessed = found == null ? 0 : page;
    current = found == null ? current : nodes.getOrDefault(found.page, found); // used
    return found;
  }

  /** The same, if the page is where a reader goes that goes from one page to the next. */
  private @Nullable InnerPage near(long page) {
    if (isChild(current, page)) {
      return current;
    }
    InnerPage read = nodes.get(accessed);
    if (isChild(read, page)) {
      return read;
    }
    InnerPage node = current;
    for (int i = 0; i < MAX_DEPTH && node != null; i++) {
      InnerPage next = beside(node, 1);
      InnerPage previous = beside(node, -1);
      if (isChild(next, page) || isChild(previous, page)) {
        return isChild(next, page) ? next : previous;
      }
      node = node.parent;
      if (isChild(node, page)) {
        return node;
      }
    }
    return null;
  }

  private static boolean isChild(@Nullable InnerPage parent, long page) {
    return parent != null && parent.find(page) >= 0;
  }

  private @Nullable InnerPage search(long page) {
    for (InnerPage node : nodes.values()) {
      if (isChild(node, page)) {
        return node;
      }
    }
    return null;
  }

  /** The one beside another one, if they have the same parent and all are known. */
  private @Nullable InnerPage beside(InnerPage node, int direction) {
    InnerPage above = node.parent;
    int index = above == null ? -1 : above.find(node.page) + direction;
    return above == null || index < 0 || index >= above.children.length
        ? null
        : nodes.get(Integer.toUnsignedLong(above.children[index]));
  }

  /** Whether a node is the first one of those above the leaves, as far as it is known. */
  boolean isFirst(InnerPage node) {
    return !node.isAboveInner
        && nodes.values().stream().anyMatch(parent -> parent.children[0] == (int) node.page);
  }

  /**
   * The inner page beside another one, of the same level.
   *
   * @param missing takes the pages that would have to be read to find out, the first that is needed
   *     first, and those that will be needed after them
   * @param lacking how many inner pages of this level will be needed
   * @return null if there is none, or it is not known
   */
  private @Nullable InnerPage neighbour(
      InnerPage node, int direction, Memory memory, Set<Long> missing, int lacking, int depth) {
    InnerPage above = above(node);
    if (above == null) {
      return null;
    }
    nodes.get(above.page); // used: SQLite has it, and will not read it again
    int index = above.find(node.page) + direction;
    InnerPage first = null;
    int ends = 0;
    for (int i = 0; i < lacking; i++) {
      if (index < 0 || index >= above.children.length) {
        // Those of the next level are looked for once.
        int more = ends++ == 0 ? 1 + (lacking - i) / above.children.length : 1;
        above = depth == 0 ? null : neighbour(above, direction, memory, missing, more, depth - 1);
        if (above == null) {
          break;
        }
        index = direction > 0 ? 0 : above.children.length - 1;
      }
      long page = Integer.toUnsignedLong(above.children[index]);
      InnerPage known = node(page, above, memory);
      if (known == null) {
        missing.add(page);
      }
      first = i == 0 ? known : first;
      index += direction;
    }
    return first;
  }

  /** The same, at any depth that a tree may have. */
  @Nullable InnerPage neighbour(
      InnerPage node, int direction, Memory memory, Set<Long> missing, int lacking) {
    return neighbour(node, direction, memory, missing, lacking, MAX_DEPTH);
  }

  /** The same as far as it is known. */
  @Nullable InnerPage neighbour(InnerPage node, int direction) {
    return neighbour(node, direction, page -> null, new LinkedHashSet<>(), 1);
  }

  private @Nullable InnerPage above(InnerPage node) {
    if (node.parent == null) {
      node.parent = search(node.page);
    }
    return node.parent;
  }

  /** What is known of an inner page, or can be found out without a request. */
  @Nullable InnerPage node(long page, Memory memory) {
    return node(page, null, memory);
  }

  private @Nullable InnerPage node(long page, @Nullable InnerPage parent, Memory memory) {
    InnerPage known = nodes.get(page);
    ByteBuffer bytes = known == null ? memory.page(page) : null;
    if (bytes != null) {
      learn(page, parent, bytes);
      known = nodes.get(page);
    }
    return known;
  }

  /** Takes note of a page that was read, if it is an inner one. */
  void learn(long page, ByteBuffer content) {
    learn(page, page == accessed ? current : null, content);
  }

  private void learn(long page, @Nullable InnerPage parent, ByteBuffer content) {
    InnerPage node = nodes.get(page) == null ? InnerPage.of(page, content) : null;
    if (node == null) {
      return;
    }
    node.parent = parent == null ? search(page) : parent;
    if (node.parent != null) {
      node.parent.isAboveInner = true;
    }
    nodes.put(page, node);
    children += node.children.length;
    Iterator<InnerPage> eldest = nodes.values().iterator();
    while (children > CHILDREN) {
      children -= eldest.next().children.length;
      eldest.remove();
    }
  }
}
