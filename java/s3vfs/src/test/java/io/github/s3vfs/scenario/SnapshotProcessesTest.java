package io.github.s3vfs.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.Layout;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Several processes write one database in the layout {@code snapshot} while versions are compacted
 * and collected all the time, by them and by this process.
 */
@Tag("any-store")
class SnapshotProcessesTest {
  private static final boolean THOROUGH = Boolean.getBoolean("s3vfs.test.thorough");
  private static final long SEED = Long.getLong("s3vfs.test.seed", System.nanoTime());
  private static final Duration TERM = Duration.ofSeconds(60);

  /** Longer than a transaction takes, and short enough for many collections. */
  private static final Duration RETENTION = Duration.ofSeconds(THOROUGH ? 5 : 3);

  @TempDir Path directory;

  /** Waits for processes, and compacts and collects meanwhile. */
  private static void keepUntilTheirEnd(Bucket bucket, String key, List<ChildJvm.Running> processes)
      throws Exception {
    long pages = 0;
    for (ChildJvm.Running process : processes) {
      while (!process.process().waitFor(200, TimeUnit.MILLISECONDS)) {
        pages += bucket.databases().compact(Bucket.location(key));
        int unused = bucket.databases().collect(Bucket.location(key));
      }
    }
    waitForTheirEnd(processes);
    pages += bucket.databases().compact(Bucket.location(key)); // if they were very fast
    assertTrue(pages > 0, "nothing was compacted");
  }

  private static void waitForTheirEnd(List<ChildJvm.Running> processes) throws Exception {
    for (ChildJvm.Running process : processes) {
      ChildJvm.Result result = process.end();
      assertEquals(0, result.exitCode(), result::output);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void incrementsOfSeveralProcessesAddUp(boolean optimistic) throws Exception {
    int processes = THOROUGH ? 8 : optimistic ? 3 : 4;
    // Most of the commits without a claim are lost to another process.
    int times = optimistic ? (THOROUGH ? 200 : 12) : (THOROUGH ? 500 : 25);
    // In the background there is a collection only where nobody has a claim, and a compaction
    // after some hundred commits.
    boolean leftToThem = THOROUGH && optimistic;
    try (Bucket bucket = Bucket.open(b -> b.layout(Layout.SNAPSHOT).retention(RETENTION))) {
      try (Connection c = bucket.connect(Incrementer.KEY)) {
        Incrementer.create(c);
      }
      Participant participant = new Participant(bucket, TERM, RETENTION, optimistic);
      List<ChildJvm.Running> running = new ArrayList<>();
      try {
        for (int i = 0; i < processes; i++) {
          running.add(
              participant.start(
                  bucket, directory, Incrementer.class, times + "", "DELETE", "false"));
          running.get(i).send("go");
        }
        if (leftToThem) {
          waitForTheirEnd(running);
        } else {
          keepUntilTheirEnd(bucket, Incrementer.KEY, running);
        }
      } finally {
        running.forEach(ChildJvm.Running::close);
      }
      int sum = processes * times;
      String what = optimistic ? "optimistic" : "with claims";
      KeptVersions kept = new KeptVersions(bucket, Incrementer.KEY);
      DocumentedDatabase left = kept.newest();
      String upkeep = what + " epoch " + left.newest.epoch + " compacted " + left.compacted;
      System.out.println(upkeep);
      assertTrue(!leftToThem || (left.newest.epoch > 5 && left.compacted > sum / 2), upkeep);
      kept.check(1 + sum, (c, version) -> Incrementer.check(c, version - 1), what);
    }
  }

  @Test
  void readersInOtherProcessesNeverMissMoneyThatIsTransferred() throws Exception {
    int writers = THOROUGH ? 4 : 2;
    int readers = THOROUGH ? 4 : 2;
    int transfers = THOROUGH ? 250 : 25;
    int all = writers * transfers;
    String what = "-Ds3vfs.test.seed=" + SEED;
    try (Bucket bucket = Bucket.open(b -> b.layout(Layout.SNAPSHOT).retention(RETENTION))) {
      try (Connection c = bucket.connect(TransferWriter.KEY)) {
        TransferWriter.create(c);
      }
      List<ChildJvm.Running> running = new ArrayList<>();
      try {
        for (int i = 0; i < writers; i++) {
          running.add(
              new Participant(bucket, TERM, RETENTION, i % 2 == 1)
                  .start(bucket, directory, TransferWriter.class, transfers + "", (SEED + i) + ""));
        }
        for (int i = 0; i < readers; i++) {
          running.add(
              new Participant(bucket, TERM, RETENTION, false)
                  .start(bucket, directory, TransferReader.class, all + ""));
        }
        for (ChildJvm.Running reader : running.subList(writers, running.size())) {
          reader.await("seen=0");
        }
        for (ChildJvm.Running writer : running.subList(0, writers)) {
          writer.send("go");
        }
        keepUntilTheirEnd(bucket, TransferWriter.KEY, running);
        for (ChildJvm.Running reader : running.subList(writers, running.size())) {
          ChildJvm.Result result = reader.end();
          assertTrue(Integer.parseInt(result.line("different=")) > 1, result::output);
        }
      } finally {
        running.forEach(ChildJvm.Running::close);
      }
      new KeptVersions(bucket, TransferWriter.KEY)
          .check(
              1 + all,
              (c, version) -> assertEquals(version - 1, TransferWriter.transfers(c), what),
              what);
    }
  }
}
