package io.github.s3vfs.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.Layout;
import io.github.s3vfs.S3Vfs;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several processes write one database in the layout {@code blocks}, some die. */
@Tag("any-store")
class ManyProcessesTest {
  private static final boolean THOROUGH = Boolean.getBoolean("s3vfs.test.thorough");
  private static final Duration TERM = Duration.ofSeconds(3);

  @TempDir Path directory;

  @Test
  void incrementsOfSeveralProcessesAddUp() throws Exception {
    int processes = THOROUGH ? 4 : 2;
    int times = THOROUGH ? 60 : 15;
    try (Bucket bucket = Bucket.open(b -> b.layout(Layout.BLOCKS))) {
      try (Connection c = bucket.connect(Incrementer.KEY)) {
        Incrementer.create(c);
      }
      Participant participant =
          new Participant(bucket, Duration.ofSeconds(30), Duration.ofMinutes(15), false);
      List<ChildJvm.Running> running = new ArrayList<>();
      try {
        for (int i = 0; i < processes; i++) {
          running.add(
              participant.start(
                  bucket, directory, Incrementer.class, times + "", "DELETE", "false"));
          running.get(i).send("go");
        }
        for (ChildJvm.Running process : running) {
          ChildJvm.Result result = process.end();
          assertEquals(0, result.exitCode(), result::output);
        }
      } finally {
        running.forEach(ChildJvm.Running::close);
      }
      try (Connection c = bucket.connect("counter")) {
        assertEquals(processes * times + "", Sql.value(c, "SELECT n FROM counter"));
        Sql.assertIntact(c);
      }
    }
  }

  @Test
  void aProcessThatIsKilledLosesNothingThatItCommitted() throws Exception {
    Random random = new Random(Long.getLong("s3vfs.test.seed", 11));
    List<String> modes = List.of("DELETE", "TRUNCATE", "PERSIST");
    try (Bucket bucket = Bucket.open(b -> b.layout(Layout.BLOCKS))) {
      try (Connection c = bucket.connect(Incrementer.KEY)) {
        Incrementer.create(c);
      }
      int rounds = THOROUGH ? 50 : 3;
      for (int round = 0; round < rounds; round++) {
        String mode = modes.get(round % modes.size());
        int committed = killInTheMiddle(bucket, random, mode);
        try (S3Vfs vfs =
                Bucket.vfs(
                    bucket.server(), b -> b.requestTimeout(TERM.dividedBy(3)).leaseTerm(TERM));
            Connection c = DriverManager.getConnection(Bucket.url(vfs, "counter", ""))) {
          Sql.execute(c, "PRAGMA busy_timeout = 60000");
          int now = Integer.parseInt(Sql.value(c, "SELECT n FROM counter"));
          String what = "round " + round + " " + mode + ": " + committed + " -> " + now;
          assertTrue(now == committed || now == committed + 1, what);
          assertEquals(now + "", Sql.value(c, "SELECT max(n) FROM log"), what);
          Sql.assertIntact(c);
          Sql.execute(
              c, "UPDATE counter SET n = n + 1", "INSERT INTO log SELECT n, '' FROM counter");
        }
      }
    }
  }

  /** Answers the last commit that was acknowledged to the process. */
  private int killInTheMiddle(Bucket bucket, Random random, String mode) throws Exception {
    try (ChildJvm.Running process =
        new Participant(bucket, TERM, Duration.ofMinutes(15), false)
            .start(bucket, directory, Incrementer.class, "1000000", mode, "false")) {
      process.send("go");
      process.await("committed=");
      Thread.sleep(random.nextInt(500));
      process.kill();
      return Integer.parseInt(new ChildJvm.Result(0, process.output()).line("committed=").strip());
    }
  }
}
