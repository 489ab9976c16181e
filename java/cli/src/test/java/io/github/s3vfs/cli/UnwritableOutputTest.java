package io.github.s3vfs.cli;

import static io.github.s3vfs.cli.CliBucket.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A standard output that takes nothing, or nothing more, ends a command with an error. */
class UnwritableOutputTest {
  private static final String DB = at("db");
  private static final String FULL = "No space left on device";

  private static final String MANY =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 100000000)"
          + " SELECT i FROM n";

  private static CliBucket bucket;

  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeAll
  static void open() {
    bucket = new CliBucket();
    bucket
        .run(
            "sql",
            "--create",
            DB,
            "CREATE TABLE t(a)",
            "INSERT INTO t VALUES (1), (2)",
            "CREATE TABLE noise AS SELECT randomblob(1000000) AS a")
        .ok();
  }

  @AfterAll
  static void close() {
    bucket.close();
  }

  private int run(Failing target, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(bucket.options());
    Io io =
        new Io(
            InputStream.nullInputStream(),
            new StandardOutput(target),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false,
            false,
            false,
            Map.of(),
            () -> false);
    return Main.run(all.toArray(String[]::new), io);
  }

  private String told() {
    return err.toString(StandardCharsets.UTF_8);
  }

  /** The lines of standard error that are errors. */
  private List<String> errors() {
    return told().lines().filter(line -> line.startsWith("s3vfs: ")).toList();
  }

  private void assertFails(String... arguments) {
    assertEquals(ExitCode.FAILURE, run(new Failing(FULL, 0), arguments), this::told);
    assertEquals(List.of("s3vfs: standard output cannot be written: " + FULL), errors());
  }

  @ParameterizedTest
  @ValueSource(strings = {"info", "versions", "verify", "ls", "gc"})
  void whatCannotBeToldIsAFailure(String command) {
    assertFails(command, command.equals("ls") ? "s3://" + CliBucket.NAME : DB);
  }

  @ParameterizedTest
  @ValueSource(strings = {"table", "csv", "json"})
  void rowsThatCannotBeWrittenAreAFailure(String mode) {
    assertFails("sql", DB, "SELECT * FROM t", "--mode", mode);
  }

  @Test
  void linesOfJsonAndOfCommandsWithADotAreWatched() {
    assertFails("info", DB, "--json");
    err.reset();
    assertFails("sql", DB, ".tables");
  }

  @Test
  void anExportOrADatabaseThatCannotBeWrittenIsAFailure() {
    assertFails("export-csv", DB, "t", "-");
    err.reset();
    assertFails("export-csv", DB, "t", "-", "--gzip");
    err.reset();
    assertFails("serialize", DB, "-");
    err.reset();
    assertFails("select", "SELECT * FROM s3object", at("db/head"), "-q");
  }

  @Test
  void helpThatCannotBeWrittenIsAFailure() {
    assertFails("--help");
    err.reset();
    assertFails("--version");
  }

  @Test
  void aFailureThatHasANumberKeepsIt() {
    assertEquals(ExitCode.NOT_FOUND, run(new Failing(FULL, 0), "info", at("nothing")));
    assertEquals(1, errors().size(), this::told);
  }

  @Test
  void aReaderThatGoesAwayEndsLongOutputs() {
    for (List<String> arguments :
        List.of(
            List.of("sql", DB, MANY),
            List.of("sql", DB, "SELECT * FROM t", MANY),
            List.of("sql", DB, MANY, "--mode", "json"),
            List.of("export-csv", DB, MANY, "-", "-q"),
            List.of("export-csv", DB, MANY, "-", "-q", "--gzip"))) {
      err.reset();
      Failing pipe = new Failing("Broken pipe", 10_000);
      assertEquals(ExitCode.FAILURE, run(pipe, arguments.toArray(String[]::new)), this::told);
      assertEquals(List.of("s3vfs: standard output was closed"), errors());
      assertTrue(pipe.failures < 2000, pipe.failures + " writes failed");
    }
  }

  @Test
  void aReaderThatGoesAwayEndsReadingTheDatabase() {
    Failing pipe = new Failing("Broken pipe", 10_000);
    assertEquals(ExitCode.FAILURE, run(pipe, "serialize", DB, "-", "-q"));
    assertEquals(List.of("s3vfs: standard output was closed"), errors());
    assertEquals(1, pipe.failures);
  }

  @Test
  void aScriptEndsWhenNobodyReadsWhatItAnswers() {
    run(new Failing("Broken pipe", 0), "sql", DB, "SELECT 1", "DELETE FROM t");
    assertEquals(List.of("s3vfs: standard output was closed"), errors());
    assertEquals(
        "a\r\n1\r\n2\r\n", bucket.run("sql", DB, "-m", "csv", "SELECT * FROM t").ok().out());
  }

  /** Takes some bytes, and fails from then on. */
  private static final class Failing extends OutputStream {
    private final String problem;
    private long room;
    private int failures;

    Failing(String problem, long room) {
      this.problem = problem;
      this.room = room;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[1], 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
      room -= length;
      if (room < 0) {
        failures++;
        throw new IOException(problem);
      }
    }
  }
}
