package io.github.s3vfs.select.internal.json;

import io.github.s3vfs.select.internal.eval.Step;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The paths that a query touches, from the row on. Keys are known without regard to case. */
final class PathTree {
  private final byte @Nullable [] key;
  private final @Nullable String text;
  private final int index;
  private final List<PathTree> keys = new ArrayList<>();
  private final List<PathTree> indexes = new ArrayList<>();
  private @Nullable Slot slot;

  /** The root. */
  PathTree() {
    this(null, -1);
  }

  private PathTree(@Nullable String text, int index) {
    this.text = text;
    this.key = text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    this.index = index;
  }

  /** The cell of a path; the same for the same path. */
  Slot slot(List<Step> path) {
    PathTree node = this;
    for (Step step : path) {
      node = node.child(step);
    }
    Slot there = node.slot;
    if (there == null) {
      there = new Slot();
      node.slot = there;
    }
    return there;
  }

  private PathTree child(Step step) {
    String name = step.key();
    List<PathTree> list = name == null ? indexes : keys;
    for (PathTree child : list) {
      if (name == null ? child.index == step.index() : name.equalsIgnoreCase(child.text)) {
        return child;
      }
    }
    PathTree child = new PathTree(name, step.index());
    list.add(child);
    return child;
  }

  @Nullable Slot slot() {
    return slot;
  }

  boolean hasKeys() {
    return !keys.isEmpty();
  }

  boolean hasIndexes() {
    return !indexes.isEmpty();
  }

  @Nullable PathTree element(int at) {
    for (PathTree child : indexes) {
      if (child.index == at) {
        return child;
      }
    }
    return null;
  }

  /** The child for a key, whose bytes have no escapes. */
  @Nullable PathTree member(byte[] b, int start, int end) {
    for (PathTree child : keys) {
      byte[] wanted = child.key;
      if (wanted != null && sameKey(b, start, end, wanted, child.text)) {
        return child;
      }
    }
    return null;
  }

  static boolean sameKey(byte[] b, int start, int end, byte[] wanted, @Nullable String text) {
    boolean plain = wanted.length == end - start;
    for (int i = 0; i < wanted.length; i++) {
      byte w = wanted[i];
      if (w < 0) {
        return text != null
            && new String(b, start, end - start, StandardCharsets.UTF_8).equalsIgnoreCase(text);
      }
      if (plain) {
        byte c = b[start + i];
        plain = c == w || ((c ^ w) == 0x20 && (c | 0x20) >= 'a' && (c | 0x20) <= 'z');
      }
    }
    return plain;
  }

  /** Forgets the values of the last row, or of an earlier member of the same key. */
  void reset() {
    Slot here = slot;
    if (here != null) {
      here.reset();
    }
    for (PathTree child : keys) {
      child.reset();
    }
    for (PathTree child : indexes) {
      child.reset();
    }
  }
}
