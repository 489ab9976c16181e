package io.github.s3vfs.cli;

import static io.github.s3vfs.cli.CliBucket.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.testkit.Fault;
import io.github.s3vfs.testkit.FaultRule;
import io.github.s3vfs.testkit.RequestMatch;
import io.github.s3vfs.testkit.S3Operation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the program does in a terminal, and what it does without. */
class TerminalTest {
  private static final String DB = at("db");

  /** As in "serialize 50% [===> ] 2/4 MB (0:00:01 / 0:00:01) 2.0 MB/s". */
  private static final String BAR =
      "serialize +\\d+% \\[[=> ]+\\] +\\d+/4 ?MB \\(\\d+:\\d\\d:\\d\\d / [0-9:]+\\) +[0-9.]+ ?MB/s";

  private static CliBucket bucket;

  @TempDir Path directory;

  @BeforeAll
  static void open() {
    bucket = new CliBucket();
    bucket
        .run(
            "sql",
            "--create",
            DB,
            "CREATE TABLE fruit(name TEXT, colour TEXT)",
            "INSERT INTO fruit VALUES ('apple', 'green')",
            "CREATE TABLE noise(bytes BLOB)",
            "INSERT INTO noise VALUES (randomblob(4000000))")
        .ok();
  }

  @AfterAll
  static void close() {
    bucket.close();
  }

  @AfterEach
  void mend() {
    bucket.server().faults().bandwidth(0);
  }

  private String file() {
    return directory.resolve("file").toString();
  }

  @Test
  void aTerminalShowsABarWithRateAndExpectedEnd() throws Exception {
    bucket.server().faults().bandwidth(3_000_000);
    try (ProgramProcess program =
        ProgramProcess.startInTerminal(bucket, ProgramProcess.classes(), "serialize", DB, file())) {
      assertEquals(0, program.end(), program.out());
      assertTrue(Pattern.compile(BAR).matcher(program.out()).find(), program.out());
      assertTrue(program.out().contains("\r"), program.out());
      assertTrue(program.out().contains(file() + ": 4.0 MB from " + DB), program.out());
    }
  }

  @Test
  void withoutATerminalThereAreLines() throws Exception {
    try (ProgramProcess program =
        ProgramProcess.start(bucket, ProgramProcess.classes(), "serialize", DB, file())) {
      assertEquals(0, program.end(), program.err());
      assertTrue(program.err().matches("serialize: 4\\.0 MB in [0-9.]+ s\\R"), program.err());
      assertEquals(file() + ": 4.0 MB from " + DB + "\n", program.out());
    }
  }

  @Test
  void whatIsInterruptedLeavesNothingBehind() throws Exception {
    bucket.server().faults().bandwidth(200_000);
    try (ProgramProcess program =
        ProgramProcess.startInTerminal(bucket, ProgramProcess.classes(), "serialize", DB, file())) {
      program.await("serialize +\\d+%");
      program.type("\u0003"); // Ctrl-C
      assertEquals(ExitCode.INTERRUPTED, program.end(), program.out());
      assertTrue(program.out().contains("interrupted"), program.out());
    }
    try (var files = Files.list(directory)) {
      assertEquals(List.of(), files.toList());
    }
  }

  /** What it asks of S3 while the process is ending is answered. */
  @Test
  void aClaimIsGivenBackByAProcessThatIsEnding() throws Exception {
    bucket.run("serialize", DB, file()).ok();
    FaultRule slow =
        bucket
            .server()
            .faults()
            .add(
                RequestMatch.of(S3Operation.PUT_OBJECT).key("late/head").nth(2),
                Fault.delay(Duration.ofSeconds(2)));
    try (ProgramProcess program =
        ProgramProcess.start(bucket, ProgramProcess.classes(), "deserialize", file(), at("late"))) {
      while (slow.fired() == 0) {
        Thread.sleep(10);
      }
      program.signal("INT");
      assertEquals(ExitCode.INTERRUPTED, program.end(), program.err());
      assertTrue(program.err().contains("s3vfs: "), program.err());
    }
    bucket.run("info", at("late")).ends(ExitCode.NOT_FOUND);
    bucket.run("deserialize", file(), at("late")).ok(); // nobody has a claim on it
  }

  @Test
  void anUploadThatIsInterruptedLeavesNoDatabase() throws Exception {
    bucket.run("serialize", DB, file()).ok();
    bucket.server().faults().bandwidth(200_000);
    try (ProgramProcess program =
        ProgramProcess.start(
            bucket, ProgramProcess.classes(), "deserialize", file(), at("never"))) {
      bucket.awaitKey("never/head");
      program.signal("INT");
      assertEquals(ExitCode.INTERRUPTED, program.end(), program.err());
      assertTrue(program.err().contains("s3vfs: "), program.err());
    }
    bucket.server().faults().bandwidth(0);
    bucket.run("info", at("never")).ends(ExitCode.NOT_FOUND);
    assertEquals(List.of(), bucket.server().objects(CliBucket.NAME).keys("never/s/"));
  }

  @Test
  void sqlIsTypedWithCompletionAndHistory() throws Exception {
    try (ProgramProcess program =
        ProgramProcess.startInTerminal(
            bucket, with("env", "S3VFS_HISTORY=" + directory.resolve("history")), "sql", DB)) {
      program.await("s3vfs> ");
      program.type("SELECT colo\t FROM fru\t;\r");
      assertTrue(program.await("green").contains("colour"), program.out());
      program.type("SELECT missing;\r");
      program.await("error: .*no such column: missing");
      program.type("SELECT 6 *\r");
      program.await("\\.\\.\\.> ");
      program.type("7 AS n;\r");
      program.await("42");
      program.type(".tables\r");
      program.await("(?s)noise\\R.*s3vfs> ");
      program.type("half a statement");
      program.await("half a statement");
      program.type("\u0003");
      program.await("(?s)half a statement.*s3vfs> ");
      program.type(".quit\r");
      assertEquals(0, program.end(), program.out());
    }
    String history = Files.readString(directory.resolve("history"));
    assertTrue(history.contains("SELECT missing;"), history);
    assertFalse(history.contains("half a statement"), history);
  }

  private static List<String> with(String... before) {
    List<String> all = new ArrayList<>(List.of(before));
    all.addAll(ProgramProcess.classes());
    return all;
  }
}
