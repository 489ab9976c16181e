package io.github.s3vfs.model;

/**
 * A segment as it is in the store: pages and a record.
 *
 * @param name its name
 * @param pages the content of its pages: the transactions that wrote them so far, one bit for each;
 *     0 if it has none
 * @param even where the even page is, by its record
 * @param odd where the odd page is, by its record
 */
record StoredSegment(Segment name, int pages, Segment even, Segment odd) {
  /** With the record of a version, which is to be there. */
  StoredSegment(int pages, Version version) {
    this(version.place(), pages, version.even(), version.odd());
  }

  /** Whether it has the record of a version. */
  boolean hasRecord(Version version) {
    return name.equals(version.place()) && even.equals(version.even()) && odd.equals(version.odd());
  }

  void fingerprint(Fingerprint print) {
    print.segment(name).add(pages).segment(even).segment(odd);
  }
}
