package io.github.s3vfs.changelog;

import static io.github.s3vfs.changelog.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.s3vfs.changelog.ChangelogException.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a reader refuses when it is opened. */
class ReaderChecksTest {
  private static final TableSchema BY_ROWID =
      TableSchema.of(Column.of("a", LogicalType.INT), Column.optional("b", LogicalType.STRING));
  private static final TableSchema BY_KEY =
      TableSchema.of(Column.key("k", LogicalType.INT), Column.key("l", LogicalType.STRING));

  @TempDir Path directory;

  private ChangelogDatabase with(String... statements) throws Exception {
    ChangelogDatabase database = ChangelogDatabase.file(directory.resolve("a db?.sqlite"));
    Places.sql(database, statements);
    return database;
  }

  private static String open(ChangelogDatabase database, TableSchema schema) {
    try (ChangelogReader reader =
        ChangelogReader.open(database, "t", schema, ReaderOptions.defaults())) {
      return Told.text(reader);
    }
  }

  @Test
  void aDirectoryIsRefusedAlsoBehindALink() throws Exception {
    assertRefused(
        Kind.PATH_IS_DIRECTORY, List.of(), () -> ChangelogDatabase.file(directory).toString());
    Path link = Files.createSymbolicLink(directory.resolve("link"), directory);
    assertRefused(Kind.PATH_IS_DIRECTORY, List.of(), () -> ChangelogDatabase.file(link).toString());
    assertRefused(
        Kind.PATH_IS_DIRECTORY,
        List.of(),
        () -> ChangelogDatabase.url("jdbc:sqlite:" + link).toString());
    assertRefused(
        Kind.OPEN_FAILED, List.of(), () -> ChangelogDatabase.url("jdbc:other:x").toString());
  }

  @Test
  void aMissingFileIsRefusedAndNotMade() {
    Path file = directory.resolve("none");
    assertRefused(Kind.OPEN_FAILED, List.of(), () -> open(ChangelogDatabase.file(file), BY_ROWID));
    assertEquals(false, Files.exists(file));
  }

  @Test
  void aFileThatIsNoDatabaseIsRefused() throws Exception {
    Path file = Files.writeString(directory.resolve("text"), "no database at all ".repeat(200));
    assertRefused(
        Kind.NOT_A_DATABASE, List.of(), () -> open(ChangelogDatabase.file(file), BY_ROWID));
  }

  @Test
  void anEmptyFileHasNoTable() throws Exception {
    Path file = Files.createFile(directory.resolve("empty"));
    assertRefused(
        Kind.TABLE_NOT_FOUND, List.of(), () -> open(ChangelogDatabase.file(file), BY_ROWID));
  }

  @Test
  void missingColumnsAreNamed() throws Exception {
    ChangelogDatabase database = with("CREATE TABLE t(B TEXT)");
    assertRefused(Kind.MISSING_COLUMN, List.of("a"), () -> open(database, BY_ROWID));
  }

  @Test
  void generatedColumnsAndOtherCaseAreFound() throws Exception {
    ChangelogDatabase database =
        with(
            "CREATE TABLE T(A INTEGER, b TEXT AS (A || '!') VIRTUAL, c)",
            "INSERT INTO t(a) VALUES (7)");
    assertEquals("+[7, 7!]", open(database, BY_ROWID));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "CREATE TABLE t(k INT, l TEXT, PRIMARY KEY(L, K))",
        "CREATE TABLE t(k INT, l TEXT, UNIQUE(l, k))",
        "CREATE TABLE t(k INT, l TEXT, PRIMARY KEY(k, l)) WITHOUT ROWID",
        "CREATE VIEW t AS SELECT 1 AS k, 'a' AS l"
      })
  void aKeyOrAFullUniqueIndexIdentifiesRows(String create) throws Exception {
    ChangelogDatabase database = with(create);
    assertEquals(create.contains("VIEW") ? "+[1, a]" : "", open(database, BY_KEY));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "CREATE TABLE t(k INT, l TEXT);",
        "CREATE TABLE t(k INT PRIMARY KEY, l TEXT);",
        "CREATE TABLE t(k INT, l TEXT, m, PRIMARY KEY(k, l, m));",
        "CREATE TABLE t(k INT, l TEXT);CREATE UNIQUE INDEX i ON t(k, l) WHERE k > 1",
        "CREATE TABLE t(k INT, l TEXT);CREATE UNIQUE INDEX i ON t(k, lower(l))",
        "CREATE TABLE t(k INT, l TEXT);CREATE UNIQUE INDEX i ON t(k, l, lower(l))",
        "CREATE TABLE t(k INT, l TEXT);CREATE INDEX i ON t(k, l)"
      })
  void otherIndexesDoNot(String create, String index) throws Exception {
    ChangelogDatabase database = with(create, index == null ? "SELECT 1" : index);
    assertRefused(
        Kind.READER_PRIMARY_KEY_MISMATCH, List.of("k", "l"), () -> open(database, BY_KEY));
  }

  @Test
  void withoutAKeyThereMustBeARowid() throws Exception {
    ChangelogDatabase view = with("CREATE VIEW t AS SELECT 1 AS a, 'x' AS b");
    assertRefused(Kind.NO_ROW_IDENTITY, List.of(), () -> open(view, BY_ROWID));
    ChangelogDatabase table =
        with("DROP VIEW t", "CREATE TABLE t(a INT PRIMARY KEY, b TEXT) WITHOUT ROWID");
    assertRefused(Kind.NO_ROW_IDENTITY, List.of(), () -> open(table, BY_ROWID));
  }

  @ParameterizedTest
  @CsvSource({"rowid", "_ROWID_", "Oid"})
  void aColumnThatIsNamedAsTheRowidIsRefused(String name) throws Exception {
    ChangelogDatabase database = with("CREATE TABLE t(a INT, b TEXT, " + name + " TEXT)");
    assertRefused(Kind.ROWID_SHADOWED, List.of(name), () -> open(database, BY_ROWID));
  }

  @Test
  void namesWithQuotesAreNames() throws Exception {
    ChangelogDatabase database =
        with("CREATE TABLE \"o'\"\"dd\"(\"x \"\"y\" INT)", "INSERT INTO \"o'\"\"dd\" VALUES (3)");
    TableSchema schema = TableSchema.of(Column.of("x \"y", LogicalType.INT));
    try (ChangelogReader reader =
        ChangelogReader.open(database, "O'\"DD", schema, ReaderOptions.defaults())) {
      assertEquals("+[3]", Told.text(reader));
    }
  }

  @Test
  void aSchemaNamesAColumnOnce() {
    assertRefused(
        Kind.DUPLICATE_COLUMN,
        List.of("A"),
        () ->
            TableSchema.of(Column.of("a", LogicalType.INT), Column.of("A", LogicalType.INT))
                .names());
    assertRefused(Kind.NO_COLUMNS, List.of(), () -> TableSchema.of().names());
  }
}
