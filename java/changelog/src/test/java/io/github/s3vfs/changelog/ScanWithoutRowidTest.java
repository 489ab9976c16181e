package io.github.s3vfs.changelog;

import static io.github.s3vfs.changelog.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.s3vfs.changelog.ChangelogException.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Scans that go on where there are no rowids, while others write. */
class ScanWithoutRowidTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final TableSchema SCHEMA = TableSchema.of(Column.key("v", LogicalType.INT));

  @TempDir Path directory;

  private ChangelogDatabase database(String table, String... more) throws Exception {
    ChangelogDatabase database = ChangelogDatabase.file(directory.resolve("db"));
    Places.sql(database, table);
    Places.sql(database, more);
    return database;
  }

  private static TableScan open(
      ChangelogDatabase database, String table, TableRange range, List<Object> key) {
    return TableScan.open(database, table, SCHEMA, range, key, TIMEOUT);
  }

  /** Scans of one row each; others write as soon as the first three are told. */
  private static List<Object> oneByOne(ChangelogDatabase database, String... others)
      throws Exception {
    List<Object> values = new ArrayList<>();
    TableRange rest = TableScan.ranges(database, "t", SCHEMA, 1, TIMEOUT).get(0);
    List<Object> key = List.of();
    while (!rest.isEmpty()) {
      try (TableScan scan = open(database, "t", rest, key)) {
        scan.next(1).forEach(each -> values.add(each.row().get("v")));
        rest = scan.rest();
        key = scan.lastKey();
      }
      if (values.size() == 3) {
        Places.sql(database, others);
      }
    }
    return values;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "v INT, k TEXT, PRIMARY KEY(v)",
        "v INT UNIQUE, k TEXT, PRIMARY KEY(k)",
        "v INT UNIQUE, k TEXT COLLATE NOCASE, PRIMARY KEY(k)",
        "v INT UNIQUE, k TEXT, PRIMARY KEY(k COLLATE NOCASE)",
        "v INT UNIQUE, \"a \"\"key\" REAL DEFAULT 0.5, k TEXT, PRIMARY KEY(\"a \"\"key\", k, v)",
        "v INT UNIQUE, k TEXT, b BLOB DEFAULT x'00ff', PRIMARY KEY(b, k)",
      })
  void goesOnBehindTheKeyWhateverIsWritten(String columns) throws Exception {
    String fill =
        "INSERT INTO t(v, k) VALUES (1, 'a'), (2, 'B'), (3, 'c'), (4, 'D'), (5, 'e'), (6, 'F')";
    ChangelogDatabase database = database("CREATE TABLE t(" + columns + ") WITHOUT ROWID", fill);
    boolean binary =
        columns.endsWith("TEXT, PRIMARY KEY(k)")
            || columns.contains("(b, k)")
            || columns.contains(", k, v)");
    List<Object> all = binary ? List.of(2L, 4L, 6L, 1L, 3L, 5L) : List.of(1L, 2L, 3L, 4L, 5L, 6L);
    String first = all.get(0) + ", " + all.get(1);
    assertEquals(all, oneByOne(database, "DELETE FROM t WHERE v IN (" + first + ")"), "deleted");
    Places.sql(database, "DELETE FROM t", fill);
    assertEquals(
        all,
        oneByOne(database, "INSERT INTO t(v, k) VALUES (0, '0'), (-1, ' ') ON CONFLICT DO NOTHING"),
        "more");
  }

  @Test
  void aKeyMayDescend() throws Exception {
    ChangelogDatabase database =
        database(
            "CREATE TABLE t(v INT UNIQUE, k INT, l INT, PRIMARY KEY(k DESC, l)) WITHOUT ROWID",
            "INSERT INTO t(v, k, l) VALUES (1, 1, 1), (2, 1, 2), (3, 2, 1), (4, 2, 2), (5, 3, 0)");
    assertEquals(
        List.of(1L, 2L, 3L, 4L, 5L), oneByOne(database, "DELETE FROM t WHERE v IN (1, 2)"));
  }

  @Test
  void whatHasNoKeyCannotGoOn() throws Exception {
    ChangelogDatabase database =
        database(
            "CREATE TABLE u(v INTEGER PRIMARY KEY)",
            "INSERT INTO u VALUES (1), (2), (3)",
            "CREATE VIEW t AS SELECT v FROM u",
            "CREATE TABLE w(v INTEGER PRIMARY KEY) WITHOUT ROWID");
    TableRange whole = TableScan.ranges(database, "t", SCHEMA, 1, TIMEOUT).get(0);
    TableRange rest;
    try (TableScan scan = open(database, "t", whole, List.of())) {
      assertEquals(2, scan.next(2).size());
      assertEquals(List.of(), scan.lastKey());
      rest = scan.rest();
    }
    assertRefused(
        Kind.NO_ROW_IDENTITY, List.of(), () -> open(database, "t", rest, List.of()).close());
    assertRefused(
        Kind.NO_ROW_IDENTITY, List.of(), () -> open(database, "w", rest, List.of()).close());
    assertRefused(
        Kind.SCHEMA_CHANGED, List.of(), () -> open(database, "w", rest, List.of(1L, 2L)).close());
    assertRefused(
        Kind.SCHEMA_CHANGED, List.of(), () -> open(database, "u", rest, List.of(1L)).close());
  }
}
