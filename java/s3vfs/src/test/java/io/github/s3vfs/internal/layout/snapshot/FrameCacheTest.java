package io.github.s3vfs.internal.layout.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.internal.store.Meter;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FrameCacheTest {
  private static final long SEED = Long.getLong("s3vfs.test.seed", System.nanoTime());
  private static final SegmentName SEGMENT = new SegmentName(1, new Nonce(1, 2), 3);

  private static FrameRef frame(int number) {
    return new FrameRef(SEGMENT, 8 + 100L * number, 100);
  }

  @Test
  void neverTakesMoreThanItMay() {
    long capacity = 100_000;
    FrameCache cache = new FrameCache(capacity, new Meter());
    Map<FrameRef, Object> put = new HashMap<>();
    Random random = new Random(SEED);
    int hits = 0;
    for (int i = 0; i < 20_000; i++) {
      FrameRef frame = frame(random.nextInt(100));
      Object got = cache.get(frame);
      if (got != null) {
        assertSame(put.get(frame), got, "-Ds3vfs.test.seed=" + SEED);
        hits++;
      }
      if (random.nextInt(3) == 0) {
        Object value = new Object();
        int bytes = random.nextInt(random.nextInt(50) == 0 ? 200_000 : 5_000);
        if (bytes < 99_000) {
          cache.put(frame, value, bytes);
          put.put(frame, value);
          assertSame(value, cache.get(frame), "-Ds3vfs.test.seed=" + SEED);
        } else {
          cache.put(frame(-1), value, bytes);
          assertNull(bytes >= capacity ? cache.get(frame(-1)) : null);
        }
      }
      assertTrue(cache.size() >= 0 && cache.size() <= capacity, "-Ds3vfs.test.seed=" + SEED);
    }
    assertTrue(hits > 1_000, hits + " hits");
  }

  @Test
  void keepsWhatWasUsedLast() {
    FrameCache cache = new FrameCache(3_500, new Meter());
    cache.put(frame(1), "one", 750);
    cache.put(frame(2), "two", 750);
    cache.put(frame(3), "three", 750);
    assertEquals("one", cache.get(frame(1)));
    cache.put(frame(4), "four", 750);
    assertEquals("one", cache.get(frame(1)));
    assertNull(cache.get(frame(2)));
    assertEquals("three", cache.get(frame(3)));
    assertEquals("four", cache.get(frame(4)));
  }

  @Test
  void ofNoBytesKeepsNothing() {
    FrameCache cache = new FrameCache(0, new Meter());
    cache.put(frame(1), "one", 0);
    assertNull(cache.get(frame(1)));
    assertEquals(0, cache.size());
  }
}
