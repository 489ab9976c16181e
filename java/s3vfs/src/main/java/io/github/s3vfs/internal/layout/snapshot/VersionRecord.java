package io.github.s3vfs.internal.layout.snapshot;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A version of a database (docs/FORMAT.md, "Record"). Immutable.
 *
 * @param uuid of the database
 * @param version 1 for the first commit; 0 for a database that has none
 * @param epoch that the segments of the commit are named by
 * @param nonce of the commit
 * @param time of the commit, by the store's clock
 * @param pageSize in bytes; 0 in version 0
 * @param pageCount of the file
 * @param changes the newest part of the page map
 * @param runs the older parts, newest first
 * @param past earlier versions, newest first
 * @param early pages that most readers need, ascending: the first one, inner pages of B-trees
 * @param origin where the frames of the database are; the same for all of its versions
 */
record VersionRecord(
    Nonce uuid,
    long version,
    long epoch,
    Nonce nonce,
    Instant time,
    int pageSize,
    long pageCount,
    Extents changes,
    List<Run> runs,
    List<Past> past,
    List<Long> early,
    Origin origin) {

  /** How many pages {@link #early} has at most. */
  static final int MAX_EARLY = 256;

  /** Odd: who does not know it does not find the pages. */
  private static final int ORIGIN_SECTION = 1;

  private static final int EARLY_SECTION = 2;

  /** So many of the latest versions are all in {@link #past}. */
  static final int RECENT = 16;

  /** More changed pages than that are not counted one by one. */
  private static final int MAX_CHANGED = 1 << 16;

  /**
   * An older part of the page map.
   *
   * @param extents how many it has
   * @param bytes of its frames
   * @param end behind its last page
   * @param root of its tree
   */
  record Run(long extents, long bytes, long end, MapIndex root) {}

  /**
   * An earlier version.
   *
   * @param version its number
   * @param time when it was committed
   * @param record where its record is
   */
  record Past(long version, Instant time, FrameRef record) {}

  VersionRecord {
    runs = List.copyOf(runs);
    past = List.copyOf(past);
    early = List.copyOf(early);
  }

  /** A new database, without anything. */
  static VersionRecord initial(Nonce uuid) {
    return new VersionRecord(
        uuid,
        0,
        0,
        Nonce.ZERO,
        Instant.EPOCH,
        0,
        0,
        Extents.EMPTY,
        List.of(),
        List.of(),
        List.of(),
        Origin.own(uuid));
  }

  /** Length of the file in bytes. */
  long length() {
    return pageCount * pageSize;
  }

  /**
   * The pages that are not stored where they were in an earlier version; null if there are very
   * many, or if it takes requests to find out.
   */
  long @Nullable [] changedSince(VersionRecord earlier) {
    return uuid.equals(earlier.uuid) && pageSize == earlier.pageSize && runs.equals(earlier.runs)
        ? changes.differencesFrom(earlier.changes, MAX_CHANGED)
        : null;
  }

  /**
   * Whether it comes from the same commit: the same version, compacted perhaps. Epoch and nonce
   * tell, but where a process was cloned between drawing the nonce and reading what it commits.
   */
  boolean isSameCommit(VersionRecord other) {
    return uuid.equals(other.uuid)
        && version == other.version
        && epoch == other.epoch
        && nonce.equals(other.nonce)
        && time.equals(other.time)
        && pageCount == other.pageCount;
  }

  /** The same version without its pages. */
  VersionRecord withoutMap() {
    return new VersionRecord(
        uuid,
        version,
        epoch,
        nonce,
        time,
        pageSize,
        pageCount,
        Extents.EMPTY,
        List.of(),
        past,
        List.of(),
        origin);
  }

  /** The same version with another map. */
  VersionRecord withMap(Extents newChanges, List<Run> newRuns) {
    return new VersionRecord(
        uuid,
        version,
        epoch,
        nonce,
        time,
        pageSize,
        pageCount,
        newChanges,
        newRuns,
        past,
        early,
        origin);
  }

  /**
   * The past of the next version.
   *
   * @param place where this record is
   * @param oldest the oldest version that is kept
   */
  List<Past> nextPast(FrameRef place, long oldest) {
    List<Past> next = new ArrayList<>();
    if (version > 0) {
      next.add(new Past(version, time, place));
    }
    for (Past each : past) {
      long age = version + 1 - each.version();
      int order = 63 - Long.numberOfLeadingZeros(age);
      boolean kept = age <= RECENT || each.version() % (1L << (order - 3)) == 0;
      if (kept && each.version() >= oldest) {
        next.add(each);
      }
    }
    return next;
  }

  byte[] encode() {
    Encoder encoder =
        new Encoder()
            .nonce(uuid)
            .varint(version)
            .varint(epoch)
            .nonce(nonce)
            .varint(time.toEpochMilli())
            .varint(pageSize)
            .varint(pageCount)
            .block(changes.encode())
            .varint(runs.size());
    for (Run run : runs) {
      encoder.varint(run.extents()).varint(run.bytes()).varint(run.end());
      run.root().writeTo(encoder);
    }
    encoder.varint(past.size());
    for (Past each : past) {
      encoder
          .varint(each.version())
          .varint(each.time().toEpochMilli())
          .segment(each.record().segment())
          .varint(each.record().offset())
          .varint(each.record().length());
    }
    Encoder pages = new Encoder().varint(early.size());
    long before = 0;
    for (long page : early) {
      pages.varint(page - before);
      before = page;
    }
    encoder.varint(origin.isCopy() ? 2 : 1);
    if (origin.isCopy()) {
      Encoder copy = new Encoder();
      origin.writeTo(copy);
      encoder.varint(ORIGIN_SECTION).block(copy.toBytes());
    }
    return encoder.varint(EARLY_SECTION).block(pages.toBytes()).toBytes();
  }

  static VersionRecord decode(Decoder decoder) {
    Nonce uuid = decoder.nonce();
    long version = decoder.varint();
    long epoch = decoder.varint();
    Nonce nonce = decoder.nonce();
    Instant time = Instant.ofEpochMilli(decoder.varint());
    int pageSize = (int) decoder.varint(65536, "the page size");
    boolean valid = version == 0 ? pageSize == 0 : isPageSize(pageSize);
    decoder.check(valid, "the page size is " + pageSize);
    long pageCount = decoder.varint(version == 0 ? 0 : Extents.MAX_PAGE, "the page count");
    Decoder changes = decoder.within("changes");
    Extents extents = Extents.decode(changes);
    changes.end();
    int runCount = decoder.count("runs");
    List<Run> runs = new ArrayList<>(runCount);
    for (int i = 0; i < runCount; i++) {
      runs.add(
          new Run(decoder.varint(), decoder.varint(), decoder.varint(), MapIndex.decode(decoder)));
    }
    int pastCount = decoder.count("past versions");
    List<Past> past = new ArrayList<>(pastCount);
    for (int i = 0; i < pastCount; i++) {
      long each = decoder.varint();
      decoder.check(
          each < (i == 0 ? version : past.get(i - 1).version()), "its past does not descend");
      past.add(
          new Past(each, Instant.ofEpochMilli(decoder.varint()), decoder.frame(decoder.segment())));
    }
    Map<Long, Decoder> sections = decoder.sections(ORIGIN_SECTION, EARLY_SECTION);
    Decoder copy = sections.get((long) ORIGIN_SECTION);
    Origin origin = copy == null ? Origin.own(uuid) : Origin.decode(copy);
    if (copy != null) {
      copy.end();
    }
    return new VersionRecord(
        uuid,
        version,
        epoch,
        nonce,
        time,
        pageSize,
        pageCount,
        extents,
        runs,
        past,
        early(sections.get((long) EARLY_SECTION)),
        origin);
  }

  private static List<Long> early(@Nullable Decoder section) {
    List<Long> early = new ArrayList<>();
    int count = section == null ? 0 : section.count("early pages");
    long page = 0;
    for (int i = 0; i < count && section != null; i++) {
      page += section.varint(Extents.MAX_PAGE, "a page number");
      early.add(page);
    }
    return early;
  }

  private static boolean isPageSize(int size) {
    return size >= 512 && Integer.bitCount(size) == 1;
  }
}
