package io.github.s3vfs.internal.diskcache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.scenario.ChildJvm;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Several caches on one directory, as processes have them, used and reopened by several threads,
 * while files are damaged and deleted: what is read is always what was put in.
 */
class SharedDiskTest {
  private static final int STEPS = Boolean.getBoolean("s3vfs.test.thorough") ? 20_000 : 2_000;
  private static final long BOUND = 2 << 20;

  @TempDir Path parent;
  private Path cache = Path.of("");

  @BeforeEach
  void name() {
    cache = parent.resolve("cache");
  }

  private void damage(Random random) throws Exception {
    List<Path> files = Files.isDirectory(cache) ? files() : List.of();
    if (files.isEmpty()) {
      return;
    }
    Path file = files.get(random.nextInt(files.size()));
    if (random.nextInt(3) == 0) {
      Files.deleteIfExists(file);
      return;
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      long size = channel.size();
      if (random.nextInt(4) == 0) {
        channel.truncate((long) (random.nextDouble() * size));
      } else {
        long end = random.nextBoolean() ? size : Math.min(size, 3_000);
        for (int i = 0; i < 20; i++) {
          byte[] bytes = new byte[1 + random.nextInt(8)];
          random.nextBytes(bytes);
          channel.write(ByteBuffer.wrap(bytes), (long) (random.nextDouble() * end));
        }
      }
    } catch (NoSuchFileException e) {
      // A cache was faster to delete it.
    }
  }

  private List<Path> files() {
    try {
      return Bodies.files(cache);
    } catch (UncheckedIOException e) {
      return List.of();
    }
  }

  private void run(boolean damaged) throws Exception {
    long seed = Long.getLong("s3vfs.test.seed", System.nanoTime());
    String what = "-Ds3vfs.test.seed=" + seed;
    Random random = new Random(seed);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<Integer>> users = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        long own = random.nextLong();
        users.add(threads.submit(() -> CacheUser.use(cache, BOUND, STEPS, own)));
      }
      while (damaged && !users.stream().allMatch(Future::isDone)) {
        damage(random);
        Thread.sleep(2);
      }
      for (Future<Integer> user : users) {
        int hits = user.get(300, TimeUnit.SECONDS);
        assertTrue(hits > (damaged ? 0 : STEPS / 20), () -> what + ": " + hits + " hits");
      }
    } catch (Exception | AssertionError e) {
      throw new AssertionError(what, e);
    } finally {
      threads.shutdownNow();
    }
    assertBounded(what);
  }

  @Test
  void cachesShareADirectory() throws Exception {
    run(false);
  }

  @Test
  void damageIsNeverReadAsGood() throws Exception {
    run(true);
  }

  private void assertBounded(String what) {
    // Each but one may have begun a slab, or gone on in one, that the others did not know of.
    long bytes = Bodies.bytes(cache);
    assertTrue(bytes <= BOUND + 3 * (96 << 10), () -> what + ": " + bytes + " bytes");
  }

  @Test
  void processesShareADirectoryAndMayBeKilled() throws Exception {
    long seed = Long.getLong("s3vfs.test.seed", System.nanoTime());
    String what = "-Ds3vfs.test.seed=" + seed;
    List<ChildJvm.Running> children = new ArrayList<>();
    try {
      for (int i = 0; i < 3; i++) {
        // One of them goes on until it is killed.
        int steps = i == 0 ? Integer.MAX_VALUE : STEPS;
        children.add(
            ChildJvm.sameClassPath()
                .start(parent, CacheUser.class, cache + "", BOUND + "", steps + "", seed + i + ""));
      }
      children.get(0).await("begun");
      int unused = CacheUser.use(cache, BOUND, STEPS, seed + 3);
      children.get(0).kill();
      for (ChildJvm.Running child : children.subList(1, 3)) {
        ChildJvm.Result result = child.end();
        assertEquals(0, result.exitCode(), () -> what + ": " + result.output());
        assertTrue(Integer.parseInt(result.line("hits=")) > STEPS / 20, result::output);
      }
    } finally {
      children.forEach(ChildJvm.Running::close);
    }
    assertBounded(what);
    assertTrue(CacheUser.use(cache, BOUND, STEPS, seed + 4) > STEPS / 20, what);
  }
}
