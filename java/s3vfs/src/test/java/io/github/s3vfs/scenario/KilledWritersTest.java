package io.github.s3vfs.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.Layout;
import io.github.s3vfs.S3Vfs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes that write a database in the layout {@code snapshot}, compact and collect are killed in
 * the middle, one after the other.
 */
@Tag("any-store")
class KilledWritersTest {
  private static final boolean THOROUGH = Boolean.getBoolean("s3vfs.test.thorough");
  private static final long SEED = Long.getLong("s3vfs.test.seed", System.nanoTime());

  /**
   * At the same time, each on a server of its own: most of the time a claim is waited for. One
   * where there is another store than the embedded server.
   */
  private static final int LINES = System.getProperty("s3vfs.test.endpoint") == null ? 2 : 1;

  /** Of each line. */
  private static final int KILLS = THOROUGH ? 50 : 3;

  private static final Duration TERM = Duration.ofSeconds(2);
  private static final Duration RETENTION = Duration.ofSeconds(2);

  /** Beyond the term: for requests, and for other programs of this machine. */
  private static final Duration SLACK = Duration.ofSeconds(20);

  @TempDir Path directory;

  @Test
  void whoeverIsKilledLosesNoCommitAndKeepsNobodyWaitingForLongerThanItsTerm() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(LINES);
    Map<String, Integer> deaths = new TreeMap<>();
    try {
      List<Future<Map<String, Integer>>> lines = new ArrayList<>();
      for (int i = 0; i < LINES; i++) {
        long seed = SEED + i;
        lines.add(pool.submit(() -> line(new Random(seed), "-Ds3vfs.test.seed=" + seed)));
      }
      for (Future<Map<String, Integer>> line : lines) {
        line.get().forEach((what, times) -> deaths.merge(what, times, Integer::sum));
      }
    } finally {
      pool.shutdownNow();
    }
    System.out.println("killed while " + deaths);
    assertTrue(!THOROUGH || deaths.size() == 2, () -> "killed while " + deaths);
  }

  /** Answers how many died while they did what. */
  private Map<String, Integer> line(Random random, String seed) throws Exception {
    Map<String, Integer> deaths = new TreeMap<>();
    long counter = 0;
    try (Bucket bucket = Bucket.open(b -> b.layout(Layout.SNAPSHOT).retention(RETENTION))) {
      try (Connection c = bucket.connect(Incrementer.KEY)) {
        Incrementer.create(c);
      }
      ChildJvm.Running writer = start(bucket);
      try {
        int kills = 0;
        for (int tries = 1; kills < KILLS; tries++) {
          String what = seed + " kill " + (kills + 1);
          assertTrue(tries < 2 * KILLS, () -> what + ": too many ended by themselves");
          boolean isKilled = killInTheMiddle(writer, random, what);
          String output = writer.output();
          writer.close();
          if (isKilled) {
            kills++;
            deaths.merge(lastLine(output, "keeper="), 1, Integer::sum);
          }
          writer = start(bucket); // while this process waits for the claim
          long committed =
              output.contains("committed=")
                  ? Long.parseLong(lastLine(output, "committed="))
                  : counter;
          counter = inherit(bucket, committed, what);
        }
      } finally {
        writer.close();
      }
      new KeptVersions(bucket, Incrementer.KEY)
          .check(1 + counter, (c, version) -> Incrementer.check(c, version - 1), seed);
    }
    return deaths;
  }

  private static String lastLine(String output, String start) {
    return new ChildJvm.Result(0, output).line(start);
  }

  private ChildJvm.Running start(Bucket bucket) throws IOException {
    return new Participant(bucket, TERM, RETENTION, false)
        .start(bucket, directory, Incrementer.class, "1000000", "DELETE", "true");
  }

  /**
   * Whether it had not ended before: on a slow machine it may be without an answer for too long.
   */
  private static boolean killInTheMiddle(ChildJvm.Running writer, Random random, String what)
      throws Exception {
    writer.send("go");
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(100);
    while (writer.process().isAlive()
        && !(writer.output().contains("committed=") && writer.output().contains("keeper="))) {
      assertTrue(System.nanoTime() < deadline, () -> what + ": " + output(writer));
      Thread.sleep(10);
    }
    boolean isKilled = !writer.process().waitFor(random.nextInt(400), TimeUnit.MILLISECONDS);
    writer.kill();
    assertTrue(
        isKilled || output(writer).contains("no answer within"),
        () -> what + ": " + output(writer));
    return isKilled;
  }

  private static String output(ChildJvm.Running writer) {
    try {
      return writer.output();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Finds what a process has left that was killed, and writes.
   *
   * @param committed the last commit that it was told of
   * @return the last commit now
   */
  private static long inherit(Bucket bucket, long committed, String what) throws Exception {
    try (S3Vfs vfs = Bucket.vfs(bucket.server(), b -> b.retention(RETENTION));
        Connection c =
            DriverManager.getConnection(Bucket.url(vfs, Incrementer.KEY, "busy_timeout=60000"))) {
      long start = System.nanoTime();
      Sql.execute(c, "BEGIN IMMEDIATE");
      Duration waited = Duration.ofNanos(System.nanoTime() - start);
      assertTrue(waited.compareTo(TERM.plus(SLACK)) < 0, what + " waited " + waited);
      long now = Long.parseLong(Sql.value(c, "SELECT n FROM counter"));
      String both = what + ": " + committed + " -> " + now;
      assertTrue(now == committed || now == committed + 1, both);
      Incrementer.check(c, now);
      Sql.assertIntact(c);
      assertEquals(now + 1, Incrementer.increment(c), both);
      return now + 1;
    }
  }
}
