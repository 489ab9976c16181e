package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.CachedPages;
import io.github.s3vfs.internal.layout.CachedPages.How;
import io.github.s3vfs.internal.layout.PrefetchEvent;
import io.github.s3vfs.internal.layout.snapshot.Extents.Extent;
import io.github.s3vfs.internal.store.Await;
import io.github.s3vfs.internal.store.ByteRange;
import io.github.s3vfs.internal.store.Condition;
import io.github.s3vfs.internal.store.Fetched;
import io.github.s3vfs.internal.store.ObjectStore;
import io.github.s3vfs.internal.store.Recording;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The stored segments of one database, read frame by frame through the cache. What is read fails
 * with {@code NOT_FOUND} if its segment is missing: it was collected, or it is lost. Thread-safe.
 */
final class Segments {
  /** Frames that are not farther apart are fetched by one request. */
  private static final int GAP = 16 << 10;

  /** The most that one request fetches of several frames. */
  private static final int RANGE = 1 << 20;

  /** The most pages before and behind one that a group is expected to have. */
  private static final int NEIGHBOURS = 32;

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  /** In place of a group of pages: they are in the cache. */
  private static final Object IN = new Object();

  private final ObjectStore store;
  private final String key;
  private final FrameCache cache;
  private final CachedPages pages;
  private final Duration timeout;
  private final Surroundings surroundings;
  private final DiskFrames disk;
  private final FetchAhead ahead = new FetchAhead();

  /** Frames that are being fetched. */
  private final ConcurrentHashMap<FrameRef, CompletableFuture<Object>> pending =
      new ConcurrentHashMap<>();

  /** What groups that have not come yet have of a version. */
  private record Expected(int view, List<Extent> extents, int pageSize) {}

  private final ConcurrentHashMap<FrameRef, Expected> expected = new ConcurrentHashMap<>();

  /** Frames that will be fetched ahead. */
  private final Set<FrameRef> planned = ConcurrentHashMap.newKeySet();

  /** As the other one, with nothing on disk. */
  Segments(
      ObjectStore store,
      String key,
      FrameCache cache,
      CachedPages pages,
      Duration timeout,
      Surroundings surroundings) {
    this(store, key, cache, pages, timeout, surroundings, DiskFrames.NONE);
  }

  /**
   * @param key of the database
   * @param cache of what else there is than pages
   * @param pages of this database
   * @param timeout how long one request may take
   * @param surroundings say where frames are decoded
   * @param disk has frames of this database
   */
  Segments(
      ObjectStore store,
      String key,
      FrameCache cache,
      CachedPages pages,
      Duration timeout,
      Surroundings surroundings,
      DiskFrames disk) {
    this.store = store;
    this.key = key;
    this.cache = cache;
    this.pages = pages;
    this.timeout = timeout;
    this.surroundings = surroundings;
    this.disk = disk;
  }

  /**
   * Reads bytes of a page.
   *
   * @param count 0 to wait until it is there, which is no read: it comes ahead of those
   * @param at the version that has it
   * @param view that is this version; 0 if none is
   * @param extent where the page is
   */
  void read(
      VersionRecord at, int view, Extent extent, long page, int start, ByteBuffer dst, int count) {
    FrameRef frame = Objects.requireNonNull(extent.group());
    long first = Math.max(extent.first(), page - NEIGHBOURS);
    int near = (int) (Math.min(extent.end(), page + NEIGHBOURS) - first);
    CachedPages.Key cached = frame.key();
    int size = at.pageSize();
    boolean hit = pages.read(view, cached, first, near, page, size, start, dst, count);
    cache.meter().cacheAsked(hit);
    while (!hit) {
      Object came =
          await(
              at.uuid(),
              frame,
              Frames.PAGE_GROUP,
              count == 0 ? How.AHEAD : How.BESIDE,
              f -> pages.has(cached, page, size) ? IN : null);
      if (came != IN) {
        PageGroup group = typed(frame, came, PageGroup.class);
        int offset = group.offset(page, extent.position() + (int) (page - extent.first()), size);
        if (offset < 0) {
          throw misplaced(frame, page);
        }
        if (!pages.read(view, cached, first, near, page, size, start, dst, count)) {
          dst.put(group.bytes(), offset + start, count);
        }
        return;
      }
      hit = pages.read(view, cached, first, near, page, size, start, dst, count);
    }
  }

  /** The bytes of a page, or null if it is not in the cache. It does not count as read. */
  @Nullable ByteBuffer cached(FrameRef frame, long page, int pageSize) {
    ByteBuffer bytes = ByteBuffer.allocate(pageSize);
    return pages.look(frame.key(), page, pageSize, bytes) ? bytes.flip() : null;
  }

  /** The failure where a group of pages does not have a page that the map says it has. */
  private S3VfsException misplaced(FrameRef frame, long page) {
    return new S3VfsException(
        ErrorKind.CORRUPT,
        describe(frame.segment()) + " is damaged: page " + page + " is not where the map says");
  }

  private String describe(SegmentName segment) {
    return "s3://" + store.bucket() + "/" + segment.key(key);
  }

  Extents leaf(Nonce uuid, FrameRef frame) {
    return get(uuid, frame, Frames.MAP_LEAF, Extents.class);
  }

  /** A node of a map, of the height that it must have. */
  MapIndex index(Nonce uuid, FrameRef frame, int height) {
    MapIndex index = get(uuid, frame, Frames.MAP_INDEX, MapIndex.class);
    if (index.height() != height) {
      throw new S3VfsException(
          ErrorKind.CORRUPT,
          describe(frame.segment())
              + " is damaged: a map index of height "
              + index.height()
              + ", not "
              + height);
    }
    return index;
  }

  VersionRecord record(Nonce uuid, FrameRef frame) {
    return get(uuid, frame, Frames.RECORD, VersionRecord.class);
  }

  private <T> T get(Nonce uuid, FrameRef frame, int kind, Class<T> type) {
    Object cached = cache.get(frame);
    cache.meter().cacheAsked(cached != null);
    Object value = cached != null ? cached : await(uuid, frame, kind, How.READ, cache::get);
    return typed(frame, value, type);
  }

  private <T> T typed(FrameRef frame, Object value, Class<T> type) {
    if (!type.isInstance(value)) {
      throw new S3VfsException(
          ErrorKind.CORRUPT,
          describe(frame.segment())
              + " is damaged: the frame at offset "
              + frame.offset()
              + " is taken for several things");
    }
    return type.cast(value);
  }

  /**
   * Fetches a frame that was not found, or waits until somebody else has.
   *
   * @param how it comes
   * @param come finds it if it has come meanwhile
   */
  private Object await(Nonce uuid, FrameRef frame, int kind, How how, Come come) {
    String what = "GET " + describe(frame.segment());
    CompletableFuture<Object> mine = surroundings.frames().get();
    CompletableFuture<Object> theirs = pending.putIfAbsent(frame, mine);
    if (theirs != null) {
      try {
        return Await.result(theirs, timeout, what);
      } catch (S3VfsException e) {
        if (e.kind() != ErrorKind.UNAVAILABLE) {
          throw e;
        }
        // It was sent before, perhaps to fetch ahead: its failure need not be this reader's.
      }
    }
    if (theirs == null && hasCome(frame, mine, come)) {
      return Await.result(mine, timeout, what);
    }
    // Whether or not others have begun to ask for it anew, too.
    fetch(uuid, kind, how, List.of(frame), List.of(mine));
    return Await.result(mine, timeout, what);
  }

  /** Whether a frame has come since it was looked for, so that it need not be fetched. */
  private boolean hasCome(FrameRef frame, CompletableFuture<Object> mine, Come come) {
    Object cached = come.find(frame);
    if (cached != null) {
      pending.remove(frame, mine);
      mine.complete(cached);
    }
    return cached != null;
  }

  /** Finds a frame in memory. */
  private interface Come {
    /** What there is in its place, or null. */
    @Nullable Object find(FrameRef frame);
  }

  /**
   * Whether groups of pages are in the cache.
   *
   * @param groups one page of each
   */
  boolean hasAll(Map<FrameRef, List<Extent>> groups, int pageSize) {
    return groups.entrySet().stream()
        .allMatch(group -> has(group.getKey(), group.getValue(), pageSize));
  }

  private boolean has(FrameRef frame, List<Extent> extents, int pageSize) {
    return pages.has(frame.key(), extents.get(0).first(), pageSize);
  }

  /**
   * Starts to fetch groups of pages that are neither cached nor on their way.
   *
   * @param groups what each has of the version; its first page stands for all of them
   * @param most so many requests at most, those for the most groups
   */
  void prefetchPages(VersionRecord at, Map<FrameRef, List<Extent>> groups, int most) {
    Map<FrameRef, List<Extent>> missing = missing(at, groups);
    Come come =
        frame -> {
          List<Extent> extents = missing.get(frame);
          return extents != null && has(frame, extents, at.pageSize()) ? IN : null;
        };
    List<List<FrameRef>> ranges = ranges(inOrder(missing.keySet()));
    if (ranges.size() > most) {
      ranges.sort(Comparator.comparing(range -> -range.size()));
      ranges = ranges.subList(0, most);
    }
    for (List<FrameRef> range : ranges) {
      long size = range.get(range.size() - 1).end() - range.get(0).offset();
      planned.addAll(range);
      ahead.add(
          size,
          new FetchAhead.Request() {
            @Override
            public CompletableFuture<?> make() {
              CompletableFuture<?> made = prefetch(at.uuid(), Frames.PAGE_GROUP, range, come);
              drop();
              return made;
            }

            @Override
            public void drop() {
              for (FrameRef frame : range) {
                planned.remove(frame);
                if (!pending.containsKey(frame)) {
                  note(frame);
                }
              }
            }
          });
    }
  }

  /**
   * Those of some groups of pages that are neither cached nor on their way.
   *
   * @param groups what each has of the version; its first page stands for all of them
   */
  Map<FrameRef, List<Extent>> missing(VersionRecord at, Map<FrameRef, List<Extent>> groups) {
    Map<FrameRef, List<Extent>> missing = new LinkedHashMap<>();
    groups.forEach(
        (frame, extents) -> {
          boolean coming = pending.containsKey(frame) || planned.contains(frame);
          if (!coming && !has(frame, extents, at.pageSize())) {
            missing.put(frame, extents);
          }
        });
    return missing;
  }

  /**
   * When a group comes that is on its way or will be, or if it is there, its pages are to be known
   * as those of a view: then a reader has them without a call into Java.
   *
   * @param view 0 for none
   * @param extents what it has of the version that is the view
   */
  void expect(FrameRef frame, int view, List<Extent> extents, int pageSize) {
    if (view > 0) {
      expected.put(frame, new Expected(view, extents, pageSize));
      if (!planned.contains(frame) && !pending.containsKey(frame)) {
        note(frame);
      }
    }
  }

  /** A group has come, or will not. */
  private void note(FrameRef frame) {
    Expected known = expected.remove(frame);
    if (known == null) {
      return;
    }
    for (Extent extent : known.extents()) {
      int count = (int) extent.count();
      long first = extent.first();
      boolean unused =
          pages.read(
              known.view(), frame.key(), first, count, first, known.pageSize(), 0, NOTHING, 0);
    }
  }

  /** Starts to fetch frames of the map, or records, that are neither cached nor on their way. */
  void prefetch(Nonce uuid, int kind, Collection<FrameRef> frames) {
    CompletableFuture<?> unused = prefetch(uuid, kind, frames, cache::get);
  }

  /** In requests as few as possible. */
  private CompletableFuture<?> prefetch(
      Nonce uuid, int kind, Collection<FrameRef> frames, Come come) {
    PrefetchEvent event =
        kind == Frames.PAGE_GROUP && Recording.begun() ? new PrefetchEvent() : null;
    if (event != null) {
      event.begin();
    }
    Map<FrameRef, CompletableFuture<Object>> wanted = new LinkedHashMap<>();
    for (FrameRef frame : inOrder(frames)) {
      CompletableFuture<Object> mine = surroundings.frames().get();
      if (come.find(frame) == null
          && pending.putIfAbsent(frame, mine) == null
          && !hasCome(frame, mine, come)) {
        wanted.put(frame, mine);
      }
    }
    for (List<FrameRef> range : ranges(List.copyOf(wanted.keySet()))) {
      fetch(uuid, kind, How.AHEAD, range, range.stream().map(wanted::get).toList());
    }
    CompletableFuture<?> all =
        CompletableFuture.allOf(wanted.values().toArray(CompletableFuture<?>[]::new));
    if (event != null && !wanted.isEmpty()) {
      var unused = all.whenComplete((nothing, failure) -> tell(event, wanted));
    }
    return all;
  }

  /** Tells of groups that were fetched ahead, as far as they have come. */
  private void tell(PrefetchEvent event, Map<FrameRef, CompletableFuture<Object>> groups) {
    event.end();
    if (event.shouldCommit()) {
      event.location = "s3://" + store.bucket() + "/" + key;
      groups.forEach(
          (frame, result) -> {
            if (!result.isCompletedExceptionally() && result.join() instanceof PageGroup group) {
              event.pages += group.pages().length;
              event.bytes += frame.length();
            }
          });
      event.commit();
    }
  }

  /** By how many requests frames are fetched together. */
  static int requests(Collection<FrameRef> frames) {
    return ranges(inOrder(frames)).size();
  }

  /** Frames, in order, that are fetched by one request each. */
  private static List<List<FrameRef>> ranges(List<FrameRef> frames) {
    List<List<FrameRef>> ranges = new ArrayList<>();
    int from = 0;
    for (int i = 1; i <= frames.size(); i++) {
      if (i == frames.size() || !isOneRange(frames.get(from), frames.get(i - 1), frames.get(i))) {
        ranges.add(frames.subList(from, i));
        from = i;
      }
    }
    return ranges;
  }

  private static List<FrameRef> inOrder(Collection<FrameRef> frames) {
    return frames.stream()
        .distinct()
        .sorted(
            Comparator.comparing((FrameRef f) -> f.segment().nonce().high())
                .thenComparing(f -> f.segment().nonce().low())
                .thenComparing(f -> f.segment().part())
                .thenComparing(FrameRef::offset))
        .toList();
  }

  private static boolean isOneRange(FrameRef first, FrameRef last, FrameRef next) {
    return last.segment().equals(next.segment())
        && next.offset() - last.end() <= GAP
        && next.end() - first.offset() <= RANGE;
  }

  /** Fetches frames of one segment: from the disk if they are there, or by one request. */
  private void fetch(
      Nonce uuid,
      int kind,
      How how,
      List<FrameRef> frames,
      List<CompletableFuture<Object>> results) {
    DiskFrames.Reader reader =
        new DiskFrames.Reader() {
          @Override
          public Object decode(FrameRef frame, Fetched fetched) {
            try (PageGroup.Zstds zstds = new PageGroup.Zstds()) {
              return decoded(uuid, kind, how, frame, fetched, 0, zstds);
            }
          }

          @Override
          public void found(FrameRef frame, CompletableFuture<Object> result, Object value) {
            pending.remove(frame, result);
            result.complete(value);
          }

          @Override
          public void fetch(List<FrameRef> others, List<CompletableFuture<Object>> theirs) {
            fetchStored(uuid, kind, how, others, theirs);
          }
        };
    disk.read(frames, results, reader, surroundings.decoding());
  }

  /** Fetches frames of one segment by one request. */
  private void fetchStored(
      Nonce uuid,
      int kind,
      How how,
      List<FrameRef> frames,
      List<CompletableFuture<Object>> results) {
    SegmentName segment = frames.get(0).segment();
    long start = frames.get(0).offset();
    long end = frames.get(frames.size() - 1).end();
    CompletableFuture<Fetched> answer;
    try {
      answer = store.get(segment.key(key), new ByteRange(start, end - start), Condition.NONE);
    } catch (RuntimeException e) {
      answer = CompletableFuture.failedFuture(e);
    }
    // Not on the client's threads: there are few, and this takes its time.
    var unused =
        answer.whenCompleteAsync(
            (fetched, failure) -> {
              try (PageGroup.Zstds zstds = new PageGroup.Zstds()) {
                for (int i = 0; i < frames.size(); i++) {
                  FrameRef frame = frames.get(i);
                  Object value = null;
                  Throwable failed = failure;
                  try {
                    if (failure == null) {
                      int from = (int) (frame.offset() - start);
                      value = decoded(uuid, kind, how, frame, fetched, from, zstds);
                      disk.put(frame, ByteBuffer.wrap(fetched.body(), from, frame.length()));
                    }
                  } catch (RuntimeException | Error e) {
                    failed = e;
                  }
                  settle(frame, results.get(i), value, failed);
                }
              }
            },
            surroundings.decoding());
  }

  private void settle(
      FrameRef frame,
      CompletableFuture<Object> result,
      @Nullable Object value,
      @Nullable Throwable failed) {
    pending.remove(frame, result); // before anybody learns of a failure and asks again
    note(frame);
    if (failed != null) {
      result.completeExceptionally(failed);
    } else {
      result.complete(value);
    }
  }

  private Object decoded(
      Nonce uuid,
      int kind,
      How how,
      FrameRef frame,
      Fetched fetched,
      long from,
      PageGroup.Zstds zstds) {
    String what = describe(frame.segment());
    if (!fetched.found()) {
      throw new S3VfsException(ErrorKind.NOT_FOUND, what + " is missing");
    }
    int start = (int) Math.min(from, fetched.body().length);
    int length = Math.min(frame.length(), fetched.body().length - start);
    ByteBuffer bytes = ByteBuffer.wrap(fetched.body(), start, length);
    ByteBuffer body = Frames.open(uuid, frame, kind, bytes, what);
    Object value = decode(kind, body, what, zstds);
    if (value instanceof PageGroup group) {
      remember(how, frame, group);
    } else {
      cache.put(frame, value, 8L * frame.length());
    }
    return value;
  }

  private static Object decode(int kind, ByteBuffer body, String what, PageGroup.Zstds zstds) {
    if (kind == Frames.PAGE_GROUP) {
      return PageGroup.decode(body, what, zstds);
    }
    Decoder decoder = new Decoder(body, what);
    Object value =
        switch (kind) {
          case Frames.MAP_LEAF -> Extents.decode(decoder);
          case Frames.MAP_INDEX -> MapIndex.decode(decoder);
          default -> VersionRecord.decode(decoder);
        };
    decoder.end();
    return value;
  }

  /** A whole run of a map. */
  Extents run(Nonce uuid, VersionRecord.Run run) {
    Extents.Builder all = new Extents.Builder();
    visit(uuid, run.root(), (frame, leaf) -> leaf.list().forEach(all::add));
    return all.build();
  }

  /** Takes note of a node of a map. */
  interface MapVisitor {
    /** A leaf, and where it is. */
    void leaf(FrameRef frame, Extents leaf);

    /** An inner node below the root. */
    default void index(FrameRef frame) {}
  }

  /** Goes through a map, in the order of pages; nodes are fetched many at once. */
  void visit(Nonce uuid, MapIndex node, MapVisitor visitor) {
    List<FrameRef> children = node.children().stream().map(MapIndex.Child::frame).toList();
    prefetch(uuid, node.height() == 0 ? Frames.MAP_LEAF : Frames.MAP_INDEX, children);
    for (FrameRef child : children) {
      if (node.height() == 0) {
        visitor.leaf(child, leaf(uuid, child));
      } else {
        visitor.index(child);
        visit(uuid, index(uuid, child, node.height() - 1), visitor);
      }
    }
  }

  /** Takes in a frame that this process has stored. */
  void remember(FrameRef frame, PageGroup group) {
    remember(How.BESIDE, frame, group);
  }

  private void remember(How how, FrameRef frame, PageGroup group) {
    ByteBuffer bytes = ByteBuffer.wrap(group.bytes());
    pages.put(how, 0, frame.key(), group.pageSize(), group.pages(), bytes, 0);
  }
}
