package io.github.s3vfs.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.Layout;
import io.github.s3vfs.S3VfsStats;
import io.github.s3vfs.testkit.AccountSnapshot;
import io.github.s3vfs.testkit.S3Operation;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What the library tells of itself: statistics, pragmas, events of the Flight Recorder. */
@ParameterizedClass
@EnumSource(Layout.class)
class TellingTest {
  private final Layout layout;
  private final Bucket bucket;

  TellingTest(Layout layout) {
    this.layout = layout;
    this.bucket = Bucket.open(b -> b.layout(layout));
  }

  @AfterEach
  void close() {
    bucket.close();
  }

  @Test
  void theStatisticsAreWhatArrivesAtTheServer() throws Exception {
    AccountSnapshot account =
        bucket
            .server()
            .account()
            .measure(
                () -> {
                  try (Connection c = bucket.connect("db")) {
                    Sql.execute(
                        c, "CREATE TABLE t(v)", "INSERT INTO t VALUES (hex(zeroblob(9000)))");
                    assertEquals("18000", Sql.value(c, "SELECT length(v) FROM t"));
                  }
                });
    S3VfsStats stats = bucket.vfs().stats();
    assertEquals(account.count(S3Operation.GET_OBJECT), stats.gets());
    assertEquals(account.count(S3Operation.PUT_OBJECT), stats.puts());
    assertEquals(
        account.count(S3Operation.DELETE_OBJECT) + account.count(S3Operation.DELETE_OBJECTS),
        stats.deletes());
    assertEquals(account.count(S3Operation.LIST_OBJECTS_V2), stats.lists());
    assertEquals(account.count(), stats.requests());
    AccountSnapshot done = account.where(r -> r.status() < 300);
    assertEquals(done.bytesIn(), stats.bytesSent() + deletionBodies(account));
    assertEquals(2, stats.commits());
    assertTrue(stats.cacheHits() > 0 && stats.cacheBytes() > 18_000, stats::toString);
    assertTrue(stats.upcalls() > 50, stats::toString);
    // A new database of the layout snapshot tries two conditions that must be refused.
    assertEquals(layout == Layout.BLOCKS ? 0 : 2, stats.failures());
    assertEquals(stats.failures(), stats.conflicts());
    assertEquals(0, stats.refusals());
  }

  @Test
  void requestsUnderWayAreCountedAndThenTheirTime() throws Exception {
    Duration pause = Duration.ofMillis(300);
    bucket.server().faults().latency(pause);
    CompletableFuture<Void> connecting =
        CompletableFuture.runAsync(
            () -> {
              try (Connection c = bucket.connect("db")) {
                Sql.value(c, "SELECT 1");
              } catch (SQLException e) {
                throw new AssertionError(e);
              }
            });
    until(stats -> stats.inFlight() > 0);
    connecting.get(30, TimeUnit.SECONDS);
    until(stats -> stats.inFlight() == 0);
    Duration time = bucket.vfs().stats().requestTime();
    assertTrue(time.compareTo(pause) >= 0, time::toString);
    assertTrue(time.compareTo(Duration.ofSeconds(30)) < 0, time::toString);
  }

  private void until(Predicate<S3VfsStats> test) throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!test.test(bucket.vfs().stats())) {
      assertTrue(System.nanoTime() < deadline, () -> bucket.vfs().stats().toString());
      Thread.sleep(5);
    }
  }

  @Test
  void aWriterThatAnotherProcessKeepsOutIsCounted() throws Exception {
    try (var other = Bucket.vfs(bucket.server(), b -> b.layout(layout));
        Connection writer = bucket.connect("db");
        Connection late =
            java.sql.DriverManager.getConnection(Bucket.url(other, "db", "busy_timeout=0"))) {
      Sql.execute(writer, "CREATE TABLE t(v)", "BEGIN IMMEDIATE");
      assertEquals("1", Sql.value(late, "SELECT count(*) FROM sqlite_schema"));
      assertThrows(SQLException.class, () -> Sql.execute(late, "BEGIN IMMEDIATE"));
      assertEquals(1, other.stats().refusals());
      assertEquals(0, bucket.vfs().stats().refusals());
      Sql.execute(writer, "ROLLBACK");
    }
  }

  private static long deletionBodies(AccountSnapshot account) {
    return account.where(r -> r.operation() == S3Operation.DELETE_OBJECTS).bytesIn();
  }

  @Test
  void aMissIsCountedOnceAndThenHits() throws Exception {
    try (Connection c = bucket.connect("db")) {
      Sql.execute(c, "CREATE TABLE t(v)", "INSERT INTO t VALUES (1)");
    }
    try (var other = Bucket.vfs(bucket.server(), b -> b.layout(layout));
        Connection c =
            java.sql.DriverManager.getConnection(Bucket.url(other, "db", "cache_size=0"))) {
      Sql.value(c, "SELECT v FROM t");
      long misses = other.stats().cacheMisses();
      long hits = other.stats().cacheHits();
      Sql.value(c, "SELECT v FROM t");
      assertEquals(misses, other.stats().cacheMisses());
      assertTrue(other.stats().cacheHits() > hits);
    }
  }

  @Test
  void pragmasTellOfTheConnection() throws Exception {
    try (Connection c = bucket.connect("a/db")) {
      Sql.execute(c, "CREATE TABLE t(v)");
      assertEquals("s3://bucket/a/db", Sql.value(c, "PRAGMA s3_location"));
      assertFalse(Sql.value(c, "PRAGMA s3_version").isEmpty());
      String stats = Sql.value(c, "PRAGMA s3_stats");
      assertTrue(stats.startsWith("S3VfsStats[gets="), stats);
      assertTrue(stats.contains("commits=1"), stats);
    }
  }

  @Test
  void readAheadIsLimitedByConnection() throws Exception {
    try (Connection c = bucket.connect("db");
        Connection other = bucket.connect("db")) {
      Sql.execute(c, "CREATE TABLE t(v)");
      String most = Sql.value(c, "PRAGMA s3_read_ahead_bytes");
      assertTrue(Long.parseLong(most) >= 1 << 16, most);
      assertEquals("65536", Sql.value(c, "PRAGMA s3_read_ahead_bytes = 65536"));
      assertEquals("65536", Sql.value(c, "PRAGMA s3_read_ahead_bytes"));
      assertEquals(most, Sql.value(other, "PRAGMA s3_read_ahead_bytes"));
      assertEquals(most, Sql.value(c, "PRAGMA s3_read_ahead_bytes = 999999999999999999"));
      for (String bad : java.util.List.of("-1", "'1 MiB'", "1.5", "9999999999999999999")) {
        Failure.of(() -> Sql.value(c, "PRAGMA s3_read_ahead_bytes = " + bad))
            .names("s3_read_ahead_bytes", bad.replace("'", ""));
      }
      assertEquals(most, Sql.value(c, "PRAGMA s3_read_ahead_bytes"));
    }
  }

  @Test
  void refreshEndsTheStalenessThatIsAllowed() throws Exception {
    try (var other = Bucket.vfs(bucket.server(), b -> b.layout(layout));
        Connection writer = bucket.connect("db");
        Connection reader = connectStale(other, writer)) {
      assertEquals("1", Sql.value(reader, "SELECT count(*) FROM t"));
      Sql.execute(writer, "INSERT INTO t VALUES (2)");
      assertEquals("1", Sql.value(reader, "SELECT count(*) FROM t"), "within max_staleness_ms");
      assertEquals("ok", Sql.value(reader, "PRAGMA s3_refresh"));
      assertEquals("2", Sql.value(reader, "SELECT count(*) FROM t"));
    }
  }

  private static Connection connectStale(io.github.s3vfs.S3Vfs vfs, Connection writer)
      throws Exception {
    Sql.execute(writer, "CREATE TABLE t(v)", "INSERT INTO t VALUES (1)");
    return java.sql.DriverManager.getConnection(Bucket.url(vfs, "db", "max_staleness_ms=600000"));
  }

  @Test
  void theFlightRecorderIsToldOfRequestsAndCommits(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("recording.jfr");
    try (Recording recording = new Recording()) {
      recording.enable("io.github.s3vfs.S3Request").withoutThreshold();
      recording.enable("io.github.s3vfs.Commit").withoutThreshold();
      recording.start();
      try (Connection c = bucket.connect("db")) {
        Sql.execute(c, "CREATE TABLE t(v)");
      }
      recording.stop();
      recording.dump(file);
    }
    List<RecordedEvent> events = RecordingFile.readAllEvents(file);
    List<RecordedEvent> commits = named(events, "io.github.s3vfs.Commit");
    assertEquals(1, commits.size());
    assertEquals(2, commits.get(0).getLong("changed"));
    assertEquals(8192, commits.get(0).getLong("databaseBytes"));
    List<RecordedEvent> requests = named(events, "io.github.s3vfs.S3Request");
    assertEquals(bucket.vfs().stats().requests(), requests.size());
    String key = Stored.first(layout, "db");
    assertTrue(
        requests.stream()
            .anyMatch(
                e ->
                    "PUT".equals(e.getString("operation"))
                        && key.equals(e.getString("key"))
                        && "ok".equals(e.getString("outcome"))
                        && (layout == Layout.SNAPSHOT || e.getLong("bytes") == 4096)),
        requests::toString);
    assertTrue(requests.stream().anyMatch(e -> "missing".equals(e.getString("outcome"))));
  }

  @Test
  void theFlightRecorderIsToldOfPrefetchesAndNowAndThenOfTheCache(@TempDir Path directory)
      throws Exception {
    try (Connection c = bucket.connect("db")) {
      Sql.execute(c, "CREATE TABLE t(v)", "INSERT INTO t VALUES (randomblob(100000))");
    }
    Path file = directory.resolve("recording.jfr");
    S3VfsStats last;
    String name;
    try (Recording recording = new Recording()) {
      recording.enable("io.github.s3vfs.Prefetch").withoutThreshold();
      recording.enable("io.github.s3vfs.PageCache").withPeriod(Duration.ofMillis(10));
      recording.start();
      try (var other = Bucket.vfs(bucket.server(), b -> b.layout(layout))) {
        name = other.name();
        assertTrue(other.prefetch(Bucket.location("db")) > 100_000);
        last = other.stats();
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        do {
          assertTrue(System.nanoTime() < deadline, "nothing of the cache");
          Thread.sleep(50);
          recording.dump(file);
        } while (ofCache(RecordingFile.readAllEvents(file), name).isEmpty());
      }
      recording.stop();
      recording.dump(file);
    }
    assertTrue(last.prefetched() > 20, last::toString);
    List<RecordedEvent> events = RecordingFile.readAllEvents(file);
    List<RecordedEvent> prefetches = named(events, "io.github.s3vfs.Prefetch");
    assertEquals(layout == Layout.SNAPSHOT, !prefetches.isEmpty());
    if (layout == Layout.SNAPSHOT) {
      assertEquals(last.prefetched(), prefetches.stream().mapToLong(e -> e.getLong("pages")).sum());
      assertEquals("s3://bucket/db", prefetches.get(0).getString("location"));
      assertTrue(prefetches.stream().mapToLong(e -> e.getLong("bytes")).sum() > 100_000);
    }
    List<RecordedEvent> cache = ofCache(events, name);
    assertTrue(cache.size() > 1, "at least one, and one at the end");
    assertTrue(
        cache.stream()
            .anyMatch(
                e ->
                    e.getLong("bytes") == last.cacheBytes()
                        && e.getLong("hits") == last.cacheHits()
                        && e.getLong("misses") == last.cacheMisses()
                        && e.getLong("prefetched") == last.prefetched()
                        && e.getLong("prefetchedUsed") == 0
                        && e.getLong("prefetchedWasted") == 0
                        && (e.getLong("pages") > 20) == (layout == Layout.SNAPSHOT)),
        cache::toString);
  }

  private static List<RecordedEvent> ofCache(List<RecordedEvent> events, String vfs) {
    return named(events, "io.github.s3vfs.PageCache").stream()
        .filter(e -> vfs.equals(e.getString("vfs")))
        .toList();
  }

  private static List<RecordedEvent> named(List<RecordedEvent> events, String name) {
    return events.stream().filter(e -> e.getEventType().getName().equals(name)).toList();
  }
}
