package io.github.s3vfs.internal.layout.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.MemoryPageCache;
import io.github.s3vfs.internal.layout.PageCache;
import io.github.s3vfs.internal.store.InMemoryObjectStore;
import io.github.s3vfs.internal.store.InMemoryObjectStore.Request;
import io.github.s3vfs.internal.store.Meter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SegmentsTest {
  private static final Nonce UUID = new Nonce(11, 12);
  private static final String KEY = "some/key";
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private final InMemoryObjectStore store = new InMemoryObjectStore("bucket");
  private final List<FrameRef> frames = new ArrayList<>();
  private final List<PageGroup> groups = new ArrayList<>();
  private final Random random = new Random(5);

  private static Segments segments(InMemoryObjectStore store, long cacheBytes) {
    return segments(store, new MemoryPageCache(cacheBytes));
  }

  private static Segments segments(InMemoryObjectStore store, PageCache cache) {
    return new Segments(
        store,
        KEY,
        new FrameCache(cache.capacity(), new Meter()),
        cache.pages(false),
        TIMEOUT,
        Surroundings.real());
  }

  /** Stores a segment of groups of that many bytes each. */
  private SegmentName segment(int... sizes) {
    Nonce nonce = new Nonce(random.nextLong(), random.nextLong());
    SegmentWriter writer =
        new SegmentWriter(
            UUID, 1, nonce, 64 << 20, (name, bytes) -> store.poke(name.key(KEY), bytes));
    for (int size : sizes) {
      byte[] bytes = new byte[size];
      random.nextBytes(bytes);
      long[] pages = new long[size / 512];
      Arrays.setAll(pages, i -> 1 + i);
      groups.add(new PageGroup(512, pages, bytes));
      frames.add(writer.add(Frames.PAGE_GROUP, groups.get(groups.size() - 1).encode()));
    }
    writer.finish();
    return new SegmentName(1, nonce, 0);
  }

  private void assertReads(Segments segments) {
    for (int i = 0; i < frames.size(); i++) {
      assertArrayEquals(groups.get(i).bytes(), read(segments, i));
    }
  }

  private byte[] read(Segments segments, int group) {
    return GroupsRead.read(segments, UUID, frames.get(group), groups.get(group));
  }

  private static void prefetch(Segments segments, List<FrameRef> frames) {
    GroupsRead.prefetch(segments, UUID, frames);
  }

  @Test
  void framesAreDecodedWhileTheApplicationBlocksTheCommonPool() {
    segment(4096, 512);
    CountDownLatch end = new CountDownLatch(1);
    try {
      for (int i = 0; i < ForkJoinPool.getCommonPoolParallelism(); i++) {
        ForkJoinPool.commonPool()
            .execute(() -> assertDoesNotThrow(() -> assertTrue(end.await(1, TimeUnit.MINUTES))));
      }
      assertReads(segments(store, 1 << 20));
    } finally {
      end.countDown();
    }
  }

  @Test
  void neighboursAreFetchedByOneRequestAndOnlyOnce() {
    segment(4096, 512, 4096, 8192, 1024);
    Segments segments = segments(store, 1 << 20);
    prefetch(segments, List.of(frames.get(4), frames.get(0), frames.get(1), frames.get(4)));
    assertEquals(1, store.count(Request.GET));
    prefetch(segments, frames.subList(2, 4));
    assertEquals(2, store.count(Request.GET));
    assertReads(segments);
    prefetch(segments, frames);
    assertReads(segments);
    assertEquals(2, store.count(Request.GET));
  }

  private static void assertPrefetched(PageCache cache, int all, int used, int wasted) {
    assertEquals(
        List.of((long) all, (long) used, (long) wasted),
        List.of(cache.prefetched(), cache.prefetchedUsed(), cache.prefetchedWasted()),
        "prefetched, used, wasted");
  }

  private static void prefetchAll(
      Segments segments, PageCache cache, List<FrameRef> frames, int all) throws Exception {
    prefetch(segments, frames);
    long deadline = System.nanoTime() + TIMEOUT.toNanos();
    while (cache.prefetched() < all) {
      assertTrue(System.nanoTime() < deadline, cache.prefetched() + " pages");
      Thread.sleep(1);
    }
  }

  @Test
  void pagesThatAreFetchedAheadCountAsUsedOnceAndOthersDoNot() throws Exception {
    segment(4096, 512, 4096);
    PageCache cache = new MemoryPageCache(1 << 20);
    Segments segments = segments(store, cache);
    read(segments, 2); // waits for its first page; the others are not fetched ahead
    assertPrefetched(cache, 0, 0, 0);
    prefetchAll(segments, cache, frames, 9);
    assertPrefetched(cache, 9, 0, 0);
    assertEquals(17, cache.count());
    assertTrue(segments.ahead().hasAll(groupWith(3), 512));
    assertNotNull(segments.cached(frames.get(0), 3, 512), "a look is no read");
    assertPrefetched(cache, 9, 0, 0);
    read(segments, 1);
    assertPrefetched(cache, 9, 1, 0);
    assertReads(segments);
    assertReads(segments);
    assertPrefetched(cache, 9, 9, 0);
    cache.close();
    assertPrefetched(cache, 9, 9, 0);
  }

  @Test
  void pagesThatAreGivenUpUnreadAreWasted() throws Exception {
    segment(4096, 512, 4096);
    PageCache cache = new MemoryPageCache(10 * (512 + 100));
    Segments segments = segments(store, cache);
    prefetchAll(segments, cache, frames.subList(0, 2), 9);
    read(segments, 1);
    assertPrefetched(cache, 9, 1, 0);
    prefetchAll(segments, cache, frames.subList(2, 3), 17);
    long deadline = System.nanoTime() + TIMEOUT.toNanos();
    while (cache.prefetchedWasted() < 7) { // it has place for ten
      assertTrue(System.nanoTime() < deadline);
      Thread.sleep(1);
    }
    assertPrefetched(cache, 17, 1, 7);
    cache.close();
    assertPrefetched(cache, 17, 1, 16);
  }

  @Test
  void whatDoesNotFitIsWasted() throws Exception {
    segment(4096);
    PageCache cache = new MemoryPageCache(0);
    Segments segments = segments(store, cache);
    prefetchAll(segments, cache, frames, 8);
    assertPrefetched(cache, 8, 0, 8);
  }

  @Test
  void whatIsFarApartIsFetchedByItsOwnRequest() {
    segment(512, 15 << 10, 512, 20 << 10, 512);
    Segments segments = segments(store, 1 << 20);
    prefetch(segments, List.of(frames.get(0), frames.get(2), frames.get(4)));
    assertEquals(2, store.count(Request.GET));
    segment(512);
    prefetch(segments, frames);
    assertReads(segments);
    assertEquals(4, store.count(Request.GET), "one more for 1 and 3, one for the other segment");
  }

  @Test
  void aRequestIsBounded() {
    int size = 300 << 10;
    segment(size, size, size, size, size, size);
    Segments segments = segments(store, 64 << 20);
    prefetch(segments, frames);
    assertReads(segments);
    assertEquals(2, store.count(Request.GET));
  }

  @Test
  void readersOfOneFrameShareARequest() throws Exception {
    ConcurrentLinkedQueue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    InMemoryObjectStore slow = new InMemoryObjectStore("bucket", waiting::add);
    SegmentName name = segment(4096);
    slow.poke(name.key(KEY), bytes(name));
    Segments segments = segments(slow, 1 << 20);
    List<FutureTask<byte[]>> reads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      FutureTask<byte[]> read = new FutureTask<>(() -> read(segments, 0));
      reads.add(read);
      Thread thread = new Thread(read, "reader " + i);
      thread.setDaemon(true);
      thread.start();
      awaitWaiting(thread);
    }
    assertEquals(1, slow.count(Request.GET));
    for (Runnable request = waiting.poll(); request != null; request = waiting.poll()) {
      request.run();
    }
    for (FutureTask<byte[]> read : reads) {
      assertArrayEquals(groups.get(0).bytes(), read.get(20, TimeUnit.SECONDS));
    }
    assertEquals(1, slow.count(Request.GET));
  }

  @Test
  void aReaderAsksAgainForWhatWasFetchedAheadAndCameDamaged() throws Exception {
    ConcurrentLinkedQueue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    InMemoryObjectStore slow = new InMemoryObjectStore("bucket", waiting::add);
    SegmentName name = segment(4096);
    slow.poke(name.key(KEY), Arrays.copyOf(bytes(name), 100));
    Segments segments = segments(slow, 1 << 20);
    prefetch(segments, frames);
    FutureTask<byte[]> read = new FutureTask<>(() -> read(segments, 0));
    Thread reader = new Thread(read, "reader");
    reader.setDaemon(true);
    reader.start();
    awaitWaiting(reader);
    Objects.requireNonNull(waiting.poll()).run();
    slow.poke(name.key(KEY), bytes(name));
    long deadline = System.nanoTime() + TIMEOUT.toNanos();
    while (!read.isDone()) {
      assertTrue(System.nanoTime() < deadline);
      Runnable next = waiting.poll();
      if (next != null) {
        next.run();
      }
      Thread.sleep(1);
    }
    assertArrayEquals(groups.get(0).bytes(), read.get());
    assertEquals(2, slow.count(Request.GET));
  }

  private static void awaitWaiting(Thread thread) throws InterruptedException {
    long deadline = System.nanoTime() + TIMEOUT.toNanos();
    while (thread.getState() != Thread.State.TIMED_WAITING) {
      assertTrue(System.nanoTime() < deadline && thread.isAlive());
      Thread.sleep(1);
    }
  }

  private byte[] bytes(SegmentName name) {
    byte[] bytes = store.peek(name.key(KEY));
    if (bytes == null) {
      throw new AssertionError("no " + name);
    }
    return bytes;
  }

  @Test
  void damageIsAnErrorThatNamesTheObjectAndIsNotRemembered() {
    SegmentName name = segment(4096, 4096);
    byte[] whole = bytes(name);
    FrameRef second = frames.get(1);
    byte[] flipped = whole.clone();
    flipped[(int) second.offset() + 100] ^= 16;
    // The first frame and the second one, which are as long as each other, change places.
    byte[] swapped = whole.clone();
    assertEquals(frames.get(0).length(), second.length());
    System.arraycopy(
        whole, (int) frames.get(0).offset(), swapped, (int) second.offset(), second.length());
    Segments segments = segments(store, 1 << 20);
    for (byte[] damaged :
        List.of(
            Arrays.copyOf(whole, whole.length - 1),
            Arrays.copyOf(whole, (int) second.offset()),
            Arrays.copyOf(whole, 3),
            flipped,
            swapped,
            bytes(segment(4096, 4096)))) {
      store.poke(name.key(KEY), damaged);
      assertFails(ErrorKind.CORRUPT, segments, name, 1);
    }
    store.drop(name.key(KEY));
    assertFails(ErrorKind.NOT_FOUND, segments, name, 1);
    store.poke(name.key(KEY), whole);
    assertReads(segments);
  }

  private void assertFails(ErrorKind kind, Segments segments, SegmentName name, int group) {
    S3VfsException e = assertThrows(S3VfsException.class, () -> read(segments, group));
    assertEquals(kind, e.kind());
    assertTrue(
        String.valueOf(e.getMessage()).contains("s3://bucket/" + name.key(KEY)), e::toString);
  }

  @Test
  void aFrameThatTheMapTakesForAnotherKindIsDamage() {
    SegmentName name = segment(4096);
    for (int i = 0; i < 2; i++) {
      Segments segments = segments(store, 1 << 20);
      if (i == 1) {
        assertArrayEquals(groups.get(0).bytes(), read(segments, 0)); // is in the cache now
      }
      S3VfsException e =
          assertThrows(S3VfsException.class, () -> segments.leaf(Origin.own(UUID), frames.get(0)));
      assertEquals(ErrorKind.CORRUPT, e.kind());
      assertTrue(String.valueOf(e.getMessage()).contains(name.key(KEY)), e::toString);
    }
  }

  @Test
  void worksWithoutACache() {
    segment(512, 512);
    Segments segments = segments(store, 0);
    assertReads(segments);
    assertReads(segments);
    assertEquals(4, store.count(Request.GET));
  }

  private Map<FrameRef, List<Extents.Extent>> groupWith(long page) {
    FrameRef frame = frames.get(0);
    return Map.of(frame, List.of(new Extents.Extent(page, 1, frame, 0)));
  }
}
