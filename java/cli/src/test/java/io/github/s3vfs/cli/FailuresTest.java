package io.github.s3vfs.cli;

import static io.github.s3vfs.cli.CliBucket.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.S3Location;
import io.github.s3vfs.testkit.Fault;
import io.github.s3vfs.testkit.RequestMatch;
import io.github.s3vfs.testkit.S3Operation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes wrong is told in one line, and by a number. */
class FailuresTest {
  private static final String DB = at("db");
  private static CliBucket bucket;

  @TempDir Path directory;

  @BeforeAll
  static void open() {
    bucket = new CliBucket();
    bucket.run("sql", "--create", DB, "CREATE TABLE t(a)", "INSERT INTO t VALUES (1)").ok();
  }

  @AfterAll
  static void close() {
    bucket.close();
  }

  @AfterEach
  void mend() {
    bucket.server().faults().clear();
  }

  @Test
  void aCommandLineThatCannotBeMeantIsRefused() {
    assertTrue(bucket.run().ends(ExitCode.USAGE).err().contains("a command is missing"));
    assertTrue(bucket.run("nonsense").ends(ExitCode.USAGE).err().contains("nonsense"));
    assertTrue(bucket.run("info").ends(ExitCode.USAGE).err().contains("DATABASE"));
    assertTrue(
        bucket.run("info", DB, "--nonsense").ends(ExitCode.USAGE).err().contains("--nonsense"));
    assertTrue(bucket.run("convert", DB, "heap").ends(ExitCode.USAGE).err().contains("heap"));
    assertTrue(
        bucket.run("info", "/local/path").ends(ExitCode.USAGE).error().contains("s3://bucket/key"));
    assertTrue(
        bucket.run("info", "s3://bucket").ends(ExitCode.USAGE).error().contains("names no key"));
    bucket.run("create", at("x"), "--page-size", "1000").ends(ExitCode.USAGE);
    bucket.run("create", at("x"), "--block-size", "0").ends(ExitCode.USAGE);
    bucket.run("sql", DB, "--file", "x", "SELECT 1").ends(ExitCode.USAGE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"info", "versions", "serialize", "sql", "convert", "gc", "verify", "delete"})
  void aDatabaseThatIsNotThereIsNamed(String command) {
    List<String> arguments = new ArrayList<>(List.of(command, at("nothing")));
    arguments.addAll(
        switch (command) {
          case "serialize" -> List.of(directory.resolve("x").toString());
          case "sql" -> List.of("SELECT 1 FROM sqlite_schema");
          case "convert" -> List.of("blocks");
          case "delete" -> List.of("--yes");
          default -> List.of();
        });
    CliBucket.Run run = bucket.run(arguments.toArray(String[]::new));
    assertTrue(run.ends(ExitCode.NOT_FOUND).error().contains(at("nothing")), run.err());
    assertEquals("", run.out());
  }

  @Test
  void aBucketThatIsNotThereIsNamed() {
    String error = bucket.run("create", "s3://nowhere/db").ends(ExitCode.NOT_FOUND).error();
    assertTrue(error.contains("there is no bucket nowhere"), error);
    bucket.run("ls", "s3://nowhere").ends(ExitCode.NOT_FOUND);
  }

  @Test
  void aLocalFileThatIsNoDatabaseIsRefusedAndNothingIsStored() throws Exception {
    Path file = Files.writeString(directory.resolve("text"), "no database");
    CliBucket.Run run = bucket.run("deserialize", file.toString(), at("new"));
    assertTrue(run.ends(ExitCode.USAGE).err().contains("SQLite"), run.err());
    bucket.run("info", at("new")).ends(ExitCode.NOT_FOUND);
    Path database = directory.resolve("local");
    try (Connection local = DriverManager.getConnection("jdbc:sqlite:" + database);
        Statement statement = local.createStatement()) {
      statement.execute("PRAGMA journal_mode = WAL");
      statement.execute("CREATE TABLE t(a)");
      String error =
          bucket.run("deserialize", database.toString(), at("new")).ends(ExitCode.USAGE).error();
      assertTrue(error.contains(database + "-wal") && error.contains("wal_checkpoint"), error);
      bucket.run("deserialize", database.toString(), DB, "--force").ends(ExitCode.USAGE);
    }
    bucket.run("info", at("new")).ends(ExitCode.NOT_FOUND);
    assertEquals("1", bucket.run("sql", DB, "SELECT a FROM t", "--json").ok().json("$[0].a"));
    bucket.run("deserialize", database.toString(), at("new")).ok();
    bucket.run("delete", at("new"), "--yes").ok();
    String missing = directory.resolve("missing").toString();
    assertEquals(
        missing + ": no such file",
        bucket.run("deserialize", missing, at("new")).ends(ExitCode.NOT_FOUND).error());
    bucket.run("serialize", DB, missing + "/x/y").ends(ExitCode.NOT_FOUND);
  }

  @Test
  void aWriterThatIsAtWorkIsWaitedForAndTold() throws Exception {
    try (Store store = bucket.store();
        var other = store.connect(new S3Location(CliBucket.NAME, "db"), "mode=rw");
        var statement = other.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      CliBucket.Run run = bucket.run("sql", DB, "DELETE FROM t", "--busy-timeout", "0");
      assertTrue(run.ends(ExitCode.BUSY).error().contains("BUSY"), run.err());
      String writer = bucket.run("info", DB, "--json").ok().json("$.writer");
      assertTrue(writer.contains("@bucket"), writer);
    }
  }

  @Test
  void refusedCredentialsAreToldAndNoSecretIs() {
    String secret = System.getProperty("aws.secretAccessKey");
    System.setProperty("aws.secretAccessKey", "wrong-secret-0123456789");
    try {
      CliBucket.Run run = bucket.run("info", DB, "--debug").ends(ExitCode.DENIED);
      assertTrue(run.err().contains("403"), run.err());
      assertFalse(run.err().contains("wrong-secret"), run.err());
    } finally {
      System.setProperty("aws.secretAccessKey", secret);
    }
  }

  @Test
  void aStoreThatDoesNotAnswerIsTold() {
    List<String> all =
        List.of(
            "info",
            DB,
            "--endpoint",
            "http://127.0.0.1:9",
            "--region",
            "us-east-1",
            "--path-style",
            "--retries",
            "1",
            "--request-timeout",
            "2");
    CliBucket.Run run = CliBucket.runAlone(new byte[0], all.toArray(String[]::new));
    assertTrue(run.ends(ExitCode.UNAVAILABLE).error().contains("connection refused"), run.err());
  }

  @Test
  void stackTracesComeWithDebugOnly() {
    assertFalse(bucket.run("info", at("nothing")).err().contains("\tat "));
    assertTrue(bucket.run("info", at("nothing"), "--debug").err().contains("\tat "));
  }

  @Test
  void damageIsNamedAndHasANumber() throws Exception {
    var objects = bucket.server().objects(CliBucket.NAME);
    bucket
        .run("sql", "--create", at("damaged"), "CREATE TABLE t(a)", "INSERT INTO t VALUES (1)")
        .ok();
    bucket.run("verify", at("damaged")).ok();
    String head = "damaged/head";
    byte[] good = objects.get(head);
    objects.put(head, Arrays.copyOf(good, 20));
    CliBucket.Run run = bucket.run("verify", at("damaged"), "--json").ends(ExitCode.DAMAGED);
    assertEquals("0", run.json("$.intact"));
    assertEquals(at(head), run.json("$.damage[0].object"));
    objects.put(head, good);
    String segment = objects.keys("damaged/s/").get(1);
    objects.delete(segment);
    run = bucket.run("verify", at("damaged"), "--all").ends(ExitCode.DAMAGED);
    assertTrue(run.out().contains(at(segment) + " is missing"), run.out());
    assertTrue(run.err().contains("is damaged"), run.err());
    objects.keys("damaged/s/").forEach(objects::delete);
    bucket.run("sql", at("damaged"), "SELECT * FROM t").ends(ExitCode.DAMAGED);
  }

  @Test
  void anUploadThatFailsLeavesNoDatabase() throws Exception {
    Path file = directory.resolve("local");
    bucket.run("serialize", DB, file.toString()).ok();
    bucket
        .server()
        .faults()
        .add(
            RequestMatch.of(S3Operation.PUT_OBJECT).keyPrefix("never/s/"),
            Fault.error(403, "AccessDenied"));
    bucket.run("deserialize", file.toString(), at("never")).ends(ExitCode.DENIED);
    bucket.server().faults().clear();
    bucket.run("info", at("never")).ends(ExitCode.NOT_FOUND);
  }

  @Test
  void helpAndVersionAreNoFailures() {
    String help = bucket.run("--help").ok().out();
    assertTrue(help.contains("deserialize") && help.contains("130 interrupted"), help);
    assertTrue(bucket.run("sql", "--help").ok().out().contains("--busy-timeout"));
    assertTrue(
        bucket.run("--version").ok().out().startsWith("s3vfs 0."), bucket.run("--version").out());
  }
}
