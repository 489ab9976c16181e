package io.github.s3vfs.internal.readahead;

import org.jspecify.annotations.Nullable;

/** A reader of a B-tree that has proved itself, and how far was fetched ahead of it. */
final class BTreeScan {
  /** 1 forward, -1 backward. */
  final int direction;

  /** What is fetched next: a child of a node. */
  InnerPage node;

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

  /** The inner page without which it is not known what is next; 0 if none is missing. */
  long awaited;

  /** Where the reader was seen last. */
  @Nullable InnerPage last;

  /** Whether the pages that were fetched last lie together. */
  boolean isDense;

  /** One that goes on from where a reader is in a node. */
  BTreeScan(InnerPage node, int direction) {
    this.direction = direction;
    this.node = node;
    this.next = node.last + direction;
    node.scan = this;
  }

  /** What is fetched next are the children of another node. */
  void moveTo(InnerPage following) {
    node = following;
    next = direction > 0 ? 0 : following.children.length - 1;
    following.scan = this;
    following.steps = BTreeReadAhead.PROOF;
    following.last = next - direction;
  }

  /**
   * The reader is seen at a node.
   *
   * @return how many children of another one it has left behind, where it was seen last
   */
  int comeTo(InnerPage now) {
    InnerPage before = last;
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
