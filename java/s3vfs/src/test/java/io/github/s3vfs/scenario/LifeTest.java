package io.github.s3vfs.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.Layout;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Many connections, many threads, garbage collection, and no growth. */
@ParameterizedClass
@EnumSource(Layout.class)
class LifeTest {
  @Parameter Layout layout = Layout.BLOCKS;

  private static final boolean THOROUGH = Boolean.getBoolean("s3vfs.test.thorough");
  private static final String CYCLES = THOROUGH ? "1000" : "150";
  private static Bucket bucket;

  @TempDir Path directory;

  @BeforeParameterizedClassInvocation
  static void open(Layout layout) {
    bucket = Bucket.open(b -> b.layout(layout));
  }

  @AfterParameterizedClassInvocation
  static void close() {
    bucket.close();
  }

  @Test
  void opensAndClosesLeaveNoMemoryAndNoThreadsBehind() throws Exception {
    try (Connection c = bucket.connect("cycles")) {
      Sql.execute(c, "CREATE TABLE t(v)", "INSERT INTO t VALUES (1)");
    }
    ChildJvm.Result result =
        ChildJvm.sameClassPath()
            .option("-Xms256m")
            .option("-XX:+AlwaysPreTouch")
            .option("-Daws.accessKeyId=" + bucket.server().accessKeyId())
            .option("-Daws.secretAccessKey=" + bucket.server().secretAccessKey())
            .run(directory, OpenAndClose.class, bucket.server().endpoint().toString(), CYCLES);
    assertEquals(0, result.exitCode(), result::output);
    // Pools of the JVM and the SDK grow to their bounds when the machine is busy.
    assertTrue(Integer.parseInt(result.line("threads=")) < 3, result::output);
    assertTrue(Long.parseLong(result.line("kib=")) < 24 << 10, result::output);
  }

  @Test
  void openConnectionsSurviveGarbageCollection() throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    Thread collector =
        new Thread(
            () -> {
              while (!stop.get()) {
                System.gc();
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
              }
            },
            "collector");
    collector.start();
    try (Connection c = bucket.connect("collected")) {
      Sql.execute(c, "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)");
      try (PreparedStatement insert = c.prepareStatement("INSERT INTO t(v) VALUES (?)")) {
        for (int i = 0; i < (THOROUGH ? 300 : 20); i++) {
          insert.setString(1, "value " + i);
          insert.executeUpdate();
          assertEquals(i + 1 + "", Sql.value(c, "SELECT count(*) FROM t"));
        }
      }
      Sql.assertIntact(c);
    } finally {
      stop.set(true);
      collector.join();
    }
  }

  @Test
  void manyThreadsOnOneDatabaseLoseNothing() throws Exception {
    int threads = 6;
    int increments = THOROUGH ? 100 : 12;
    try (Connection c = bucket.connect("shared")) {
      Sql.execute(c, "CREATE TABLE counter(n INT)", "INSERT INTO counter VALUES (0)");
    }
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Future<Integer>> results = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        Callable<Integer> worker = () -> increment(increments);
        results.add(pool.submit(worker));
      }
      for (Future<Integer> result : results) {
        assertEquals(increments, result.get(400, TimeUnit.SECONDS));
      }
    } finally {
      pool.shutdownNow();
    }
    try (Connection c = bucket.connect("shared")) {
      assertEquals(threads * increments + "", Sql.value(c, "SELECT n FROM counter"));
      Sql.assertIntact(c);
    }
  }

  private static int increment(int times) throws SQLException {
    int done = 0;
    try (Connection c = bucket.connect("shared")) {
      Sql.execute(c, "PRAGMA busy_timeout = 100000");
      int seen = 0;
      while (done < times) {
        Sql.execute(c, "BEGIN IMMEDIATE", "UPDATE counter SET n = n + 1", "COMMIT");
        done++;
        int now = Integer.parseInt(Sql.value(c, "SELECT n FROM counter"));
        assertTrue(now > seen, "the counter went back from " + seen + " to " + now);
        seen = now;
      }
    }
    return done;
  }

  @Test
  void aSecondWriterWaitsForBusyTimeoutAndReadersSeeTheOldStateMeanwhile() throws Exception {
    try (Connection writer = bucket.connect("busy");
        Connection reader = bucket.connect("busy");
        Connection second = bucket.connect("busy")) {
      Sql.execute(writer, "CREATE TABLE t(v)", "BEGIN IMMEDIATE", "INSERT INTO t VALUES (1)");
      assertEquals("0", Sql.value(reader, "SELECT count(*) FROM t"));
      Sql.execute(second, "PRAGMA busy_timeout = 50");
      SQLException busy =
          org.junit.jupiter.api.Assertions.assertThrows(
              SQLException.class, () -> Sql.execute(second, "BEGIN IMMEDIATE"));
      assertEquals(5, busy.getErrorCode() & 0xff, busy.getMessage());
      Sql.execute(writer, "COMMIT");
      assertEquals("1", Sql.value(reader, "SELECT count(*) FROM t"));
      Sql.execute(second, "BEGIN IMMEDIATE", "INSERT INTO t VALUES (2)", "COMMIT");
      assertEquals("2", Sql.value(writer, "SELECT count(*) FROM t"));
    }
  }
}
