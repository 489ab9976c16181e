package io.github.s3vfs.model;

import java.util.List;

/**
 * A version of the database, which has two pages: one is written by the transactions with an even
 * number, the other one by those with an odd number. A transaction adds itself to its page. So what
 * a version must contain is what the version before contains and one transaction more.
 *
 * @param segment of the commit
 * @param put which PUT has published it: nobody but the model knows that
 * @param content the transactions that this version contains, one bit for each
 * @param even where the page of the even transactions is
 * @param odd where the page of the odd transactions is
 */
record Version(Segment segment, int put, int content, Segment even, Segment odd) {
  private static final int EVEN = 0x5555_5555;
  private static final Version EMPTY = new Version(Segment.NONE, 0, 0, Segment.NONE, Segment.NONE);

  /** What the page that this transaction writes contains afterwards. */
  static int page(int content, int transaction) {
    return (content | 1 << transaction) & ((transaction & 1) == 0 ? EVEN : ~EVEN);
  }

  /** The version that a transaction makes of the last one of a history. */
  static Version after(List<Version> history, int transaction, Segment segment, int put) {
    Version base = history.isEmpty() ? EMPTY : history.get(history.size() - 1);
    boolean even = (transaction & 1) == 0;
    return new Version(
        segment,
        put,
        base.content | 1 << transaction,
        even ? segment : base.even,
        even ? base.odd : segment);
  }

  boolean refersTo(Segment segment) {
    return segment.equals(even) || segment.equals(odd);
  }

  /** Whether all pages are there, and contain what they must. */
  boolean isReadable(State state) {
    return isReadable(state, even, content & EVEN) && isReadable(state, odd, content & ~EVEN);
  }

  private static boolean isReadable(State state, Segment segment, int page) {
    return segment.exists() ? state.pageOf(segment) == page : page == 0;
  }
}
