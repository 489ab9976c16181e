package io.github.s3vfs.changelog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.testkit.AccountSnapshot;
import io.github.s3vfs.testkit.S3Operation;
import io.github.s3vfs.transfer.S3Databases;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** On S3, in the layout snapshot: what a look costs, and when only a part is compared. */
class PartOfTableTest {
  private static final TableSchema SCHEMA =
      TableSchema.of(Column.key("id", LogicalType.INT), Column.of("v", LogicalType.STRING));
  private static final int ROWS = 40_000;
  private static final S3Location DB = new S3Location(Places.BUCKET, "db");

  @TempDir Path directory;
  private Places places = Places.open(Places.Place.LOCAL, Path.of(""));
  private ChangelogDatabase database = places.database("none");

  /** 12 MB in 3,000 pages, of text that does not compress well. */
  @BeforeEach
  void open() throws Exception {
    places = Places.open(Places.Place.SNAPSHOT, directory);
    database = places.database("db");
    Places.sql(
        database,
        "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
            + ROWS
            + ") INSERT INTO t SELECT i, hex(randomblob(140)) FROM n");
  }

  @AfterEach
  void close() {
    places.close();
  }

  private static ChangelogReader open(ChangelogDatabase from) {
    return ChangelogReader.open(from, "t", SCHEMA, ReaderOptions.defaults());
  }

  private AccountSnapshot measure(io.github.s3vfs.testkit.Account.Work work) throws Exception {
    return places.server().account().measure(work);
  }

  @Test
  void aLookThatFindsNothingIsOneRequestAndNoneWithinStaleness() throws Exception {
    try (ChangelogReader reader = open(database)) {
      assertEquals(ROWS, Told.changes(reader).size());
      for (int i = 0; i < 3; i++) {
        AccountSnapshot account = measure(() -> assertTrue(reader.poll().isEmpty()));
        assertEquals(1, account.count(), account.toString());
        assertEquals(1, account.count(S3Operation.GET_OBJECT));
        assertEquals(304, account.requests().get(0).status());
      }
    }
    String url = database + "&max_staleness_ms=600000";
    try (ChangelogReader reader = open(ChangelogDatabase.url(url))) {
      assertEquals(ROWS, Told.changes(reader).size());
      AccountSnapshot account = measure(() -> assertTrue(reader.poll().isEmpty()));
      assertEquals(0, account.count(), account.toString());
    }
  }

  @Test
  void ofALargeTableAFewPagesAreFetchedForOneRow() throws Exception {
    // A reader with a cache that holds next to nothing, so that whatever is read is fetched.
    try (S3Vfs small = Places.vfs(places.server(), builder -> builder.cacheSizeBytes(1 << 20));
        ChangelogReader reader = open(ChangelogDatabase.s3(small, DB));
        Connection writer = database.connect()) {
      AccountSnapshot first = measure(() -> assertEquals(ROWS, Told.changes(reader).size()));
      assertTrue(first.bytesOut() > 5_000_000, first.bytesOut() + " bytes");
      for (int i = 0; i < 4; i++) {
        int id = 7_000 * (i + 1);
        Places.run(writer, "UPDATE t SET v = 'changed' WHERE id = " + id);
        AccountSnapshot account =
            measure(
                () -> {
                  List<Change> changes = Told.changes(reader);
                  assertEquals(2, changes.size());
                  assertEquals(List.of((long) id), changes.get(0).key());
                });
        assertTrue(reader.sawPart());
        System.out.println(account.count() + " requests, " + account.bytesOut() + " bytes");
        assertTrue(account.bytesOut() < first.bytesOut() / 10, account.toString());
        assertTrue(account.count() <= 30, account.toString());
      }
    }
  }

  @Test
  void insertsDeletesAndManyCommitsAreFoundInAPart() throws Exception {
    try (ChangelogReader reader = open(database);
        Connection writer = database.connect()) {
      Told.changes(reader);
      for (int i = 0; i < 10; i++) {
        Places.run(writer, "INSERT INTO t(v) VALUES ('new')");
      }
      assertEquals(10, Told.changes(reader).size());
      assertTrue(reader.sawPart());
      Places.run(writer, "DELETE FROM t WHERE id BETWEEN 10000 AND 11999");
      assertEquals(2_000, Told.changes(reader).size());
      assertTrue(reader.sawPart());
      Places.run(writer, "DELETE FROM t WHERE id = 1", "INSERT INTO t VALUES (11000, 'x')");
      assertEquals(2, Told.changes(reader).size());
      assertTrue(reader.sawPart());
      Places.run(writer, "CREATE TABLE other(x)", "INSERT INTO other VALUES (1)");
      assertEquals("", Told.text(reader));
      assertFalse(reader.sawPart(), "the schema has changed");
      Places.run(writer, "INSERT INTO other VALUES (2)");
      assertEquals("", Told.text(reader));
      assertTrue(reader.sawPart());
      Places.run(writer, "DELETE FROM t");
      assertEquals(ROWS + 10 - 2_000, Told.changes(reader).size());
      assertTrue(reader.sawPart());
    }
  }

  @Test
  void aSavedStateKnowsItsVersion() throws Exception {
    ByteArrayOutputStream saved = new ByteArrayOutputStream();
    try (ChangelogReader reader = open(database)) {
      Told.changes(reader);
      reader.saveState(saved);
    }
    Places.sql(database, "UPDATE t SET v = 'x' WHERE id = 5");
    try (ChangelogReader reader = restored(saved)) {
      assertEquals(2, Told.changes(reader).size());
      assertTrue(reader.sawPart());
    }
  }

  @Test
  void whatIsToldAgainKnowsItsVersion(@TempDir Path state) throws Exception {
    ReaderOptions kept = ReaderOptions.defaults().stateDirectory(state);
    try (ChangelogReader reader = ChangelogReader.open(database, "t", SCHEMA, kept)) {
      Told.changes(reader);
    }
    Places.sql(database, "UPDATE t SET v = 'x' WHERE id = 5");
    try (ChangelogReader reader = ChangelogReader.open(database, "t", SCHEMA, kept)) {
      int told = 0;
      while (told < ROWS) {
        told += reader.poll().changes().size();
      }
      assertEquals(ROWS, told);
      assertEquals(2, Told.changes(reader).size());
      assertTrue(reader.sawPart());
    }
  }

  private ChangelogReader restored(ByteArrayOutputStream saved) {
    return ChangelogReader.restore(
        database,
        "t",
        SCHEMA,
        ReaderOptions.defaults(),
        new ByteArrayInputStream(saved.toByteArray()));
  }

  @Test
  void aDatabaseThatWasMadeAgainIsComparedAsAWhole() throws Exception {
    ByteArrayOutputStream saved = new ByteArrayOutputStream();
    ChangelogReader reader = open(database);
    Told.changes(reader);
    reader.saveState(saved);
    Told.changes(reader);
    reader.close();
    assertTrue(S3Databases.of(places.vfs()).delete(DB));
    Places.sql(
        database,
        "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)",
        "INSERT INTO t VALUES (1, 'a')",
        "INSERT INTO t VALUES (50000, 'b')");
    try (ChangelogReader again = restored(saved)) {
      assertEquals(ROWS - 1 + 2 + 1, Told.changes(again).size());
      assertFalse(again.sawPart());
    }
  }

  @Test
  void aDatabaseThatIsGoneIsAnErrorAndItsStateIsKept() throws Exception {
    try (S3Vfs other = Places.vfs(places.server(), builder -> builder);
        ChangelogReader reader = open(database)) {
      Told.changes(reader);
      assertTrue(S3Databases.of(other).delete(DB));
      ChangelogException e =
          org.junit.jupiter.api.Assertions.assertThrows(ChangelogException.class, reader::poll);
      System.out.println(e.kind() + " " + e.getMessage());
      Places.sql(
          ChangelogDatabase.s3(other, DB),
          "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)",
          "INSERT INTO t VALUES (50000, 'b')");
      assertEquals(ROWS + 1, Told.changes(reader).size());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'PRIMARY KEY(k, n)', true",
    "'PRIMARY KEY(k COLLATE NOCASE, n)', true",
    "'PRIMARY KEY(k, n DESC)', false"
  })
  void ofATableWithoutRowidAPartIsReadIfItAscends(String key, boolean part) throws Exception {
    Places.sql(
        database,
        "CREATE TABLE w(v TEXT, k TEXT NOT NULL, n INT NOT NULL, " + key + ") WITHOUT ROWID",
        "INSERT INTO w SELECT v, substr('aBcD', 1 + id % 4, 1) || (id % 100), id FROM t ORDER BY 2, 3");
    TableSchema schema =
        TableSchema.of(
            Column.key("k", LogicalType.STRING),
            Column.key("n", LogicalType.INT),
            Column.of("v", LogicalType.STRING));
    try (S3Vfs small = Places.vfs(places.server(), builder -> builder.cacheSizeBytes(1 << 20));
        ChangelogReader reader =
            ChangelogReader.open(
                ChangelogDatabase.s3(small, DB), "w", schema, ReaderOptions.defaults());
        Connection writer = database.connect()) {
      AccountSnapshot first = measure(() -> assertEquals(ROWS, Told.changes(reader).size()));
      Places.run(writer, "UPDATE w SET v = 'x' WHERE n = 1");
      assertEquals(2, Told.changes(reader).size());
      assertEquals(part, reader.sawPart());
      // From now on the inner pages are known.
      Places.run(writer, "UPDATE w SET v = 'y' WHERE n = 17");
      AccountSnapshot account =
          measure(() -> assertEquals("<[B17, 17, x] >", cut(Told.text(reader))));
      assertEquals(part, reader.sawPart());
      assertEquals(part, account.bytesOut() < first.bytesOut() / 10, account.toString());
      Places.run(
          writer,
          "DELETE FROM w WHERE k = 'a40'",
          "INSERT INTO w VALUES ('new', 'A', -5), ('new', 'zz', 5)",
          "UPDATE w SET n = n + 100000 WHERE n = 50");
      List<Change> changes = Told.changes(reader);
      assertEquals(ROWS / 100 + 2 + 2, changes.size());
      assertEquals(part, reader.sawPart());
      Places.run(writer, "DELETE FROM w");
      assertEquals(ROWS + 2 - ROWS / 100, Told.changes(reader).size());
      assertEquals("", Told.text(reader));
    }
  }

  private static String cut(String told) {
    return told.replaceAll("[0-9A-F]{280}", "x").replaceAll(">.*", ">");
  }

  @Test
  void longValuesThatChangeInPlaceAreFound() throws Exception {
    try (ChangelogReader reader = open(database);
        Connection writer = database.connect()) {
      Places.run(writer, "UPDATE t SET v = hex(zeroblob(20000)) WHERE id = 9");
      Told.changes(reader);
      Places.run(writer, "UPDATE t SET v = substr(v, 1, 39999) || 'x' WHERE id = 9");
      assertEquals(2, Told.changes(reader).size());
      assertFalse(reader.sawPart(), "the leaf is as it was");
      Places.run(writer, "UPDATE t SET v = v || 'y' WHERE id = 9");
      assertEquals(2, Told.changes(reader).size());
      assertTrue(reader.sawPart());
    }
  }
}
