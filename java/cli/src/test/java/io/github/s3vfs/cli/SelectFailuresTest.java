package io.github.s3vfs.cli;

import static io.github.s3vfs.cli.CliBucket.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.testkit.Fault;
import io.github.s3vfs.testkit.RequestMatch;
import io.github.s3vfs.testkit.S3Operation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What goes wrong with the command "select" is told in one line with its code, and by a number. */
class SelectFailuresTest {
  private static final String ALL = "SELECT * FROM s3object";
  private static CliBucket bucket;

  @TempDir Path directory;

  @BeforeAll
  static void open() {
    bucket = new CliBucket();
    bucket.server().objects(CliBucket.NAME).put("data", bytes("1,a\n0,b\n"));
  }

  @AfterAll
  static void close() {
    bucket.close();
  }

  @AfterEach
  void mend() {
    bucket.server().faults().clear();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static CliBucket.Run select(String query, String... options) {
    List<String> all = new ArrayList<>(List.of("select", query, "-", "-q"));
    all.addAll(List.of(options));
    return CliBucket.runAlone(bytes("1,a\n0,b\n"), all.toArray(String[]::new));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SELECT _1 FORM s3object | ParseSelectMissingFrom: line 1, column ",
        "SELECT nonsense(_1) FROM s3object | UnsupportedFunction: line 1, column 8: ",
        "SELECT _1 FROM s3object WHERE | ParseExpectedExpression: line 1, column ",
        "SELECT x FROM s3object | EvaluatorBindingDoesNotExist: line 1, column 8: ",
        "SELECT 1 / cast(_1 AS INT) FROM s3object | DivisionByZero: ",
      })
  void anErrorOfTheQueryHasItsCodeAndPlace(String query, String expected) {
    CliBucket.Run run = select(query).ends(ExitCode.FAILURE);
    assertTrue(run.error().startsWith(expected), run.err());
  }

  @Test
  void thePlaceIsThatInAQueryOfSeveralLines() {
    String error = select("SELECT _1\nFROM s3object\nWHERE _1 ==== 2").ends(1).error();
    assertTrue(error.contains(": line 3, column "), error);
  }

  @Test
  void theDialectOfCephHasItsOwnCodes() {
    String query = "SELECT nonsense(_1) FROM s3object";
    String error = select(query, "--dialect=ceph").ends(ExitCode.FAILURE).error();
    assertTrue(error.startsWith("UnsupportedSyntax: line 1, column 8: "), error);
  }

  @Test
  void optionsThatCannotBeMeantAreRefused() {
    for (String[] options :
        new String[][] {
          {"--input=xml"},
          {"--header=maybe"},
          {"--compression=rar"},
          {"--dialect=other"},
          {"--output=xml"},
          {"--delimiter="},
          {"--quote=ab"},
          {"--record-delimiter=,"},
          {"--scan-range=x"},
          {"--scan-range=-"},
          {"--scan-range=5-3"},
          {"--scan-range=0-3", "--compression=gzip"},
          {"--scan-range=0-3", "--input=json"},
          {"--input=json", "--header=use"},
        }) {
      CliBucket.Run run = select(ALL, options).ends(ExitCode.USAGE);
      assertFalse(run.error().isEmpty(), run.err());
      assertEquals("", run.out());
    }
    String error = select(ALL, "--scan-range=5-3").error();
    assertTrue(error.startsWith("InvalidScanRange: "), error);
    bucket.run("select").ends(ExitCode.USAGE);
    bucket.run("select", ALL).ends(ExitCode.USAGE);
  }

  @Test
  void whatIsNotThereIsNamed() {
    String missing = directory.resolve("missing").toString();
    assertEquals(
        missing + ": no such file",
        bucket.run("select", ALL, missing).ends(ExitCode.NOT_FOUND).error());
    String error = bucket.run("select", ALL, at("missing")).ends(ExitCode.NOT_FOUND).error();
    assertTrue(error.contains(at("missing")), error);
    bucket.run("select", ALL, "s3://nowhere/data").ends(ExitCode.NOT_FOUND);
    bucket.run("select", ALL, at("data"), "-o", missing + "/x").ends(ExitCode.NOT_FOUND);
    String folder = directory.toString();
    error = bucket.run("select", ALL, folder).ends(ExitCode.NOT_FOUND).error();
    assertTrue(error.contains(folder), error);
  }

  @Test
  void damagedCompressionHasANumber() {
    String error = select(ALL, "--compression=gzip").ends(ExitCode.DAMAGED).error();
    assertTrue(error.startsWith("InvalidCompressionFormat: standard input"), error);
  }

  @Test
  void whatS3FailsWithHasItsNumber() {
    bucket
        .server()
        .faults()
        .add(RequestMatch.of(S3Operation.GET_OBJECT), Fault.error(403, "AccessDenied"));
    String error = bucket.run("select", ALL, at("data")).ends(ExitCode.DENIED).error();
    assertTrue(error.startsWith("InternalError: " + at("data")), error);
    bucket.server().faults().clear();
    bucket
        .server()
        .faults()
        .add(RequestMatch.of(S3Operation.GET_OBJECT), Fault.error(412, "PreconditionFailed"));
    error = bucket.run("select", ALL, at("data")).ends(ExitCode.BUSY).error();
    assertTrue(error.startsWith("PreconditionFailed: "), error);
  }

  @Test
  void anOutputThatNobodyReadsEndsTheQuery() {
    bucket
        .server()
        .objects(CliBucket.NAME)
        .put("large", bytes("some words of a line\n".repeat(1_000_000)));
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    List<String> all = new ArrayList<>(List.of("select", ALL, at("large"), "-q"));
    all.addAll(bucket.options());
    ClosedPipe pipe = new ClosedPipe();
    Io io =
        new Io(
            InputStream.nullInputStream(),
            new PrintStream(pipe, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false,
            false,
            false,
            Map.of(),
            () -> false);
    assertEquals(ExitCode.FAILURE, Main.run(all.toArray(String[]::new), io));
    assertEquals("s3vfs: standard output was closed", err.toString(StandardCharsets.UTF_8).strip());
    assertEquals(1, pipe.writes, "nothing more is written");
  }

  /** A pipe whose reader is gone. */
  private static final class ClosedPipe extends OutputStream {
    private int writes;

    @Override
    public void write(int value) throws IOException {
      writes++;
      throw new IOException("Broken pipe");
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
      write(0);
    }
  }

  @Test
  void anInterruptEndsAQueryWhileStandardInputIsOpenAndLeavesNothing() throws Exception {
    List<String> program = new ArrayList<>(ProgramProcess.classes());
    program.add(1, "-Djava.io.tmpdir=" + directory);
    program.add(2, "-XX:-UsePerfData");
    Path output = directory.resolve("output");
    try (ProgramProcess run =
        ProgramProcess.start(bucket, program, "select", ALL, "-", "-o", output.toString())) {
      run.type("some words\n".repeat(150_000));
      awaitLarge();
      run.signal("INT");
      assertEquals(ExitCode.INTERRUPTED, run.end(), run.err());
      assertTrue(run.err().contains("s3vfs: interrupted"), run.err());
    }
    try (var files = Files.list(directory)) {
      assertEquals(List.of(), files.filter(each -> !Files.isDirectory(each)).toList());
    }
  }

  /** Waits until a megabyte of the input is in a file. */
  private void awaitLarge() throws Exception {
    long end = System.nanoTime() + 60_000_000_000L;
    while (true) {
      try (var files = Files.list(directory)) {
        for (Path each : files.toList()) {
          if (each.toString().endsWith(".input") && Files.size(each) > 0) {
            return;
          }
        }
      }
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("no temporary file");
      }
      Thread.sleep(10); // the program tells nobody
    }
  }

  @Test
  void anInterruptEndsAQueryOfAnObjectAndLeavesNoFile() throws Exception {
    bucket
        .server()
        .objects(CliBucket.NAME)
        .put("slow", bytes("some words of a line\n".repeat(500_000)));
    bucket.server().faults().bandwidth(200_000);
    Path output = directory.resolve("output");
    try (ProgramProcess run =
        ProgramProcess.startInTerminal(
            bucket, ProgramProcess.classes(), "select", ALL, at("slow"), "-o", output.toString())) {
      run.await("select +0%");
      run.type("\u0003"); // Ctrl-C
      assertEquals(ExitCode.INTERRUPTED, run.end(), run.out());
    } finally {
      bucket.server().faults().bandwidth(0);
    }
    try (var files = Files.list(directory)) {
      assertEquals(List.of(), files.toList());
    }
  }
}
