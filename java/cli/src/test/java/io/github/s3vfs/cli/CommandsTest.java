package io.github.s3vfs.cli;

import static io.github.s3vfs.cli.CliBucket.at;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each command does what it says, against a real server. */
class CommandsTest {
  private static final String DB = at("dir/cool.sqlite");
  private static CliBucket bucket;

  @TempDir Path directory;

  @BeforeAll
  static void open() {
    bucket = new CliBucket();
  }

  @AfterAll
  static void close() {
    bucket.close();
  }

  @BeforeEach
  void empty() {
    var objects = bucket.server().objects(CliBucket.NAME);
    objects.keys().forEach(objects::delete);
  }

  private void fill() {
    bucket.run("create", DB).ok();
    bucket
        .run(
            "sql",
            DB,
            "CREATE TABLE t(a INTEGER, b TEXT)",
            "INSERT INTO t VALUES (1, 'x'), (2, 'y')")
        .ok();
  }

  private Path localDatabase(int rows) throws Exception {
    Path file = directory.resolve("local.sqlite");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE t(a INTEGER PRIMARY KEY, b BLOB)");
      statement.execute(
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
              + rows
              + ") INSERT INTO t SELECT i, randomblob(1000) FROM n");
    }
    return file;
  }

  @Test
  void createMakesAnEmptyDatabaseWithAPageSizeAndRefusesASecondOne() throws Exception {
    assertEquals(DB + ": made\n", bucket.run("create", DB, "--page-size", "8192").ok().out());
    assertEquals("8192", bucket.run("info", DB, "--json").ok().json("$.pageSize"));
    assertTrue(bucket.run("create", DB).ends(ExitCode.BUSY).error().contains("already"));
    bucket.run("verify", DB).ok();
  }

  @Test
  void createMakesBlocksOfASize() throws Exception {
    CliBucket.Run made =
        bucket.run("create", DB, "--layout=blocks", "--block-size=512", "--json").ok();
    assertEquals(DB, made.json("$.location"));
    CliBucket.Run info = bucket.run("info", DB, "--json").ok();
    assertEquals("blocks", info.json("$.layout"));
    assertEquals("512", info.json("$.blockSize"));
    assertEquals("8", info.json("$.objects"));
  }

  @Test
  void lsListsWhatIsBelowAPrefix() throws Exception {
    fill();
    bucket.run("create", at("dir/other"), "--layout", "blocks").ok();
    bucket.run("create", at("elsewhere")).ok();
    assertEquals(
        List.of(DB, at("dir/other")), bucket.run("ls", at("dir")).ok().out().lines().toList());
    assertEquals(3, bucket.run("ls", "s3://" + CliBucket.NAME).ok().out().lines().count());
    CliBucket.Run all = bucket.run("ls", "-l", "--json", at("dir/")).ok();
    assertEquals("snapshot", all.json("$[0].layout"));
    assertEquals("blocks", all.json("$[1].layout"));
    assertTrue(bucket.run("ls", "-l", at("dir")).ok().out().startsWith("snapshot"));
    assertEquals("[]", bucket.run("ls", "--json", at("nothing")).ok().out().strip());
  }

  @Test
  void infoTellsHowADatabaseIsStored() throws Exception {
    fill();
    CliBucket.Run info = bucket.run("info", DB, "--json", "--retention", "60").ok();
    assertEquals("2", info.json("$.pages"));
    assertEquals("8192", info.json("$.bytes"));
    assertEquals("3", info.json("$.version"));
    assertEquals("1", info.json("$.oldestVersion"));
    assertEquals("60", info.json("$.retentionSeconds"));
    assertEquals("null", info.json("$.writer"));
    assertEquals(
        bucket.server().objects(CliBucket.NAME).keys("dir/cool.sqlite/").size() + "",
        info.json("$.objects"));
    long stored =
        bucket.server().objects(CliBucket.NAME).keys("dir/cool.sqlite/").stream()
            .mapToLong(key -> bucket.server().objects(CliBucket.NAME).get(key).length)
            .sum();
    assertEquals(stored + "", info.json("$.storedBytes"));
    assertTrue(bucket.run("info", DB).ok().out().contains("layout         snapshot"));
  }

  @Test
  void versionsAreListedAndCanBeRead() throws Exception {
    fill();
    CliBucket.Run versions = bucket.run("versions", DB, "--json").ok();
    assertEquals("3", versions.json("$[0].version"));
    assertEquals("1", versions.json("$[2].version"));
    assertEquals(3, bucket.run("versions", DB).ok().out().lines().count());
    String time = versions.json("$[0].time");
    assertEquals(
        "2",
        bucket
            .run("sql", DB, "SELECT count(*) n FROM t", "--as-of", time, "--json")
            .ok()
            .json("$[0].n"));
    assertEquals(
        "0",
        bucket
            .run("sql", DB, "SELECT count(*) n FROM t", "--at-version=2", "--json")
            .ok()
            .json("$[0].n"));
    assertTrue(
        bucket
            .run("sql", DB, "DELETE FROM t", "--at-version=2")
            .ends(ExitCode.FAILURE)
            .error()
            .contains("readonly"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"snapshot", "blocks"})
  void deserializeAndSerializeGiveTheSameBytes(String layout) throws Exception {
    Path local = localDatabase(100);
    CliBucket.Run stored =
        bucket.run("deserialize", local.toString(), DB, "--layout", layout, "--json").ok();
    assertEquals(Files.size(local) + "", stored.json("$.bytes"));
    assertTrue(stored.err().startsWith("deserialize: 1"), stored.err());
    Path copy = directory.resolve("copy.sqlite");
    bucket.run("serialize", DB, copy.toString()).ok();
    assertArrayEquals(Files.readAllBytes(local), Files.readAllBytes(copy));
    CliBucket.Run piped = bucket.run("serialize", DB, "-", "-q").ok();
    assertArrayEquals(Files.readAllBytes(local), piped.bytes());
    assertEquals("", piped.err());
    bucket.runWith(piped.bytes(), "deserialize", "-", at("again"), "-q").ok();
    assertArrayEquals(
        Files.readAllBytes(local), bucket.run("serialize", at("again"), "-").ok().bytes());
  }

  @Test
  void nothingIsReplacedUnlessThatIsSaid() throws Exception {
    fill();
    Path local = localDatabase(10);
    assertTrue(
        bucket
            .run("deserialize", local.toString(), DB)
            .ends(ExitCode.BUSY)
            .error()
            .contains("--force"));
    assertTrue(
        bucket
            .run("serialize", DB, local.toString())
            .ends(ExitCode.BUSY)
            .error()
            .contains("--force"));
    bucket.run("serialize", DB, local.toString(), "--force").ok();
    assertEquals(8192, Files.size(local));
    bucket.run("deserialize", localDatabase2(), DB, "-f").ok();
    assertEquals(
        "5", bucket.run("sql", DB, "--json", "SELECT count(*) n FROM u").ok().json("$[0].n"));
    try (var left = Files.list(directory)) {
      assertTrue(left.noneMatch(each -> each.toString().endsWith(".part")));
    }
  }

  private String localDatabase2() throws Exception {
    Path file = directory.resolve("second.sqlite");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE u(a)");
      statement.execute("INSERT INTO u VALUES (1), (2), (3), (4), (5)");
    }
    return file.toString();
  }

  @Test
  void copyMakesTheSameDatabaseElsewhereInAnyLayout() throws Exception {
    fill();
    assertEquals(
        "8192",
        bucket.run("copy", DB, at("copy"), "--layout=blocks", "--json").ok().json("$.bytes"));
    assertEquals("blocks", bucket.run("info", at("copy"), "--json").ok().json("$.layout"));
    assertArrayEquals(
        bucket.run("serialize", DB, "-").ok().bytes(),
        bucket.run("serialize", at("copy"), "-").ok().bytes());
    bucket.run("copy", DB, at("copy")).ends(ExitCode.BUSY);
    bucket.run("copy", DB, DB).ends(ExitCode.USAGE);
    bucket.run("copy", at("nothing"), at("copy"), "-f").ends(ExitCode.NOT_FOUND);
    bucket.run("copy", DB, at("copy"), "-f").ok();
  }

  @Test
  void serializeAndDeserializeTakeObjects() throws Exception {
    fill();
    bucket.run("serialize", DB, at("file.sqlite")).ok();
    byte[] file = bucket.run("serialize", DB, "-").ok().bytes();
    assertArrayEquals(file, bucket.server().objects(CliBucket.NAME).get("file.sqlite"));
    bucket.run("serialize", DB, at("file.sqlite")).ends(ExitCode.BUSY);
    assertEquals(
        file.length + "",
        bucket.run("deserialize", at("file.sqlite"), at("again"), "--json").ok().json("$.bytes"));
    assertArrayEquals(file, bucket.run("serialize", at("again"), "-").ok().bytes());
    bucket.run("deserialize", at("missing"), at("third")).ends(ExitCode.NOT_FOUND);
  }

  @Test
  void csvGoesOutAndInByFilesObjectsAndStreams() throws Exception {
    fill();
    Path file = directory.resolve("t.csv");
    CliBucket.Run out = bucket.run("export-csv", DB, "t", file.toString(), "--json").ok();
    assertEquals("2", out.json("$.rows"));
    assertEquals("a,b\r\n1,x\r\n2,y\r\n", Files.readString(file));
    bucket.run("export-csv", DB, "t", file.toString()).ends(ExitCode.BUSY);
    assertEquals(
        "1;x\r\n",
        bucket
            .run(
                "export-csv",
                DB,
                "SELECT * FROM t WHERE a = 1",
                "-",
                "--delimiter=;",
                "--no-header")
            .ok()
            .out());
    bucket.run("export-csv", DB, "t", at("t.csv.gz"), "--gzip").ok();
    CliBucket.Run in =
        bucket.run("import-csv", at("t.csv.gz"), at("new"), "fruit", "--create", "--json").ok();
    assertEquals("2", in.json("$.rows"));
    assertEquals("1", in.json("$.tableCreated"));
    assertEquals(
        "a,b\r\n1,x\r\n2,y\r\n", bucket.run("export-csv", at("new"), "fruit", "-").ok().out());
    bucket.runWith("3,z\r\n", "import-csv", "-", DB, "t", "--no-header").ok();
    assertEquals(
        "6", bucket.run("sql", DB, "--json", "SELECT sum(a) s FROM t").ok().json("$[0].s"));
  }

  @Test
  void localResultsHaveThePermissionsOfAnyFileOrOfTheOneThatIsReplaced() throws Exception {
    assumeTrue(Files.getFileStore(directory).supportsFileAttributeView("posix"));
    fill();
    bucket.server().objects(CliBucket.NAME).put("data.csv", "1\n".getBytes(StandardCharsets.UTF_8));
    Path made = Files.createFile(directory.resolve("made"));
    for (List<String> words :
        List.of(
            List.of("export-csv", DB, "t"),
            List.of("serialize", DB),
            List.of("select", "SELECT * FROM s3object", at("data.csv"), "-o"))) {
      Path file = directory.resolve(words.get(0));
      List<String> all = new ArrayList<>(words);
      all.add(file.toString());
      bucket.run(all.toArray(String[]::new)).ok();
      assertEquals(Files.getPosixFilePermissions(made), Files.getPosixFilePermissions(file));
      all.add("--force");
      for (String mode : List.of("rw-rw-rw-", "r--r-----")) {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
        bucket.run(all.toArray(String[]::new)).ok();
        assertEquals(mode, PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
      }
    }
  }

  @Test
  void anExportReplacesNoDirectoryAndTakesOneStatement() throws Exception {
    fill();
    Path taken = Files.createDirectory(directory.resolve("taken"));
    CliBucket.Run run = bucket.run("export-csv", DB, "t", taken.toString(), "--force");
    assertEquals(taken + " is a directory", run.ends(ExitCode.FAILURE).error());
    assertTrue(Files.isDirectory(taken));
    run = bucket.run("export-csv", DB, "SELECT 1; SELECT 2", "-").ends(ExitCode.FAILURE);
    assertEquals("there is more than one statement; none was run", run.error());
    assertEquals("", run.out());
  }

  @Test
  void aBadCsvFileChangesNothingAndItsLineIsNamed() throws Exception {
    fill();
    Path file = Files.writeString(directory.resolve("bad.csv"), "a,b\n3,z\nfour,y\n");
    CliBucket.Run run = bucket.run("import-csv", file.toString(), DB, "t");
    assertTrue(run.ends(ExitCode.FAILURE).error().contains("line 3"), run.err());
    CliBucket.Run skipped =
        bucket.run("import-csv", file.toString(), DB, "t", "--skip-bad", "1", "--json").ok();
    assertEquals("1", skipped.json("$.rows"));
    assertEquals("1", skipped.json("$.bad"));
    assertTrue(skipped.err().contains("left out: line 3"), skipped.err());
    bucket.run("import-csv", file.toString(), DB, "missing").ends(ExitCode.FAILURE);
    bucket.run("export-csv", DB, "missing", "-").ends(ExitCode.FAILURE);
  }

  @Test
  void prependHeaderPutsALineInFrontOnce() throws Exception {
    var objects = bucket.server().objects(CliBucket.NAME);
    objects.put("data.csv", "1,2\n".getBytes(StandardCharsets.UTF_8));
    CliBucket.Run run =
        bucket.run("prepend-header", at("data.csv"), "a,b", "--skip-if-present", "--json").ok();
    assertEquals("1", run.json("$.headerAdded"));
    assertEquals("8", run.json("$.bytes"));
    assertEquals("a,b\n1,2\n", new String(objects.get("data.csv"), StandardCharsets.UTF_8));
    run = bucket.run("prepend-header", at("data.csv"), "a,b", "--skip-if-present", "--json").ok();
    assertEquals("0", run.json("$.headerAdded"));
    Path head = Files.writeString(directory.resolve("head"), "x\n");
    bucket
        .run("prepend-header", at("data.csv"), "--bytes-of", head.toString(), "--to", at("to.csv"))
        .ok();
    assertEquals("x\na,b\n1,2\n", new String(objects.get("to.csv"), StandardCharsets.UTF_8));
    run = bucket.run("prepend-header", at("data.csv"), "y", "--to", at("to.csv"));
    assertEquals(
        at("to.csv") + " is there already (--force replaces it)", run.ends(ExitCode.BUSY).error());
    assertEquals("x\na,b\n1,2\n", new String(objects.get("to.csv"), StandardCharsets.UTF_8));
    bucket.run("prepend-header", at("data.csv"), "y", "--to", at("to.csv"), "--force").ok();
    assertEquals("y\na,b\n1,2\n", new String(objects.get("to.csv"), StandardCharsets.UTF_8));
    bucket.run("prepend-header", at("data.csv"), "z", "--to", at("data.csv")).ok();
    assertEquals("z\na,b\n1,2\n", new String(objects.get("data.csv"), StandardCharsets.UTF_8));
    bucket.run("prepend-header", at("missing.csv"), "a").ends(ExitCode.NOT_FOUND);
    bucket.run("prepend-header", at("data.csv")).ends(ExitCode.USAGE);
  }

  @Test
  void convertMovesThereAndBack() throws Exception {
    fill();
    assertEquals("1", bucket.run("convert", DB, "blocks", "--json").ok().json("$.converted"));
    assertEquals("blocks", bucket.run("info", DB, "--json").ok().json("$.layout"));
    assertEquals("0", bucket.run("convert", DB, "blocks", "--json").ok().json("$.converted"));
    assertTrue(bucket.run("convert", DB, "SNAPSHOT").ok().out().contains("layout snapshot now"));
    assertEquals(
        "2", bucket.run("sql", DB, "--json", "SELECT count(*) n FROM t").ok().json("$[0].n"));
  }

  @Test
  void gcDeletesWhatNoKeptVersionNeeds() throws Exception {
    fill();
    var objects = bucket.server().objects(CliBucket.NAME);
    String left = "dir/cool.sqlite/s/" + "0".repeat(16) + "-" + "ab".repeat(16) + "-0000";
    objects.put(left, new byte[10]); // as of a commit that failed
    CliBucket.Run run = bucket.run("gc", DB, "--compact", "--json").ok();
    assertEquals("1", run.json("$.objectsDeleted"));
    assertFalse(objects.contains(left));
    assertTrue(bucket.run("gc", DB).ok().out().endsWith(": 0 objects deleted\n"));
    bucket.run("verify", DB, "--all").ok();
  }

  @Test
  void deleteAsksAndDeletes() throws Exception {
    fill();
    assertTrue(
        bucket.runWith("n\n", "delete", DB).ends(ExitCode.FAILURE).error().contains("not deleted"));
    assertFalse(bucket.server().objects(CliBucket.NAME).keys().isEmpty());
    bucket.runWith("yes\n", "delete", DB).ok();
    assertEquals(List.of(), bucket.server().objects(CliBucket.NAME).keys());
    fill();
    assertEquals("1", bucket.run("delete", "--yes", DB, "--json").ok().json("$.deleted"));
    bucket.run("delete", "--yes", DB).ends(ExitCode.NOT_FOUND);
  }
}
