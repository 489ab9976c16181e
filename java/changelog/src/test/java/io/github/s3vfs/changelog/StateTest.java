package io.github.s3vfs.changelog;

import static io.github.s3vfs.changelog.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.changelog.ChangelogException.Kind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A reader goes on where another one has stopped. */
class StateTest {
  private static final TableSchema SCHEMA =
      TableSchema.of(Column.key("k", LogicalType.INT), Column.optional("v", LogicalType.STRING));

  @TempDir Path directory;

  @BeforeEach
  void make() throws Exception {
    Places.sql(
        database(),
        "CREATE TABLE t(k INTEGER PRIMARY KEY, v TEXT)",
        "INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c')");
  }

  private ChangelogDatabase database() {
    return ChangelogDatabase.file(directory.resolve("db.sqlite"));
  }

  private Path log() {
    return directory.resolve("state/state.log");
  }

  private ReaderOptions kept() {
    return ReaderOptions.defaults().stateDirectory(directory.resolve("state"));
  }

  private ChangelogReader reader(ReaderOptions options) {
    return ChangelogReader.open(database(), "t", SCHEMA, options);
  }

  private void sql(String... statements) throws Exception {
    Places.sql(database(), statements);
  }

  @Test
  void theNextReaderGoesOnWhereTheStateWasSaved() throws Exception {
    try (ChangelogReader reader = reader(kept())) {
      assertEquals("+[1, a] +[2, b] +[3, c]", Told.text(reader));
      reader.saveState();
      sql("UPDATE t SET v = 'x' WHERE k = 1");
      assertEquals("<[1, a] >[1, x]", Told.text(reader));
    }
    sql("DELETE FROM t WHERE k = 2");
    try (ChangelogReader reader = reader(kept())) {
      assertEquals("<[1, a] >[1, x] -[2, b]", Told.text(reader));
      reader.saveState();
      reader.saveState();
    }
    try (ChangelogReader reader = reader(kept())) {
      assertEquals("", Told.text(reader));
    }
  }

  @Test
  void aReaderThatIsRefusedTakesNothingFromTheOneThatIsThere() throws Exception {
    Path lock = directory.resolve("state/state.lock");
    try (ChangelogReader reader = reader(kept())) {
      assertRefused(Kind.STATE_IN_USE, List.of(), () -> reader(kept()).close());
      Path link = Files.createSymbolicLink(directory.resolve("link"), directory.resolve("state"));
      assertRefused(
          Kind.STATE_IN_USE, List.of(), () -> reader(kept().stateDirectory(link)).close());
      // Another process, for which closing a file is no matter.
      assertEquals(1, lockedBy(lock), "it may be locked by another process");
      reader.saveState();
    }
    assertEquals(0, lockedBy(lock));
  }

  /** What ends with 1 if the file is locked: flock of util-linux has locks of another kind. */
  private int lockedBy(Path lock) throws Exception {
    File output = File.createTempFile("locking-", ".txt", directory.toFile());
    Process process = KilledProcess.start(lock, output, LockingProcess.class, "-Xmx32m");
    return process.waitFor();
  }

  @Test
  void whatWasHandedOutAndNotSavedIsToldAgainAsItWas() throws Exception {
    try (ChangelogReader reader = reader(kept())) {
      assertEquals("+[1, a] +[2, b] +[3, c]", Told.text(reader));
      reader.saveState();
      sql("UPDATE t SET v = 'x' WHERE k = 1", "INSERT INTO t VALUES (4, 'd')");
      assertEquals("<[1, a] >[1, x] +[4, d]", Told.text(reader));
      sql("DELETE FROM t WHERE k < 3");
      assertEquals("-[1, x] -[2, b]", sorted(Told.text(reader)));
    }
    // The table is what it was when the state was saved.
    sql("DELETE FROM t WHERE k = 4", "INSERT INTO t VALUES (1, 'a'), (2, 'b')");
    try (ChangelogReader reader = reader(kept())) {
      ChangeBatch first = reader.poll();
      assertTrue(first.complete());
      assertEquals(3, first.changes().size());
      assertEquals(2, reader.poll().changes().size());
      assertEquals("+[1, a] +[2, b] -[4, d]", sorted(Told.text(reader)));
    }
  }

  @Test
  void whatIsToldAgainMayBeSavedInParts() throws Exception {
    String all = "+[1, a] +[2, b] +[3, c]";
    try (ChangelogReader reader = reader(kept())) {
      assertEquals(all, Told.text(reader));
    }
    sql("DELETE FROM t");
    for (int i = 0; i < 2; i++) {
      try (ChangelogReader reader = reader(kept().maxBatchChanges(2))) {
        assertEquals(1, reader.poll().changes().size());
      }
    }
    for (int i = 0; i < 3; i++) {
      try (ChangelogReader reader = reader(kept().maxBatchChanges(2))) {
        ChangeBatch batch = reader.poll();
        assertEquals((long) i + 1, batch.changes().get(0).row().values().get(0));
        assertEquals(i == 2, batch.complete());
        reader.saveState();
      }
    }
    try (ChangelogReader reader = reader(kept())) {
      assertEquals("-[1, a] -[2, b] -[3, c]", sorted(Told.text(reader)));
    }
  }

  @Test
  void aStateMayBeSavedInTheMiddleOfALook() {
    try (ChangelogReader reader = reader(kept().maxBatchChanges(2))) {
      assertEquals(1, reader.poll().changes().size());
      reader.saveState();
    }
    try (ChangelogReader reader = reader(kept())) {
      assertEquals("+[2, b] +[3, c]", Told.text(reader));
    }
  }

  @Test
  void aCopyOfTheStateIsEnough() throws Exception {
    ByteArrayOutputStream saved = new ByteArrayOutputStream();
    try (ChangelogReader reader = reader(ReaderOptions.defaults())) {
      Told.text(reader);
      reader.saveState(saved);
    }
    sql("DELETE FROM t WHERE k > 1");
    byte[] bytes = saved.toByteArray();
    try (ChangelogReader reader = restored(bytes)) {
      assertEquals(2, Told.changes(reader).size());
    }
    assertRefused(Kind.STATE_CORRUPT, List.of(), () -> restored(new byte[0]).close());
    bytes[bytes.length / 2] ^= 1;
    assertRefused(Kind.STATE_CORRUPT, List.of(), () -> restored(bytes).close());
  }

  private ChangelogReader restored(byte[] saved) {
    return ChangelogReader.restore(
        database(), "t", SCHEMA, ReaderOptions.defaults(), new ByteArrayInputStream(saved));
  }

  @Test
  void aStateThatCannotBeWrittenIsAnError() throws Exception {
    Path file = Files.createFile(directory.resolve("file"));
    ReaderOptions options = ReaderOptions.defaults().stateDirectory(file);
    assertRefused(Kind.STATE_FAILED, List.of(), () -> reader(options).close());
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int octet) throws IOException {
            throw new IOException("the disk is full");
          }
        };
    try (ChangelogReader reader = reader(kept())) {
      assertEquals(3, Told.changes(reader).size());
      ChangelogException e =
          assertRefused(Kind.STATE_FAILED, List.of(), () -> reader.saveState(full));
      assertTrue(String.valueOf(e.getMessage()).contains("the disk is full"), e.getMessage());
      assertEquals("", Told.text(reader));
    }
    try (ChangelogReader reader = reader(kept())) {
      assertEquals("", Told.text(reader), "the directory has it");
    }
  }

  @Test
  void duplicatesAreRememberedAsSuch() throws Exception {
    sql(
        "DROP TABLE t",
        "CREATE TABLE t(k INT UNIQUE, v)",
        "INSERT INTO t VALUES (NULL, 'a'), (NULL, 'a')");
    TableSchema schema =
        TableSchema.of(
            new Column("k", LogicalType.INT, true, true), Column.of("v", LogicalType.STRING));
    try (ChangelogReader reader = ChangelogReader.open(database(), "t", schema, kept())) {
      assertEquals("+[null, a] +[null, a]![k]", Told.text(reader));
      reader.saveState();
    }
    sql("DELETE FROM t WHERE rowid = 1");
    try (ChangelogReader reader = ChangelogReader.open(database(), "t", schema, kept())) {
      assertEquals("-[null, a]![k]", Told.text(reader));
    }
  }

  @Test
  void whatACrashHasCutOffWasNotSaved() throws Exception {
    try (ChangelogReader reader = reader(kept())) {
      Told.text(reader);
      reader.saveState();
    }
    byte[] saved = Files.readAllBytes(log());
    sql("INSERT INTO t VALUES (4, 'd')");
    try (ChangelogReader reader = reader(kept())) {
      assertEquals("+[4, d]", Told.text(reader));
      reader.saveState();
    }
    byte[] whole = Files.readAllBytes(log());
    for (int length = saved.length; length < whole.length; length++) {
      Files.write(log(), java.util.Arrays.copyOf(whole, length));
      try (ChangelogReader reader = reader(kept())) {
        assertEquals("+[4, d]", Told.text(reader), "cut off at " + length);
      }
    }
  }

  @Test
  void aDamagedStateIsRefused() throws Exception {
    long beforeTheLastMark;
    try (ChangelogReader reader = reader(kept())) {
      Told.text(reader);
      reader.saveState();
      long mark = Files.size(log());
      reader.saveState();
      mark = Files.size(log()) - mark;
      sql("INSERT INTO t VALUES (4, 'd')");
      Told.text(reader);
      reader.saveState();
      beforeTheLastMark = Files.size(log()) - mark;
    }
    byte[] good = Files.readAllBytes(log());
    for (int at = 0; at < good.length; at++) {
      byte[] bad = good.clone();
      bad[at] ^= 4;
      Files.write(log(), bad);
      boolean isHeaderOfTheLastMark =
          at >= beforeTheLastMark && at < beforeTheLastMark + StateLog.HEADER;
      if (!isHeaderOfTheLastMark) {
        assertRefused(Kind.STATE_CORRUPT, List.of(), () -> reader(kept()).close());
      }
    }
  }

  @Test
  void aStateIsOfOneReaderAndOneSchema() throws Exception {
    try (ChangelogReader reader = reader(kept())) {
      Told.text(reader);
      reader.saveState();
      assertRefused(Kind.STATE_IN_USE, List.of(), () -> reader(kept()).close());
    }
    TableSchema other = TableSchema.of(Column.key("k", LogicalType.INT));
    ChangelogException e =
        assertRefused(
            Kind.STATE_MISMATCH,
            List.of(),
            () -> ChangelogReader.open(database(), "t", other, kept()).close());
    assertTrue(String.valueOf(e.getMessage()).contains("\"v\" STRING"), e.getMessage());
    reader(kept()).close();
  }

  @Test
  void theFileIsMadeSmallerWhenMostOfItIsOfNoUse() throws Exception {
    sql(
        "DELETE FROM t",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) INSERT INTO t SELECT i, hex(zeroblob(5000)) FROM n");
    long most = 0;
    try (ChangelogReader reader = reader(kept())) {
      for (int i = 0; i < 12; i++) {
        assertEquals(i == 0 ? 1_000 : 2_000, Told.changes(reader).size());
        reader.saveState();
        most = Math.max(most, Files.size(log()));
        sql("UPDATE t SET v = v || '" + i + "'");
      }
      assertTrue(most < 60_000_000, "at most " + most);
    }
    try (ChangelogReader reader = reader(kept())) {
      assertEquals(2_000, Told.changes(reader).size());
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aFileThatCannotBeMadeSmallerStaysAsItIs() throws Exception {
    try (ChangelogReader reader = reader(kept())) {
      assertEquals(3, Told.changes(reader).size());
      reader.saveState();
      for (int i = 0; i < 5; i++) {
        sql("UPDATE t SET v = hex(zeroblob(5000000)) || '" + i + "' WHERE k = 1");
        assertEquals(2, reader.poll().changes().size());
      }
      sql("DELETE FROM t WHERE k = 1");
      assertEquals(1, Told.changes(reader).size());
      // What is written there is on a disk that is full, when there is a mark behind it.
      Path next = log().resolveSibling("state.log.new");
      Files.createSymbolicLink(next, Path.of("/dev/full"));
      assertRefused(Kind.STATE_FAILED, List.of(), reader::saveState);
      assertFalse(Files.exists(next, LinkOption.NOFOLLOW_LINKS));
      sql("INSERT INTO t VALUES (4, 'd')", "UPDATE t SET v = 'x' WHERE k = 2");
      assertEquals("<[2, b] >[2, x] +[4, d]", Told.text(reader));
    }
    long size = Files.size(log());
    assertTrue(size > 50_000_000, size + " bytes");
    for (int i = 0; i < 2; i++) {
      try (ChangelogReader reader = reader(kept())) {
        assertEquals(i == 0 ? "<[2, b] >[2, x] +[4, d]" : "", Told.text(reader));
        reader.saveState();
      }
    }
    assertTrue(Files.size(log()) < 10_000, Files.size(log()) + " bytes");
  }

  @Test
  void theFileIsMadeSmallerByReadersThatSaveOnce() throws Exception {
    sql(
        "DELETE FROM t",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) INSERT INTO t SELECT i, hex(zeroblob(5000)) FROM n");
    long most = 0;
    for (int i = 0; i < 12; i++) {
      try (ChangelogReader reader = reader(kept())) {
        assertEquals(i == 0 ? 1_000 : 2_000, Told.changes(reader).size());
        reader.saveState();
        most = Math.max(most, Files.size(log()));
      }
      sql("UPDATE t SET v = v || '" + i + "'");
    }
    assertTrue(most < 60_000_000, "at most " + most);
  }

  @Test
  void aDatabaseThatWasDeletedIsToldOfWhenItIsBack() throws Exception {
    try (ChangelogReader reader = reader(kept())) {
      Told.text(reader);
      Path file = directory.resolve("db.sqlite");
      Files.delete(file);
      assertRefused(Kind.DATABASE_GONE, List.of(), reader::poll);
      assertRefused(Kind.DATABASE_GONE, List.of(), reader::poll);
      Files.createFile(file);
      assertRefused(Kind.TABLE_NOT_FOUND, List.of(), reader::poll);
      sql(
          "CREATE TABLE t(k INTEGER PRIMARY KEY, v TEXT)",
          "INSERT INTO t VALUES (1, 'a'), (9, 'z')");
      assertEquals("+[9, z] -[2, b] -[3, c]", sorted(Told.text(reader)));
      Path copy = directory.resolve("other.sqlite");
      Places.sql(ChangelogDatabase.file(copy), "CREATE TABLE t(k INTEGER PRIMARY KEY, v TEXT)");
      Files.move(copy, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      assertEquals("-[1, a] -[9, z]", sorted(Told.text(reader)));
      Files.writeString(file, "x".repeat(5000), StandardOpenOption.TRUNCATE_EXISTING);
      assertRefused(Kind.NOT_A_DATABASE, List.of(), reader::poll);
      assertRefused(Kind.NOT_A_DATABASE, List.of(), () -> reader.poll(Duration.ofMillis(20)));
    }
  }

  private static String sorted(String told) {
    return String.join(" ", Stream.of(told.split(" (?=[-+<>])")).sorted().toList());
  }
}
