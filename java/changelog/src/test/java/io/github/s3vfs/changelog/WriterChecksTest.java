package io.github.s3vfs.changelog;

import static io.github.s3vfs.changelog.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.s3vfs.changelog.ChangelogException.Kind;
import io.github.s3vfs.changelog.WriterOptions.InitMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a writer refuses when it is opened. */
class WriterChecksTest {
  private static final TableSchema SCHEMA =
      TableSchema.of(Column.of("k", LogicalType.INT), Column.optional("v", LogicalType.STRING));
  private static final WriterOptions LOG = WriterOptions.streamOfChanges();
  private static final WriterOptions BY_KEY = WriterOptions.snapshot("k");

  @TempDir Path directory;

  private ChangelogDatabase with(String... statements) throws Exception {
    ChangelogDatabase database = ChangelogDatabase.file(directory.resolve("db.sqlite"));
    Places.sql(database, statements);
    return database;
  }

  private void refused(Kind kind, List<String> columns, TableSchema schema, WriterOptions options) {
    ChangelogDatabase none = ChangelogDatabase.file(directory.resolve("none"));
    assertRefused(kind, columns, () -> ChangelogWriter.open(none, "t", schema, options).close());
    assertEquals(false, Files.exists(directory.resolve("none")));
  }

  private static void refused(
      Kind kind, List<String> columns, ChangelogDatabase database, WriterOptions options) {
    assertRefused(
        kind, columns, () -> ChangelogWriter.open(database, "t", SCHEMA, options).close());
  }

  @Test
  void whatNeedsNoDatabaseIsRefusedBeforeItIsMade() {
    refused(Kind.PRIMARY_KEY_WITHOUT_SNAPSHOT, List.of("k"), SCHEMA, LOG.key("k"));
    refused(Kind.SNAPSHOT_WITHOUT_PRIMARY_KEY, List.of(), SCHEMA, WriterOptions.snapshot());
    refused(Kind.DUPLICATE_PRIMARY_KEY, List.of("K"), SCHEMA, BY_KEY.key("k", "K"));
    refused(Kind.PRIMARY_KEY_NOT_A_COLUMN, List.of("z"), SCHEMA, BY_KEY.key("k", "z"));
    refused(Kind.NULLABLE_PRIMARY_KEY, List.of("v"), SCHEMA, BY_KEY.key("v"));
    refused(Kind.INVALID_BATCH_SIZE, List.of(), SCHEMA, LOG.maxBatchSize(0));
    refused(
        Kind.RESERVED_COLUMN,
        List.of("Time", "DIFF"),
        TableSchema.of(
            Column.of("Time", LogicalType.INT),
            Column.of("x", LogicalType.INT),
            Column.of("DIFF", LogicalType.INT)),
        LOG);
    refused(
        Kind.UNSUPPORTED_TYPE,
        List.of("a", "l"),
        TableSchema.of(
            Column.of("a", LogicalType.ANY),
            Column.of("l", LogicalType.list(LogicalType.ANY)),
            Column.of("x", LogicalType.INT)),
        LOG);
  }

  @Test
  void columnsNamedTimeAndDiffAreFineInASnapshot() throws Exception {
    TableSchema schema =
        TableSchema.of(Column.key("time", LogicalType.INT), Column.of("diff", LogicalType.INT));
    ChangelogDatabase database = with();
    WriterOptions options = WriterOptions.snapshot().init(InitMode.CREATE);
    try (ChangelogWriter writer = ChangelogWriter.open(database, "t", schema, options)) {
      writer.write(1, List.of(RowEvent.insert(5L, 6L)));
    }
    assertEquals("5|6", Places.rows(database, "SELECT * FROM t"));
  }

  @Test
  void aFileThatIsNoDatabaseIsRefused() throws Exception {
    Path file = Files.writeString(directory.resolve("text"), "no database at all ".repeat(200));
    refused(Kind.NOT_A_DATABASE, List.of(), ChangelogDatabase.file(file), LOG);
  }

  @ParameterizedTest
  @EnumSource(InitMode.class)
  void viewsIndexesAndTriggersAreRefusedInEveryMode(InitMode mode) throws Exception {
    ChangelogDatabase database = with("CREATE TABLE x(k, v)", "CREATE VIEW T AS SELECT * FROM x");
    refused(Kind.DESTINATION_IS_VIEW, List.of(), database, LOG.init(mode));
    Places.sql(database, "DROP VIEW t", "CREATE INDEX t ON x(k)");
    refused(Kind.DESTINATION_IS_NOT_A_TABLE, List.of(), database, LOG.init(mode));
    Places.sql(
        database, "DROP INDEX t", "CREATE TRIGGER t AFTER INSERT ON x BEGIN DELETE FROM x; END");
    refused(Kind.DESTINATION_IS_NOT_A_TABLE, List.of(), database, LOG.init(mode));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "CREATE TABLE t(k INT, v TEXT);",
        "CREATE TABLE t(k INT, v TEXT, PRIMARY KEY(k, v));",
        "CREATE TABLE t(k INT, v TEXT);CREATE UNIQUE INDEX i ON t(k) WHERE k > 1",
        "CREATE TABLE t(k INT, v TEXT);CREATE UNIQUE INDEX i ON t(k, lower(v))",
        "CREATE TABLE t(k INT, v TEXT);CREATE UNIQUE INDEX i ON t(lower(k))"
      })
  void aSnapshotNeedsAConstraintOnItsKey(String create, String index) throws Exception {
    ChangelogDatabase database = with(create, index == null ? "SELECT 1" : index);
    refused(Kind.WRITER_PRIMARY_KEY_MISMATCH, List.of("k"), database, BY_KEY);
    refused(Kind.WRITER_PRIMARY_KEY_MISMATCH, List.of("k"), database, BY_KEY.init(InitMode.CREATE));
    ChangelogWriter.open(database, "t", SCHEMA, BY_KEY.init(InitMode.REPLACE)).close();
    ChangelogWriter.open(database, "t", SCHEMA, BY_KEY).close();
  }

  @Test
  void theTableMustBeThereUnlessItIsCreated() throws Exception {
    ChangelogDatabase database = with();
    refused(Kind.DESTINATION_TABLE_NOT_FOUND, List.of(), database, LOG);
    refused(Kind.DESTINATION_TABLE_NOT_FOUND, List.of(), database, BY_KEY);
    ChangelogWriter.open(database, "t", SCHEMA, LOG.init(InitMode.CREATE)).close();
    assertEquals(
        "CREATE TABLE \"t\"(\"k\" INTEGER NOT NULL, \"v\" TEXT,"
            + " time BIGINT NOT NULL, diff SMALLINT NOT NULL)",
        Places.rows(database, "SELECT sql FROM sqlite_schema"));
  }

  @Test
  void columnsAreChecked() throws Exception {
    refused(
        Kind.DESTINATION_COLUMN_IS_GENERATED,
        List.of("v"),
        with("CREATE TABLE t(k INT PRIMARY KEY, v TEXT AS (k + 1) STORED)"),
        BY_KEY);
    refused(
        Kind.DESTINATION_MISSING_COLUMN,
        List.of("v", "time", "diff"),
        with("DROP TABLE t", "CREATE TABLE t(k INT)"),
        LOG);
    refused(
        Kind.DESTINATION_MISSING_REQUIRED_VALUE,
        List.of("x"),
        with("DROP TABLE t", "CREATE TABLE t(k INT PRIMARY KEY, v TEXT, x INT NOT NULL, y INT)"),
        BY_KEY);
    refused(
        Kind.DESTINATION_COLUMN_REQUIRES_NON_NULL,
        List.of("v"),
        with("DROP TABLE t", "CREATE TABLE t(k INT PRIMARY KEY, v TEXT NOT NULL DEFAULT 'x')"),
        BY_KEY);
  }

  @Test
  void otherColumnsMayHaveADefaultOrBeTheRowid() throws Exception {
    ChangelogDatabase database =
        with(
            "CREATE TABLE t(id INTEGER PRIMARY KEY NOT NULL, K INT UNIQUE, v TEXT,"
                + " x INT NOT NULL DEFAULT 5, y INT NOT NULL AS (k) STORED)");
    try (ChangelogWriter writer = ChangelogWriter.open(database, "T", SCHEMA, BY_KEY)) {
      writer.write(1, List.of(RowEvent.insert(9L, "a")));
    }
    assertEquals("1|9|a|5|9", Places.rows(database, "SELECT * FROM t"));
    refused(
        Kind.DESTINATION_MISSING_REQUIRED_VALUE,
        List.of("id"),
        with(
            "DROP TABLE t",
            "CREATE TABLE t(id INTEGER NOT NULL, k INT UNIQUE, v TEXT, PRIMARY KEY(id)) WITHOUT"
                + " ROWID"),
        BY_KEY);
  }

  @Test
  void aDefaultOfNullFillsNoColumnThatIsNotNull() throws Exception {
    for (String none : List.of("NULL", "(null)", "( NULL )")) {
      refused(
          Kind.DESTINATION_MISSING_REQUIRED_VALUE,
          List.of("x"),
          with(
              "DROP TABLE IF EXISTS t",
              "CREATE TABLE t(k INT PRIMARY KEY, v TEXT, x INT NOT NULL DEFAULT " + none + ")"),
          BY_KEY);
    }
  }

  /** It would be a number of SQLite's own. */
  @Test
  void nullHasNoPlaceInTheRowid() throws Exception {
    TableSchema schema =
        TableSchema.of(Column.key("u", LogicalType.STRING), Column.optional("id", LogicalType.INT));
    ChangelogDatabase database =
        with("CREATE TABLE t(id INTEGER PRIMARY KEY, u TEXT NOT NULL UNIQUE)");
    assertRefused(
        Kind.DESTINATION_COLUMN_REQUIRES_NON_NULL,
        List.of("id"),
        () -> ChangelogWriter.open(database, "t", schema, WriterOptions.snapshot()).close());
  }

  @Test
  void aFailedReplacementLeavesTheTable() throws Exception {
    ChangelogDatabase database =
        with("CREATE TABLE t(k INT PRIMARY KEY, v TEXT)", "INSERT INTO t VALUES (1, 'a')");
    WriterOptions brief = BY_KEY.init(InitMode.REPLACE).busyTimeout(Duration.ofMillis(1));
    try (Connection other = database.connect()) {
      Places.run(other, "BEGIN IMMEDIATE");
      refused(Kind.BUSY, List.of(), database, brief);
    }
    assertEquals("1|a", Places.rows(database, "SELECT * FROM t"));
  }

  @Test
  void aDatabaseThatWasDeletedIsNotWrittenToAnyMore() throws Exception {
    ChangelogDatabase database = with("CREATE TABLE t(k INT PRIMARY KEY, v TEXT)");
    try (ChangelogWriter writer = ChangelogWriter.open(database, "t", SCHEMA, BY_KEY)) {
      writer.write(1, List.of(RowEvent.insert(1L, "a")));
      Files.delete(directory.resolve("db.sqlite"));
      assertRefused(
          Kind.DATABASE_GONE, List.of(), () -> writer.write(2, List.of(RowEvent.insert(2L, "b"))));
    }
    WriterOptions create = BY_KEY.init(InitMode.CREATE);
    try (ChangelogWriter writer = ChangelogWriter.open(database, "t", SCHEMA, create)) {
      writer.write(2, List.of(RowEvent.insert(2L, "b")));
    }
    assertEquals("2|b", Places.rows(database, "SELECT * FROM t"));
  }

  @Test
  void aMissingOrEmptyFileBecomesADatabase() throws Exception {
    Path empty = Files.createFile(directory.resolve("empty"));
    for (Path file : List.of(empty, directory.resolve("missing"))) {
      ChangelogDatabase database = ChangelogDatabase.file(file);
      WriterOptions options = BY_KEY.init(InitMode.CREATE);
      try (ChangelogWriter writer = ChangelogWriter.open(database, "t", SCHEMA, options)) {
        writer.write(1, List.of(RowEvent.insert(1L, null)));
      }
      assertEquals("1|NULL", Places.rows(database, "SELECT * FROM t"));
    }
  }
}
