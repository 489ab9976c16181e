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
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Several processes write one database, some die. */
@Tag("any-store")
@ParameterizedClass
@EnumSource(Layout.class)
class ManyProcessesTest {
  @Parameter Layout layout = Layout.BLOCKS;

  private static final boolean THOROUGH = Boolean.getBoolean("s3vfs.test.thorough");

  @TempDir Path directory;

  private static ChildJvm child(Bucket bucket) {
    return ChildJvm.sameClassPath()
        .option("-Daws.accessKeyId=" + bucket.server().accessKeyId())
        .option("-Daws.secretAccessKey=" + bucket.server().secretAccessKey());
  }

  private static void create(Bucket bucket) throws Exception {
    try (Connection c = bucket.connect("counter")) {
      Sql.execute(
          c,
          "CREATE TABLE counter(n INT)",
          "CREATE TABLE log(n INTEGER PRIMARY KEY, filler TEXT)",
          "INSERT INTO counter VALUES (0)");
    }
  }

  @Test
  void incrementsOfSeveralProcessesAddUp() throws Exception {
    addUp("");
  }

  /** In the layout blocks there is always a lease. */
  @Test
  void incrementsOfSeveralProcessesWithoutClaimsAddUp() throws Exception {
    addUp("writer=optimistic");
  }

  private void addUp(String parameters) throws Exception {
    int processes = THOROUGH ? 4 : 2;
    int times = THOROUGH ? 60 : 15;
    try (Bucket bucket = Bucket.open(b -> b.layout(layout))) {
      create(bucket);
      List<ChildJvm.Running> running = new ArrayList<>();
      try {
        for (int i = 0; i < processes; i++) {
          running.add(
              child(bucket)
                  .start(
                      directory,
                      Incrementer.class,
                      bucket.server().endpoint().toString(),
                      times + "",
                      "30000",
                      "DELETE",
                      parameters));
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
    Duration term = Duration.ofSeconds(3);
    try (Bucket bucket = Bucket.open(b -> b.layout(layout))) {
      create(bucket);
      int rounds = THOROUGH ? 50 : 3;
      for (int round = 0; round < rounds; round++) {
        String mode = modes.get(round % modes.size());
        int committed = killInTheMiddle(bucket, random, mode);
        try (S3Vfs vfs =
                Bucket.vfs(
                    bucket.server(), b -> b.requestTimeout(term.dividedBy(3)).leaseTerm(term));
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
        child(bucket)
            .start(
                directory,
                Incrementer.class,
                bucket.server().endpoint().toString(),
                "1000000",
                "3000",
                mode,
                "")) {
      long deadline = System.nanoTime() + 100_000_000_000L;
      while (!process.output().contains("committed=")) {
        assertTrue(process.process().isAlive(), process.output());
        assertTrue(System.nanoTime() < deadline, process.output());
        Thread.sleep(20);
      }
      Thread.sleep(random.nextInt(500));
      process.kill();
      return Integer.parseInt(new ChildJvm.Result(0, process.output()).line("committed=").strip());
    }
  }
}
