package io.github.s3vfs.changelog;

import static io.github.s3vfs.changelog.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.changelog.ChangelogException.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What a reader tells of, in local files and on S3. */
@ParameterizedClass
@EnumSource(Places.Place.class)
class ReaderEventsTest {
  private static final TableSchema SCHEMA =
      TableSchema.of(Column.key("k", LogicalType.INT), Column.optional("v", LogicalType.STRING));
  private static final TableSchema BY_ROWID =
      TableSchema.of(Column.of("k", LogicalType.INT), Column.optional("v", LogicalType.STRING));
  private static final TableSchema NULLS =
      TableSchema.of(
          new Column("k", LogicalType.INT, true, true), Column.of("v", LogicalType.STRING));

  private static final ReaderOptions PATIENT =
      ReaderOptions.defaults().autocommitDuration(Duration.ofHours(1));

  @Parameter Places.Place place = Places.Place.LOCAL;
  @TempDir Path directory;
  private Places places = Places.open(Places.Place.LOCAL, Path.of(""));
  private ChangelogDatabase database = places.database("none");

  @BeforeEach
  void open() throws Exception {
    places = Places.open(place, directory);
    database = places.database("db");
    sql(
        "CREATE TABLE t(k INTEGER PRIMARY KEY, v TEXT, other)",
        "INSERT INTO t(k, v) VALUES (1, 'a'), (2, 'b')");
  }

  @AfterEach
  void close() {
    places.close();
  }

  private void sql(String... statements) throws Exception {
    Places.sql(database, statements);
  }

  private ChangelogReader reader(TableSchema schema) {
    return ChangelogReader.open(database, "T", schema, PATIENT);
  }

  @Test
  void theFirstLookTellsOfEveryRowAndTheNextOfNothing() {
    try (ChangelogReader reader = reader(SCHEMA)) {
      ChangeBatch batch = reader.poll();
      assertTrue(batch.complete());
      assertEquals(
          List.of(List.of(1L), List.of(2L)), batch.changes().stream().map(Change::key).toList());
      assertEquals(new ChangeBatch(List.of(), false), reader.poll());
    }
  }

  @Test
  void eachKindOfChangeIsToldInOrder() throws Exception {
    try (ChangelogReader reader = reader(SCHEMA)) {
      assertEquals("+[1, a] +[2, b]", Told.text(reader));
      sql("INSERT INTO t(k, v) VALUES (3, NULL)");
      assertEquals("+[3, null]", Told.text(reader));
      sql("UPDATE t SET v = 'c' WHERE k = 2");
      assertEquals("<[2, b] >[2, c]", Told.text(reader));
      sql("UPDATE t SET v = v");
      assertEquals("", Told.text(reader));
      sql("UPDATE t SET other = 'x'");
      assertEquals("", Told.text(reader));
      sql("UPDATE t SET k = 9 WHERE k = 1");
      assertEquals("+[9, a] -[1, a]", Told.text(reader));
      sql(
          "DELETE FROM t WHERE k = 9",
          "INSERT INTO t(k, v) VALUES (0, 'z')",
          "UPDATE t SET v = 'y' WHERE k = 3");
      assertEquals("+[0, z] <[3, null] >[3, y] -[9, a]", Told.text(reader));
      sql("DELETE FROM t");
      assertEquals(3, Told.changes(reader).size());
    }
  }

  @Test
  void writesBetweenTwoLooksAreTheirNetChange() throws Exception {
    try (ChangelogReader reader = reader(SCHEMA)) {
      Told.text(reader);
      sql(
          "UPDATE t SET v = 'x' WHERE k = 1",
          "UPDATE t SET v = 'y' WHERE k = 1",
          "INSERT INTO t(k) VALUES (5)",
          "DELETE FROM t WHERE k = 5",
          "DELETE FROM t WHERE k = 2",
          "INSERT INTO t(k, v) VALUES (2, 'b')");
      assertEquals("<[1, a] >[1, y]", Told.text(reader));
    }
  }

  @Test
  void withoutAKeyTheRowidIdentifiesRows() throws Exception {
    try (ChangelogReader reader = reader(BY_ROWID)) {
      assertEquals("+[1, a] +[2, b]", Told.text(reader));
      sql("UPDATE t SET v = 'c' WHERE k = 2", "UPDATE t SET k = 7 WHERE k = 1");
      assertEquals("<[2, b] >[2, c] +[7, a] -[1, a]", Told.text(reader));
    }
  }

  @Test
  void anErrorOfAValueDoesNotHideTheRow() throws Exception {
    try (ChangelogReader reader = reader(SCHEMA)) {
      Told.text(reader);
      sql("UPDATE t SET v = x'01' WHERE k = 1");
      assertEquals("<[1, a] >[1, null]![v]", Told.text(reader));
      sql("UPDATE t SET v = 'ok' WHERE k = 1");
      assertEquals("<[1, null]![v] >[1, ok]", Told.text(reader));
    }
  }

  @Test
  void duplicatesAreToldOnceAndTakenBack() throws Exception {
    sql(
        "DROP TABLE t",
        "CREATE TABLE t(k INT UNIQUE, v TEXT)",
        "INSERT INTO t VALUES (1, 'a'), (NULL, 'b'), (NULL, 'c'), (2, 'd')");
    try (ChangelogReader reader = reader(NULLS)) {
      List<Change> first = Told.changes(reader);
      assertEquals(
          "[1, a] [null, b] [null, c] {k=another row has the key (k = NULL)} [2, d]",
          String.join(" ", first.stream().map(each -> each.row().toString()).toList()));
      assertEquals(
          List.of(false, false, true, false), first.stream().map(Change::duplicate).toList());
      sql("INSERT INTO t VALUES (3, 'e')");
      assertEquals("+[3, e]", Told.text(reader));
      sql("INSERT INTO t VALUES (NULL, 'c')");
      assertEquals("+[null, c]![k]", Told.text(reader));
      sql("UPDATE t SET k = 7 WHERE v = 'b'");
      assertEquals("+[7, b] <[null, b] >[null, c] -[null, c]![k]", Told.text(reader));
      sql("DELETE FROM t WHERE k IS NULL");
      assertEquals(2, Told.changes(reader).size());
      sql("DELETE FROM t");
      assertEquals(4, Told.changes(reader).size());
    }
  }

  @Test
  void batchesAreBoundedAndKeepUpdatesTogether() throws Exception {
    sql(
        "WITH RECURSIVE n(i) AS (SELECT 3 UNION ALL SELECT i + 1 FROM n WHERE i < 100) INSERT INTO t(k, v) SELECT i, 'x' FROM n");
    ReaderOptions options = PATIENT.maxBatchChanges(7);
    try (ChangelogReader reader = ChangelogReader.open(database, "t", SCHEMA, options)) {
      assertEquals(100, Told.changes(reader).size());
      sql("UPDATE t SET v = 'y'");
      int told = 0;
      ChangeBatch batch = reader.poll();
      while (!batch.isEmpty()) {
        assertTrue(batch.changes().size() <= 7);
        for (int i = 0; i < batch.changes().size(); i += 2) {
          assertEquals(Change.Kind.UPDATE_BEFORE, batch.changes().get(i).kind());
          assertEquals(Change.Kind.UPDATE_AFTER, batch.changes().get(i + 1).kind());
        }
        told += batch.changes().size();
        assertEquals(told == 200, batch.complete());
        batch = reader.poll();
      }
      assertEquals(200, told);
    }
  }

  @Test
  void pollingWaitsForAChange() throws Exception {
    ReaderOptions options = ReaderOptions.defaults().pollInterval(Duration.ofMillis(5));
    try (ChangelogReader reader = ChangelogReader.open(database, "t", SCHEMA, options)) {
      assertEquals(2, reader.poll(Duration.ofSeconds(30)).changes().size());
      assertTrue(reader.poll(Duration.ofMillis(20)).isEmpty());
      sql("DELETE FROM t WHERE k = 1");
      assertEquals(1, reader.poll(Duration.ofSeconds(30)).changes().size());
    }
  }

  @Test
  void aDroppedColumnIsRefusedAndTheStateKept() throws Exception {
    try (ChangelogReader reader = reader(SCHEMA)) {
      Told.text(reader);
      sql("ALTER TABLE t RENAME COLUMN v TO w");
      assertRefused(Kind.MISSING_COLUMN, List.of("v"), reader::poll);
      assertRefused(Kind.MISSING_COLUMN, List.of("v"), reader::poll);
      sql("ALTER TABLE t RENAME COLUMN w TO v", "UPDATE t SET v = 'c' WHERE k = 2");
      assertEquals("<[2, b] >[2, c]", Told.text(reader));
    }
  }

  @Test
  void anotherTypeIsRefusedAndTheStateKept() throws Exception {
    try (ChangelogReader reader = reader(SCHEMA)) {
      Told.text(reader);
      sql("DROP TABLE t", "CREATE TABLE t(k INTEGER PRIMARY KEY, v INTEGER)");
      assertRefused(Kind.SCHEMA_CHANGED, List.of("v"), reader::poll);
      sql("DROP TABLE t", "CREATE TABLE t(k INTEGER PRIMARY KEY)");
      assertRefused(Kind.MISSING_COLUMN, List.of("v"), reader::poll);
      sql("DROP TABLE t", "CREATE TABLE t(k INT, v TEXT)");
      assertRefused(Kind.READER_PRIMARY_KEY_MISMATCH, List.of("k"), reader::poll);
      sql("DROP TABLE t");
      assertRefused(Kind.TABLE_NOT_FOUND, List.of(), reader::poll);
      sql("CREATE TABLE t(k INT PRIMARY KEY, v VARCHAR(9))", "INSERT INTO t VALUES (2, 'b')");
      assertEquals("-[1, a]", Told.text(reader));
    }
  }

  @Test
  void aReplacedTableIsTheNetChange() throws Exception {
    try (ChangelogReader reader = reader(SCHEMA)) {
      Told.text(reader);
      sql(
          "DROP TABLE t",
          "CREATE TABLE t(v TEXT, k INTEGER PRIMARY KEY)",
          "INSERT INTO t VALUES ('b', 2), ('n', 3)");
      assertEquals("+[3, n] -[1, a]", Told.text(reader));
    }
  }

  @Test
  void closingTwiceIsFineAndPollingIsNot() {
    ChangelogReader reader = reader(SCHEMA);
    reader.close();
    reader.close();
    assertRefused(Kind.CLOSED, List.of(), reader::poll);
    assertFalse(reader.stateBytes() < 0);
  }
}
