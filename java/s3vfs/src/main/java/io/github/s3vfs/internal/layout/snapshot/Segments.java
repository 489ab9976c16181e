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
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The stored segments of one database, read frame by frame through the cache. What is read fails
 * with {@code NOT_FOUND} if its segment is missing: it was collected, or it is lost. Thread-safe.
 */
final class Segments {
  /** The most pages before and behind one that a group is expected to have. */
  private static final int NEIGHBOURS = 32;

  /**
   * In place of a group of pages: they are in the cache, or were put there.
   *
   * @param pages how many came; 0 if they were there
   */
  private record In(int pages) {
    static final In BEFORE = new In(0);
  }

  private final ObjectStore store;
  private final String key;
  private final FrameCache cache;
  private final CachedPages pages;
  private final Duration timeout;
  private final Surroundings surroundings;
  private final DiskFrames disk;
  private final PagesAhead ahead;

  /** Frames that are being fetched. */
  private final ConcurrentHashMap<FrameRef, CompletableFuture<Object>> pending =
      new ConcurrentHashMap<>();

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
    this.ahead = new PagesAhead(pages, pending::containsKey, this::fetchAhead);
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
              at.origin(),
              frame,
              Frames.PAGE_GROUP,
              count == 0 ? How.AHEAD : How.BESIDE,
              f -> pages.has(cached, page, size) ? In.BEFORE : null);
      if (!(came instanceof In)) {
        PageGroup group = typed(at.origin(), frame, came, PageGroup.class);
        int offset = group.offset(page, extent.position() + (int) (page - extent.first()), size);
        if (offset < 0) {
          throw misplaced(at.origin(), frame, page);
        }
        if (!pages.read(view, cached, first, near, page, size, start, dst, count)) {
          dst.put(group.bytes(), offset + start, count);
        }
        return;
      }
      hit = pages.read(view, cached, first, near, page, size, start, dst, count) || count == 0;
    }
  }

  /** The bytes of a page, or null if it is not in the cache. It does not count as read. */
  @Nullable ByteBuffer cached(FrameRef frame, long page, int pageSize) {
    ByteBuffer bytes = ByteBuffer.allocate(pageSize);
    return pages.look(frame.key(), page, pageSize, bytes) ? bytes.flip() : null;
  }

  /** The failure where a group of pages does not have a page that the map says it has. */
  private S3VfsException misplaced(Origin origin, FrameRef frame, long page) {
    return new S3VfsException(
        ErrorKind.CORRUPT,
        describe(origin, frame.segment())
            + " is damaged: page "
            + page
            + " is not where the map says");
  }

  private String describe(Origin origin, SegmentName segment) {
    return "s3://" + store.bucket() + "/" + origin.object(segment).key(key);
  }

  Extents leaf(Origin origin, FrameRef frame) {
    return get(origin, frame, Frames.MAP_LEAF, Extents.class);
  }

  /** A node of a map, of the height that it must have. */
  MapIndex index(Origin origin, FrameRef frame, int height) {
    MapIndex index = get(origin, frame, Frames.MAP_INDEX, MapIndex.class);
    if (index.height() != height) {
      throw new S3VfsException(
          ErrorKind.CORRUPT,
          describe(origin, frame.segment())
              + " is damaged: a map index of height "
              + index.height()
              + ", not "
              + height);
    }
    return index;
  }

  VersionRecord record(Origin origin, FrameRef frame) {
    return get(origin, frame, Frames.RECORD, VersionRecord.class);
  }

  private <T> T get(Origin origin, FrameRef frame, int kind, Class<T> type) {
    Object cached = cache.get(frame);
    cache.meter().cacheAsked(cached != null);
    Object value = cached != null ? cached : await(origin, frame, kind, How.READ, cache::get);
    return typed(origin, frame, value, type);
  }

  private <T> T typed(Origin origin, FrameRef frame, Object value, Class<T> type) {
    if (!type.isInstance(value)) {
      throw new S3VfsException(
          ErrorKind.CORRUPT,
          describe(origin, frame.segment())
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
  private Object await(Origin origin, FrameRef frame, int kind, How how, Come come) {
    String what = "GET " + describe(origin, frame.segment());
    CompletableFuture<Object> mine = surroundings.frames().get();
    CompletableFuture<Object> theirs = pending.putIfAbsent(frame, mine);
    if (theirs != null) {
      try {
        return Await.result(theirs, timeout, what);
      } catch (S3VfsException e) {
        if (e.kind() == ErrorKind.NOT_FOUND) {
          throw e; // it does not come back
        }
        // It was sent before, perhaps to fetch ahead: its failure need not be this reader's.
      }
    }
    if (theirs == null && hasCome(frame, mine, come)) {
      return Await.result(mine, timeout, what);
    }
    // Whether or not others have begun to ask for it anew, too.
    fetch(origin, kind, how, List.of(frame), List.of(mine));
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

  /** Fetches groups of pages ahead of those who read them. */
  PagesAhead ahead() {
    return ahead;
  }

  private CompletableFuture<?> fetchAhead(
      Origin origin, List<FrameRef> groups, Predicate<FrameRef> isThere) {
    return prefetch(
        origin, Frames.PAGE_GROUP, groups, frame -> isThere.test(frame) ? In.BEFORE : null);
  }

  /**
   * Starts to fetch frames of the map, or records, that are neither cached nor on their way.
   *
   * @return complete when they have come
   */
  CompletableFuture<?> prefetch(Origin origin, int kind, Collection<FrameRef> frames) {
    return prefetch(origin, kind, frames, cache::get);
  }

  /** A node of a map if it is in memory, or null. */
  @Nullable MapIndex cachedIndex(FrameRef frame) {
    return cache.get(frame) instanceof MapIndex index ? index : null;
  }

  /** In requests as few as possible. */
  private CompletableFuture<?> prefetch(
      Origin origin, int kind, Collection<FrameRef> frames, Come come) {
    PrefetchEvent event =
        kind == Frames.PAGE_GROUP && Recording.begun() ? new PrefetchEvent() : null;
    if (event != null) {
      event.begin();
    }
    Map<FrameRef, CompletableFuture<Object>> wanted = new LinkedHashMap<>();
    for (FrameRef frame : FrameRanges.inOrder(frames)) {
      CompletableFuture<Object> mine = surroundings.frames().get();
      if (come.find(frame) == null
          && pending.putIfAbsent(frame, mine) == null
          && !hasCome(frame, mine, come)) {
        wanted.put(frame, mine);
      }
    }
    for (List<FrameRef> range : FrameRanges.of(wanted.keySet())) {
      fetch(origin, kind, How.AHEAD, range, range.stream().map(wanted::get).toList());
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
            if (!result.isCompletedExceptionally() && result.join() instanceof In in) {
              event.pages += in.pages();
              event.bytes += frame.length();
            }
          });
      event.commit();
    }
  }

  /** Fetches frames of one segment: from the disk if they are there, or by one request. */
  private void fetch(
      Origin origin,
      int kind,
      How how,
      List<FrameRef> frames,
      List<CompletableFuture<Object>> results) {
    DiskFrames.Reader reader =
        new DiskFrames.Reader() {
          @Override
          public Object decode(FrameRef frame, Fetched fetched) {
            try (PageGroup.Memory memory = new PageGroup.Memory()) {
              String what = describe(origin, frame.segment());
              return decoded(origin, kind, how, frame, fetched, 0, what, memory);
            }
          }

          @Override
          public void found(FrameRef frame, CompletableFuture<Object> result, Object value) {
            pending.remove(frame, result);
            result.complete(value);
          }

          @Override
          public void fetch(List<FrameRef> others, List<CompletableFuture<Object>> theirs) {
            fetchStored(origin, kind, how, others, theirs);
          }
        };
    disk.read(frames, results, reader, surroundings.decoding());
  }

  /** Fetches frames of one segment by one request. */
  private void fetchStored(
      Origin origin,
      int kind,
      How how,
      List<FrameRef> frames,
      List<CompletableFuture<Object>> results) {
    SegmentName segment = frames.get(0).segment();
    long start = frames.get(0).offset();
    long end = frames.get(frames.size() - 1).end();
    CompletableFuture<Fetched> answer;
    try {
      answer =
          store.get(
              origin.object(segment).key(key), new ByteRange(start, end - start), Condition.NONE);
    } catch (RuntimeException e) {
      answer = CompletableFuture.failedFuture(e);
    }
    String what = describe(origin, segment);
    // Not on the client's threads: there are few, and this takes its time.
    var unused =
        answer.whenCompleteAsync(
            (fetched, failure) -> {
              try (PageGroup.Memory memory = new PageGroup.Memory()) {
                for (int i = 0; i < frames.size(); i++) {
                  FrameRef frame = frames.get(i);
                  Object value = null;
                  Throwable failed = failure;
                  try {
                    if (failure == null) {
                      int from = (int) (frame.offset() - start);
                      value = decoded(origin, kind, how, frame, fetched, from, what, memory);
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
    ahead.settled(frame);
    if (failed != null) {
      result.completeExceptionally(failed);
    } else {
      result.complete(value);
    }
  }

  private Object decoded(
      Origin origin,
      int kind,
      How how,
      FrameRef frame,
      Fetched fetched,
      long from,
      String what,
      PageGroup.Memory memory) {
    if (!fetched.found()) {
      throw new S3VfsException(ErrorKind.NOT_FOUND, what + " is missing");
    }
    int start = (int) Math.min(from, fetched.body().length);
    int length = Math.min(frame.length(), fetched.body().length - start);
    ByteBuffer bytes = ByteBuffer.wrap(fetched.body(), start, length);
    ByteBuffer body = Frames.open(origin.uuid(), frame, kind, bytes, what);
    if (kind == Frames.PAGE_GROUP) {
      PageGroup.Decoded group = PageGroup.decode(body, what, memory);
      pages.put(how, 0, frame.key(), group.pageSize(), group.pages(), group.bytes(), 0);
      // Whoever waits for it reads it from the cache; who reads it will not find it gone from
      // there.
      return how == How.AHEAD ? new In(group.pages().length) : group.group();
    }
    Object value = decode(kind, new Decoder(body, what));
    cache.put(frame, value, 8L * frame.length());
    return value;
  }

  private static Object decode(int kind, Decoder decoder) {
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
  Extents run(Origin origin, VersionRecord.Run run) {
    Extents.Builder all = new Extents.Builder();
    visit(origin, run.root(), (frame, leaf) -> leaf.list().forEach(all::add));
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
  void visit(Origin origin, MapIndex node, MapVisitor visitor) {
    List<FrameRef> children = node.children().stream().map(MapIndex.Child::frame).toList();
    int kind = node.height() == 0 ? Frames.MAP_LEAF : Frames.MAP_INDEX;
    CompletableFuture<?> unused = prefetch(origin, kind, children);
    for (FrameRef child : children) {
      if (node.height() == 0) {
        visitor.leaf(child, leaf(origin, child));
      } else {
        visitor.index(child);
        visit(origin, index(origin, child, node.height() - 1), visitor);
      }
    }
  }

  /** Takes in a frame that this process has stored. */
  void remember(FrameRef frame, PageGroup group) {
    ByteBuffer bytes = ByteBuffer.wrap(group.bytes());
    pages.put(How.BESIDE, 0, frame.key(), group.pageSize(), group.pages(), bytes, 0);
  }
}
