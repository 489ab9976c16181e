package io.github.s3vfs.internal.diskcache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stays, what goes, and what others do to the files meanwhile. */
class DiskCacheTest {
  private static final long BOUND = 2 << 20;

  @TempDir Path parent;

  private Path directory() {
    return parent.resolve("cache");
  }

  private DiskCache open() throws Exception {
    DiskCache cache = DiskCache.open(directory(), BOUND);
    cache.begun().get(20, TimeUnit.SECONDS);
    cache.drain(); // should the time not have been enough
    return cache;
  }

  private static void fill(DiskCache cache, int from, int until) {
    for (int i = from; i < until; i++) {
      Bodies.put(cache, i);
      if (i % 100 == 0) {
        cache.drain();
      }
    }
    cache.drain();
  }

  @Test
  void whatWasWrittenIsThereAfterARestart() throws Exception {
    try (DiskCache cache = open()) {
      fill(cache, 0, 50);
      assertEquals(50, Bodies.countIn(cache, 50));
      assertEquals(Bodies.bytes(directory()), cache.bytes());
    }
    try (DiskCache cache = open()) {
      assertTrue(cache.has(Bodies.key(0)));
      assertFalse(cache.has(Bodies.key(50)));
      assertEquals(50, Bodies.countIn(cache, 60));
      assertEquals(Bodies.bytes(directory()), cache.bytes());
      fill(cache, 0, 50);
      assertEquals(Bodies.bytes(directory()), cache.bytes(), "nothing is written twice");
    }
  }

  @Test
  void closingWritesWhatWaitsAndIsTheEnd() throws Exception {
    DiskCache cache = open();
    for (int i = 0; i < 50; i++) {
      Bodies.put(cache, i);
    }
    cache.close();
    cache.close();
    assertFalse(cache.has(Bodies.key(0)));
    assertEquals(0, Bodies.countIn(cache, 50));
    Bodies.put(cache, 100);
    try (DiskCache again = open()) {
      assertEquals(50, Bodies.countIn(again, 200));
    }
  }

  @Test
  void theOldestGoesSoThatTheBoundIsKept() throws Exception {
    try (DiskCache cache = open()) {
      for (int i = 0; i < 1_000; i++) {
        Bodies.put(cache, i);
        cache.drain();
        assertTrue(Bodies.bytes(directory()) <= BOUND, "at " + i);
      }
      assertTrue(Bodies.bytes(directory()) > BOUND / 2);
      List<Integer> there = new ArrayList<>();
      for (int i = 0; i < 1_000; i++) {
        if (Bodies.isIn(cache, i)) {
          there.add(i);
        }
      }
      assertTrue(there.size() >= 80, there::toString);
      assertTrue(there.contains(999), there::toString);
      assertTrue(there.get(0) > 700, there::toString);
    }
  }

  @Test
  void aSmallerBoundIsKeptFromTheBeginning() throws Exception {
    try (DiskCache cache = open()) {
      fill(cache, 0, 150);
      assertTrue(Bodies.bytes(directory()) > 1 << 20);
    }
    long minute = 60_000;
    long now = System.currentTimeMillis();
    for (Path file : Bodies.files(directory())) {
      Files.setLastModifiedTime(file, FileTime.fromMillis(now - minute));
    }
    Path foreign = Files.createFile(directory().resolve("foreign"));
    Path oldest = Bodies.files(directory()).get(3);
    Files.setLastModifiedTime(oldest, FileTime.fromMillis(now - 2 * minute));
    try (DiskCache cache = DiskCache.open(directory(), DiskCache.LEAST_BYTES)) {
      cache.drain();
      assertTrue(Bodies.bytes(directory()) <= 1 << 20);
      assertFalse(Files.exists(oldest));
      assertTrue(Files.exists(foreign));
      assertTrue(Bodies.countIn(cache, 150) > 10);
    }
  }

  @Test
  void whatIsTooLongIsNotKept() throws Exception {
    try (DiskCache cache = open()) {
      cache.put(Bodies.key(1), ByteBuffer.allocate((int) BOUND / 8));
      cache.drain();
      assertFalse(cache.has(Bodies.key(1)));
      assertEquals(List.of(), Bodies.files(directory()));
    }
  }

  @Test
  void whatOthersHaveWrittenIsFoundByAProcessThatComesLater() throws Exception {
    try (DiskCache first = open();
        DiskCache second = open()) {
      fill(first, 0, 10);
      fill(second, 10, 20);
      assertEquals(10, Bodies.countIn(first, 20));
      try (DiskCache third = open()) {
        assertEquals(20, Bodies.countIn(third, 20));
      }
    }
  }

  @Test
  void aDirectoryThatIsDeletedIsMadeAgain() throws Exception {
    try (DiskCache cache = open()) {
      fill(cache, 0, 50);
      for (Path file : Bodies.files(directory())) {
        Files.delete(file);
      }
      Files.delete(directory());
      assertEquals(0, Bodies.countIn(cache, 50));
      fill(cache, 0, 50);
      assertEquals(50, Bodies.countIn(cache, 50));
      assertEquals(Bodies.bytes(directory()), cache.bytes());
    }
  }

  @Test
  void aFileThatIsDeletedIsForgotten() throws Exception {
    try (DiskCache cache = open()) {
      fill(cache, 0, 5);
      assertEquals(1, Bodies.files(directory()).size());
      Files.delete(Bodies.files(directory()).get(0));
      assertFalse(Bodies.isIn(cache, 0));
      assertFalse(cache.has(Bodies.key(1)));
      fill(cache, 0, 5);
      assertEquals(5, Bodies.countIn(cache, 5));
    }
  }

  @Test
  void whatIsForgottenIsWrittenAnew() throws Exception {
    try (DiskCache cache = open()) {
      fill(cache, 0, 2);
      cache.forget(Bodies.key(0));
      assertFalse(Bodies.isIn(cache, 0));
      assertTrue(Bodies.isIn(cache, 1));
      fill(cache, 0, 1);
      assertTrue(Bodies.isIn(cache, 0));
    }
  }
}
