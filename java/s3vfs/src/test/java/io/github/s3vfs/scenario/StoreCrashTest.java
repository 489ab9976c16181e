package io.github.s3vfs.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.Layout;
import io.github.s3vfs.S3Vfs;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * All processes of the store are killed while a transaction is written, and started again: by the
 * command that the system property {@code s3vfs.test.crash} names.
 */
@Tag("crash")
@ParameterizedClass
@EnumSource(Layout.class)
class StoreCrashTest {
  private static final int SECONDS = 120;

  /**
   * Of its own: what was under way when the store was killed may show in listings minutes later.
   */
  private static final String BUCKET = "killed";

  @Parameter Layout layout = Layout.BLOCKS;

  @TempDir Path directory;

  /** What the counter was after the last commit that was acknowledged. */
  private final AtomicInteger acknowledged = new AtomicInteger();

  private final AtomicInteger failures = new AtomicInteger();
  private final AtomicBoolean stop = new AtomicBoolean();

  @Test
  void whatWasAcknowledgedIsThereWhenItIsBackAndTheWriterGoesOn() throws Exception {
    try (Bucket bucket = Bucket.open(b -> b.layout(layout).bucket(BUCKET))) {
      bucket.server().createBucket(BUCKET);
      try (Connection c = bucket.connect("counter")) {
        Sql.execute(
            c,
            "CREATE TABLE counter(n INT)",
            "CREATE TABLE log(n INTEGER PRIMARY KEY, filler TEXT)",
            "INSERT INTO counter VALUES (0)");
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> increment(c));
        try {
          awaitMoreThan(5, writer);
          crash();
          int before = acknowledged.get();
          checkInAnotherProcess(bucket, before);
          awaitMoreThan(before + 5, writer);
        } finally {
          stop.set(true);
        }
        writer.get(SECONDS, TimeUnit.SECONDS);
      }
      checkInAnotherProcess(bucket, acknowledged.get());
    }
  }

  /** Commits until it is to stop, again where a commit fails. */
  private void increment(Connection c) {
    while (!stop.get()) {
      try {
        Sql.execute(
            c,
            "BEGIN IMMEDIATE",
            "UPDATE counter SET n = n + 1",
            "INSERT INTO log SELECT n, hex(randomblob(3000)) FROM counter");
        int now = Integer.parseInt(Sql.value(c, "SELECT n FROM counter"));
        int last = acknowledged.get();
        // A commit that failed may have had effect.
        assertTrue(now > last && now <= last + 1 + failures.get(), last + " -> " + now);
        Sql.execute(c, "COMMIT");
        acknowledged.set(now);
      } catch (SQLException e) {
        failures.incrementAndGet();
        rollBack(c);
      }
    }
  }

  private static void rollBack(Connection c) {
    try {
      Sql.execute(c, "ROLLBACK");
      Thread.sleep(20);
    } catch (SQLException e) {
      // there is no transaction any more
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void awaitMoreThan(int count, CompletableFuture<Void> writer) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (acknowledged.get() <= count) {
      if (writer.isDone()) {
        writer.get();
      }
      assertTrue(System.nanoTime() < deadline, () -> acknowledged + ", failures " + failures);
      Thread.sleep(20);
    }
  }

  private void crash() throws Exception {
    String command = System.getProperty("s3vfs.test.crash", "");
    Path output = directory.resolve("crash.txt");
    Process process =
        new ProcessBuilder("sh", "-c", command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertTrue(process.waitFor(SECONDS, TimeUnit.SECONDS), command);
    assertEquals(0, process.exitValue(), java.nio.file.Files.readString(output));
  }

  private static void checkInAnotherProcess(Bucket bucket, int least) throws SQLException {
    try (S3Vfs vfs = Bucket.vfs(bucket.server(), b -> b.bucket(BUCKET));
        Connection c = DriverManager.getConnection(Bucket.url(vfs, "counter", ""))) {
      Sql.execute(c, "PRAGMA busy_timeout = 100000", "BEGIN");
      int now = Integer.parseInt(Sql.value(c, "SELECT n FROM counter"));
      assertTrue(now >= least, now + " of " + least);
      assertEquals(now + " " + now, Sql.value(c, "SELECT count(*) || ' ' || max(n) FROM log"));
      Sql.assertIntact(c);
      Sql.execute(c, "COMMIT");
    }
  }
}
