package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.Wanted;
import io.github.s3vfs.internal.layout.snapshot.Extents.Extent;
import io.github.s3vfs.internal.readahead.BTreeReadAhead;
import io.github.s3vfs.internal.readahead.SequentialReadAhead;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * One version of a database, to be read. What is read never changes; where it is stored does, when
 * the version was compacted. Thread-safe.
 */
final class Snapshot implements ChangedFile.Stored {
  /** A scan that wants so many pages ahead has read about 50 before. */
  private static final int FILL_FROM = BTreeReadAhead.HIDDEN_FROM;

  /** So many of its pages are looked up before the first are asked for: answers take their time. */
  private static final int FILL_STEP = 4_096;

  /** By how many requests at most is fetched what most readers need. */
  private static final int EARLY_REQUESTS = 8;

  /** The most bytes of the map that are fetched beside it. */
  private static final int EARLY_MAP = 256 << 10;

  /** How many pages are fetched ahead where all are. */
  private static final int LOAD_AHEAD = 4096;

  /** What a page takes in the cache beside its bytes, about. */
  private static final long LOADED_OVERHEAD = 160;

  private final Segments segments;
  private final MapAhead map;
  private final Renewal renewal;

  /** The view of the page cache that this version is; 0 if it is none. */
  private final int view;

  private volatile VersionRecord record;

  /** Finds out where a version is stored now. */
  interface Renewal {
    /**
     * The version's record as it is now.
     *
     * @param missing says which of its segments was not found
     * @throws S3VfsException {@code EXPIRED} if the version is not kept any more, {@code CORRUPT}
     *     if the segment should be there
     */
    VersionRecord renewed(VersionRecord record, S3VfsException missing);
  }

  Snapshot(VersionRecord record, int view, Segments segments, Renewal renewal) {
    this.record = record;
    this.view = view;
    this.segments = segments;
    this.map = new MapAhead(segments);
    this.renewal = renewal;
  }

  VersionRecord record() {
    return record;
  }

  int view() {
    return view;
  }

  /** Length of the file in bytes. */
  long length() {
    return record.length();
  }

  /**
   * Where a page is.
   *
   * @return null, or an extent without a group, for zeros. Of the extent only what no newer part of
   *     the map may say otherwise
   */
  private @Nullable Extent locate(VersionRecord at, long page) {
    Extent found = at.changes().find(page);
    if (found != null) {
      return found;
    }
    long newerEnd = 0; // behind the last page that a newer run may have
    for (VersionRecord.Run run : at.runs()) {
      found = page < run.end() ? locate(run.root(), page) : null;
      if (found != null) {
        Extent alone = found.part(page, page + 1);
        return page < newerEnd ? alone : at.changes().uncovered(found, page, newerEnd);
      }
      newerEnd = Math.max(newerEnd, run.end());
    }
    return null;
  }

  private @Nullable Extent locate(MapIndex root, long page) {
    MapIndex node = root;
    while (true) {
      MapIndex.Child child = node.find(page);
      if (child == null) {
        return null;
      }
      if (node.height() == 0) {
        return segments.leaf(record.origin(), child.frame()).find(page);
      }
      node = segments.index(record.origin(), child.frame(), node.height() - 1);
    }
  }

  /**
   * Where a page is, in an extent of this page alone.
   *
   * @return null for zeros
   * @throws S3VfsException {@code NOT_FOUND} if a segment of the map is missing
   */
  @Nullable Extent place(long page) {
    Extent extent = page > record.pageCount() ? null : locate(record, page);
    return extent == null || extent.group() == null ? null : extent.part(page, page + 1);
  }

  @Override
  public void read(long page, int start, ByteBuffer dst, int count) {
    VersionRecord at = record;
    try {
      read(at, page, start, dst, count);
    } catch (S3VfsException e) {
      if (e.kind() != ErrorKind.NOT_FOUND) {
        throw e;
      }
      VersionRecord now = renewal.renewed(at, e);
      record = now;
      read(now, page, start, dst, count);
    }
  }

  private void read(VersionRecord at, long page, int start, ByteBuffer dst, int count) {
    Extent extent = page > at.pageCount() ? null : locate(at, page);
    FrameRef frame = extent == null ? null : extent.group();
    if (extent == null || frame == null) {
      dst.put(new byte[count]);
      return;
    }
    prefetchMapAround(at, page);
    segments.read(at, view, extent, page, start, dst, count);
  }

  /** Reads bytes of the file, up to its end; returns how many. */
  int read(ByteBuffer dst, long position) {
    int count = (int) Math.max(0, Math.min(dst.remaining(), length() - position));
    long at = position;
    while (at < position + count) {
      int start = (int) (at % record.pageSize());
      int part = (int) Math.min(record.pageSize() - start, position + count - at);
      read(at / record.pageSize() + 1, start, dst, part);
      at += part;
    }
    return count;
  }

  /** Fetches ahead of a reader that goes forward, in units of groups. */
  void readAhead(SequentialReadAhead readAhead, long position) {
    if (position >= length()) {
      return;
    }
    long pages = PageGroup.pagesPerGroup(record.pageSize());
    long unit = position / record.pageSize() / pages;
    long unitBytes = pages * record.pageSize();
    SequentialReadAhead.Window window =
        readAhead.onAccess(
            unit,
            () ->
                (Wanted.end(position, record.pageCount() * record.pageSize()) + unitBytes - 1)
                    / unitBytes);
    unlessMissing(
        () -> {
          if (position < record.pageSize()) {
            prefetchEarly();
          }
          if (!window.isEmpty()) {
            prefetch(window.from() * pages + 1, window.until() * pages + 1);
          }
        });
  }

  /** Fetches ahead. If a segment is missing, the read itself finds out what that means. */
  private static void unlessMissing(Runnable fetch) {
    try {
      fetch.run();
    } catch (S3VfsException e) {
      if (e.kind() != ErrorKind.NOT_FOUND) {
        throw e;
      }
    }
  }

  /**
   * Starts to fetch pages that will be read; what fails shows then, if it is that they are gone.
   */
  void prefetchWanted(LongStream pages) {
    unlessMissing(() -> prefetch(pages));
  }

  /** Starts to fetch what most readers need, beside the first page. */
  private void prefetchEarly() {
    VersionRecord at = record;
    Map<FrameRef, List<Extent>> groups = new LinkedHashMap<>();
    add(groups, locate(at, 1));
    if (groups.isEmpty() || segments.ahead().hasAll(groups, at.pageSize())) {
      return;
    }
    for (long page : at.early()) {
      add(groups, at.changes().find(page)); // not if it takes a request to find it
    }
    segments.ahead().fetch(at, groups, EARLY_REQUESTS);
    prefetchEarlyMap(at);
  }

  /** A page. */
  byte[] page(long page) {
    byte[] bytes = new byte[record.pageSize()];
    read(page, 0, ByteBuffer.wrap(bytes), bytes.length);
    return bytes;
  }

  /** Starts to fetch pages, from one up to but not including another one. */
  void prefetch(long from, long until) {
    prefetch(LongStream.range(from, until));
  }

  /** Starts to fetch pages. */
  void prefetch(LongStream pages) {
    VersionRecord at = record;
    segments.ahead().fetch(at, groups(at, pages), Integer.MAX_VALUE);
  }

  /** Starts to fetch what says where pages are, from one up to but not including another one. */
  void prefetchMap(long from, long until) {
    VersionRecord at = record;
    long[] pages = LongStream.range(from, Math.min(until, at.pageCount() + 1)).toArray();
    prefetchMap(at, pages);
  }

  /** Where pages are: the groups that have them, and what each has of this version about them. */
  private Map<FrameRef, List<Extent>> groups(VersionRecord at, LongStream pages) {
    long[] wanted = pages.filter(page -> page >= 1 && page <= at.pageCount()).toArray();
    prefetchMap(at, wanted);
    Map<FrameRef, List<Extent>> groups = new LinkedHashMap<>();
    Extent extent = null;
    for (long page : wanted) {
      if (extent == null || page < extent.first() || page >= extent.end()) {
        extent = locate(at, page);
        add(groups, extent);
      }
    }
    return groups;
  }

  /** Starts to fetch the parts of the map that say where pages are, all at once. */
  private void prefetchMap(VersionRecord at, long[] pages) {
    for (VersionRecord.Run run : at.runs()) {
      long[] within = Arrays.stream(pages).filter(page -> page < run.end()).toArray();
      long unused = map.fetch(at.origin(), run.root(), within, Long.MAX_VALUE);
    }
  }

  /**
   * Starts to fetch what most readers need of the map: short runs that lie over others, and what
   * knows of the surroundings of inner pages, where the pages below them often are.
   */
  private void prefetchEarlyMap(VersionRecord at) {
    long[] early = at.early().stream().mapToLong(Long::longValue).toArray();
    long room = EARLY_MAP;
    for (int i = 0; i < at.runs().size(); i++) {
      VersionRecord.Run run = at.runs().get(i);
      boolean whole = i < at.runs().size() - 1 && run.bytes() <= room && run.root().height() == 0;
      long[] pages =
          whole ? run.root().children().stream().mapToLong(MapIndex.Child::first).toArray() : early;
      room = map.fetch(at.origin(), run.root(), pages, room);
    }
  }

  /**
   * A page that a short run in front of a large map knows is most often an inner one: what is below
   * it is often near it, so that it is soon asked where that is.
   */
  private void prefetchMapAround(VersionRecord at, long page) {
    List<VersionRecord.Run> runs = at.runs();
    MapIndex last = runs.isEmpty() ? null : runs.get(runs.size() - 1).root();
    if (runs.size() > 1 && last != null && last.height() > 0) {
      long unused = map.fetch(at.origin(), last, new long[] {page}, Long.MAX_VALUE);
    }
  }

  /**
   * Fetches ahead of a reader that goes through a B-tree.
   *
   * @param pages in the order in which they will be read
   * @param window how many it wants ahead
   * @param cacheBytes what the cache takes
   */
  void prefetchScan(long[] pages, int window, long cacheBytes) {
    unlessMissing(() -> scan(pages, window, cacheBytes));
  }

  private void scan(long[] pages, int window, long cacheBytes) {
    VersionRecord at = record;
    boolean fill = window >= FILL_FROM && at.length() <= cacheBytes + cacheBytes / 4;
    boolean takesAll = at.length() + at.pageCount() * LOADED_OVERHEAD <= cacheBytes;
    long[] unknown = takesAll ? segments.ahead().unknown(view, pages) : pages;
    Map<FrameRef, List<Extent>> wanted = groups(at, Arrays.stream(unknown));
    Map<FrameRef, List<Extent>> missing = segments.ahead().missing(at, wanted);
    if (!fill) {
      segments.ahead().fetch(at, missing, Integer.MAX_VALUE);
      return;
    }
    long[] filled = FrameRanges.filled(missing.values());
    for (int from = 0; from < filled.length; from += FILL_STEP) {
      int until = Math.min(filled.length, from + FILL_STEP);
      Map<FrameRef, List<Extent>> some = groups(at, Arrays.stream(filled, from, until));
      segments.ahead().fetch(at, some, Integer.MAX_VALUE);
      if (takesAll) {
        some.forEach(this::expect);
      }
    }
    wanted.keySet().removeAll(missing.keySet()); // those were among the others
    if (takesAll) {
      wanted.forEach(this::expect);
    }
  }

  /** What comes need not be seen by read-ahead when it is read, but for some of it. */
  private void expect(FrameRef frame, List<Extent> extents) {
    int perGroup = PageGroup.pagesPerGroup(record.pageSize());
    long groups = Math.max(1, BTreeReadAhead.STRIDE / 2 / perGroup);
    if (extents.get(0).first() / perGroup % groups != 0) {
      segments.ahead().expect(frame, view, extents, record.pageSize());
    }
  }

  /**
   * Fetches pages from the beginning on, as many as the cache takes.
   *
   * @return how many bytes they are
   */
  long load(long cacheBytes) {
    long perPage = LOADED_OVERHEAD + record.pageSize();
    long last = Math.min(record.pageCount(), cacheBytes / perPage);
    long fetched = 0;
    ByteBuffer nothing = ByteBuffer.allocate(0);
    for (long page = 1; page <= last; page++) {
      if (fetched < Math.min(last, page + LOAD_AHEAD / 2)) {
        long until = Math.min(last, page + LOAD_AHEAD);
        prefetch(fetched + 1, until + 1);
        fetched = until;
      }
      read(page, 0, nothing, 0); // waits for it
    }
    return last * record.pageSize();
  }

  /** What of it is in the cache. */
  BTreeReadAhead.Memory inMemory() {
    return new BTreeReadAhead.Memory() {
      @Override
      public @Nullable ByteBuffer page(long page) {
        return cached(page);
      }

      @Override
      public List<Long> innerPages() {
        return record.early();
      }
    };
  }

  private @Nullable ByteBuffer cached(long page) {
    VersionRecord at = record;
    Extent extent = page < 1 || page > at.pageCount() ? null : locate(at, page);
    FrameRef frame = extent == null ? null : extent.group();
    return frame == null ? null : segments.cached(frame, page, at.pageSize());
  }

  /** Adds what a group has, unless it is nothing or zeros. */
  private static void add(Map<FrameRef, List<Extent>> groups, @Nullable Extent extent) {
    if (extent != null && extent.group() != null) {
      groups.computeIfAbsent(extent.group(), group -> new ArrayList<>(1)).add(extent);
    }
  }
}
