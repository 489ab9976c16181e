package io.github.s3vfs.testkit;

import static io.github.s3vfs.testkit.Client.BUCKET;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Objects that share a prefix do not get in each other's way, though the stores keep them in one
 * directory.
 */
class NeighbourRaceTest {

  private static final int ROUNDS = Boolean.getBoolean("s3vfs.test.thorough") ? 2000 : 200;

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"memory", "files"})
  void neighboursComeAndGo(String backend) throws Exception {
    S3TestServer.Builder builder = S3TestServer.builder();
    try (S3TestServer server =
        (backend.equals("memory") ? builder.inMemory() : builder.directory(directory)).start()) {
      server.createBucket(BUCKET);
      BucketObjects objects = server.objects(BUCKET);
      objects.put("db/still/here", new byte[] {9});
      ExecutorService threads = Executors.newFixedThreadPool(5);
      try {
        List<Future<?>> work = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          String key = "db/0" + i % 2 + "/" + i;
          work.add(threads.submit(() -> comeAndGo(objects, key)));
        }
        work.add(threads.submit(() -> list(objects)));
        for (Future<?> each : work) {
          each.get(60, TimeUnit.SECONDS);
        }
      } finally {
        threads.shutdownNow();
      }
      assertEquals(List.of("db/still/here"), objects.keys());
    }
  }

  private static void comeAndGo(BucketObjects objects, String key) {
    for (int round = 0; round < ROUNDS; round++) {
      byte[] body = {(byte) round};
      objects.put(key, body);
      assertArrayEquals(body, objects.get(key));
      objects.delete(key);
      assertFalse(objects.contains(key));
    }
  }

  private static void list(BucketObjects objects) {
    for (int round = 0; round < ROUNDS; round++) {
      assertTrue(objects.keys("db/").contains("db/still/here"));
    }
  }
}
