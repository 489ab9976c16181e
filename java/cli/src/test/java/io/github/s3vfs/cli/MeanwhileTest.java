package io.github.s3vfs.cli;

import static io.github.s3vfs.cli.CliBucket.at;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.s3vfs.S3Location;
import io.github.s3vfs.testkit.Fault;
import io.github.s3vfs.testkit.RequestMatch;
import io.github.s3vfs.testkit.S3Operation;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What somebody else makes while a command is at work is not replaced, unless that is said. */
class MeanwhileTest {
  private static final String DB = at("db");
  private static CliBucket bucket;

  @TempDir Path directory;

  @BeforeAll
  static void open() {
    bucket = new CliBucket();
    bucket.run("sql", "--create", DB, "CREATE TABLE t(a)", "INSERT INTO t VALUES (1)").ok();
    bucket.server().objects(CliBucket.NAME).put("data.csv", bytes("1\n"));
  }

  @AfterAll
  static void close() {
    bucket.close();
  }

  @AfterEach
  void mend() {
    bucket.server().faults().clear();
    for (String key : bucket.server().objects(CliBucket.NAME).keys("new")) {
      bucket.server().objects(CliBucket.NAME).delete(key);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Does something when half of it was read. */
  private static InputStream half(byte[] content, Runnable then) {
    return new FilterInputStream(new ByteArrayInputStream(content)) {
      private int count;

      @Override
      public int read(byte[] target, int offset, int length) throws IOException {
        if (count == 1) {
          then.run();
        }
        count++;
        return super.read(
            target, offset, count == 1 ? Math.min(length, content.length / 2) : length);
      }

      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }
    };
  }

  private static boolean makeDatabase(String layout) {
    try (Store store = bucket.store();
        var connection =
            store.connect(new S3Location(CliBucket.NAME, "new"), "mode=rwc&layout=" + layout);
        var statement = connection.createStatement()) {
      return !statement.execute("CREATE TABLE other(a)");
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"snapshot", "blocks"})
  void aDatabaseThatIsMadeWhileStandardInputIsReadStays(String layout) throws Exception {
    byte[] file = bucket.run("serialize", DB, "-", "-q").ok().bytes();
    List<Boolean> made = new ArrayList<>();
    CliBucket.Run run =
        bucket.runWith(
            half(file, () -> made.add(makeDatabase(layout))),
            "deserialize",
            "-",
            at("new"),
            "--layout",
            layout);
    assertEquals(List.of(true), made);
    assertEquals(
        "there is a database at " + at("new") + " already (--force replaces it)",
        run.ends(ExitCode.BUSY).error());
    assertEquals("other\n", bucket.run("sql", at("new"), ".tables").ok().out());
  }

  /** Puts an object when it is about to be written. */
  private static void putBefore(String key) {
    bucket
        .server()
        .faults()
        .add(
            RequestMatch.of(S3Operation.PUT_OBJECT)
                .key(key)
                .where(
                    request -> {
                      bucket.server().objects(CliBucket.NAME).put(key, bytes("other"));
                      return true;
                    }),
            Fault.delay(Duration.ZERO));
  }

  private void assertStays(CliBucket.Run run) {
    assertEquals(
        at("new.out") + " is there already (--force replaces it)", run.ends(ExitCode.BUSY).error());
    assertEquals(
        "other",
        new String(bucket.server().objects(CliBucket.NAME).get("new.out"), StandardCharsets.UTF_8));
  }

  @Test
  void anObjectThatAppearsBeforeADatabaseIsWrittenThereStays() {
    putBefore("new.out");
    assertStays(bucket.run("serialize", DB, at("new.out"), "-q"));
    bucket.run("serialize", DB, at("new.out"), "-q", "--force").ok();
  }

  @Test
  void anObjectThatAppearsBeforeRowsAreWrittenThereStays() {
    putBefore("new.out");
    assertStays(bucket.run("export-csv", DB, "t", at("new.out"), "-q"));
    bucket.run("export-csv", DB, "t", at("new.out"), "-q", "--force").ok();
  }

  @Test
  void anObjectThatAppearsBeforeAnAnswerIsWrittenThereStays() {
    putBefore("new.out");
    String query = "SELECT * FROM s3object";
    assertStays(bucket.run("select", query, at("data.csv"), "-o", at("new.out"), "-q"));
    bucket.run("select", query, at("data.csv"), "-o", at("new.out"), "-q", "-f").ok();
  }

  @Test
  void anObjectThatAppearsBeforeAHeaderIsWrittenThereStays() {
    putBefore("new.out");
    String[] words = {"prepend-header", at("data.csv"), "a", "--to", at("new.out"), "-q"};
    assertStays(bucket.run(words));
    words[5] = "--force";
    bucket.run(words).ok();
  }

  @Test
  void aFileThatAppearsMeanwhileStays() throws Exception {
    Path file = directory.resolve("file");
    bucket
        .server()
        .faults()
        .add(
            RequestMatch.any()
                .where(
                    request -> {
                      try {
                        Files.writeString(file, "other");
                      } catch (IOException e) {
                        throw new UncheckedIOException(e);
                      }
                      return true;
                    }),
            Fault.delay(Duration.ZERO));
    for (List<String> words :
        List.of(
            List.of("export-csv", DB, "t", file.toString(), "-q"),
            List.of("serialize", DB, file.toString(), "-q"),
            List.of("select", "SELECT * FROM s3object", at("data.csv"), "-o", file.toString()))) {
      Files.deleteIfExists(file);
      CliBucket.Run run = bucket.run(words.toArray(String[]::new)).ends(ExitCode.BUSY);
      assertEquals(file + " is there already (--force replaces it)", run.error());
      assertEquals("other", Files.readString(file));
      try (var left = Files.list(directory)) {
        assertEquals(List.of(file), left.toList());
      }
    }
  }
}
