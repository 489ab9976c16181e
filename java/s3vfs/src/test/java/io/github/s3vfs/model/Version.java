package io.github.s3vfs.model;

import java.util.List;

/**
 * A version of the database, as one record describes it. The database has two pages: one is written
 * by the transactions with an even number, the other one by those with an odd number. A transaction
 * adds itself to its page. So what a version must contain is what the version before contains and
 * one transaction more. A compaction makes another record of the same version.
 *
 * @param commit the epoch and the nonce of the commit, which a compaction leaves as they are
 * @param place the segment that has the record
 * @param put which PUT has published it: nobody but the model knows that
 * @param content the transactions that this version contains, one bit for each
 * @param even where the page of the even transactions is
 * @param odd where the page of the odd transactions is
 */
record Version(Segment commit, Segment place, int put, int content, Segment even, Segment odd) {
  static final Version EMPTY =
      new Version(Segment.NONE, Segment.NONE, 0, 0, Segment.NONE, Segment.NONE);

  private static final int EVEN = 0x5555_5555;

  /** What the page that this transaction writes contains afterwards. */
  static int page(int content, int transaction) {
    return (content | 1 << transaction) & ((transaction & 1) == 0 ? EVEN : ~EVEN);
  }

  /** The newest version of a history. */
  static Version lastOf(List<Version> history) {
    return history.isEmpty() ? EMPTY : history.get(history.size() - 1);
  }

  /** The version that a transaction makes of this one. It is not published yet. */
  Version after(int transaction, Segment commit, Segment place) {
    boolean writesEven = (transaction & 1) == 0;
    return new Version(
        commit,
        place,
        0,
        content | 1 << transaction,
        writesEven ? commit : even,
        writesEven ? odd : commit);
  }

  Version publishedBy(int newPut) {
    return new Version(commit, place, newPut, content, even, odd);
  }

  /** The same version in another record. */
  Version compacted(Segment newCommit, Segment newPlace, Segment newEven, Segment newOdd) {
    return new Version(newCommit, newPlace, put, content, newEven, newOdd);
  }

  /** The content of some of its pages. */
  int pages(boolean evenToo, boolean oddToo) {
    return (evenToo ? content & EVEN : 0) | (oddToo ? content & ~EVEN : 0);
  }

  boolean refersTo(Segment segment) {
    return segment.equals(place) || segment.equals(even) || segment.equals(odd);
  }

  /** Whether this is the same commit, in whatever record. */
  boolean isSameAs(Version other) {
    return put == other.put && content == other.content;
  }

  /** Whether all pages are there, and contain what they must. */
  boolean hasPages(State state) {
    return isReadable(state, even, content & EVEN, EVEN)
        && isReadable(state, odd, content & ~EVEN, ~EVEN);
  }

  /** Whether the record is where the records of later versions, and the head, say it is. */
  boolean hasRecord(State state) {
    return state.segments.stream().anyMatch(s -> s.hasRecord(this));
  }

  private static boolean isReadable(State state, Segment segment, int page, int mask) {
    if (!segment.exists()) {
      return page == 0;
    }
    int pages = state.pagesOf(segment);
    return pages >= 0 && (pages & mask) == page;
  }

  void fingerprint(Fingerprint print) {
    print.segment(commit).segment(place).nonce(put).add(content).segment(even).segment(odd);
  }
}
