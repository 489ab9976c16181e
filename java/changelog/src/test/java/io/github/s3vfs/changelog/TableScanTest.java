package io.github.s3vfs.changelog;

import static io.github.s3vfs.changelog.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.changelog.ChangelogException.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Scans of parts of a table. */
class TableScanTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final TableSchema SCHEMA =
      TableSchema.of(Column.key("k", LogicalType.STRING), Column.optional("v", LogicalType.INT));
  private static final String FILL =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)"
          + " INSERT INTO t(k, v) SELECT 'k' || i, i FROM n";

  @TempDir Path directory;

  private static void fill(ChangelogDatabase database, String table) throws Exception {
    Places.sql(database, table, FILL);
  }

  private static List<Object> values(ChangelogDatabase database, TableRange range) {
    List<Object> values = new ArrayList<>();
    try (TableScan scan = TableScan.open(database, "t", SCHEMA, range, TIMEOUT)) {
      List<Change> changes = scan.next(7);
      while (!changes.isEmpty()) {
        changes.forEach(each -> values.add(String.valueOf(each.row().get("v"))));
        changes = scan.next(7);
      }
      assertTrue(scan.rest().isEmpty());
    }
    return values;
  }

  private static List<Object> numbers() {
    List<Object> numbers = new ArrayList<>();
    for (int i = 1; i <= 1000; i++) {
      numbers.add(String.valueOf(i));
    }
    return numbers;
  }

  @Test
  void rangesAreOfOneVersion() throws Exception {
    try (Places places = Places.open(Places.Place.SNAPSHOT, directory)) {
      ChangelogDatabase database = places.database("db");
      fill(database, "CREATE TABLE t(k TEXT PRIMARY KEY, v INT)");
      List<TableRange> ranges = TableScan.ranges(database, "t", SCHEMA, 4, TIMEOUT);
      assertEquals(4, ranges.size());
      Places.sql(database, "UPDATE t SET v = -v WHERE v % 2 = 0", "DELETE FROM t WHERE v > 500");
      List<Object> all = new ArrayList<>();
      for (TableRange each : ranges) {
        List<Object> part = values(database, each);
        assertEquals(250, part.size());
        all.addAll(part);
      }
      assertEquals(numbers(), all);
    }
  }

  @ParameterizedTest
  @EnumSource(Places.Place.class)
  void goesOnWhereAnotherOneHasStopped(Places.Place place) throws Exception {
    try (Places places = Places.open(place, directory)) {
      ChangelogDatabase database = places.database("db");
      for (String table :
          List.of(
              "CREATE TABLE t(k TEXT PRIMARY KEY, v INT)",
              "CREATE TABLE t(v INTEGER PRIMARY KEY, k TEXT UNIQUE, rowid TEXT)",
              "CREATE TABLE t(k TEXT, v INT, PRIMARY KEY(k)) WITHOUT ROWID")) {
        Places.sql(database, "DROP TABLE IF EXISTS t");
        fill(database, table);
        List<TableRange> ranges = TableScan.ranges(database, "t", SCHEMA, 1, TIMEOUT);
        TableRange rest = ranges.get(0);
        assertEquals(1, ranges.size());
        List<Object> values = new ArrayList<>();
        List<Object> key = List.of();
        while (!rest.isEmpty()) {
          try (TableScan scan = TableScan.open(database, "t", SCHEMA, rest, key, TIMEOUT)) {
            scan.next(300).forEach(each -> values.add(String.valueOf(each.row().get("v"))));
            rest = scan.rest();
            key = scan.lastKey();
          }
        }
        if (table.contains("WITHOUT")) {
          values.sort((a, b) -> Integer.parseInt((String) a) - Integer.parseInt((String) b));
        }
        assertEquals(numbers(), values, table);
      }
    }
  }

  @Test
  void withoutVersionsOrRowidsThereIsOneRange() throws Exception {
    try (Places places = Places.open(Places.Place.LOCAL, directory)) {
      fill(places.database("db"), "CREATE TABLE t(k TEXT PRIMARY KEY, v INT)");
      assertEquals(
          List.of(TableRange.whole(0)),
          TableScan.ranges(places.database("db"), "t", SCHEMA, 9, TIMEOUT));
    }
    try (Places places = Places.open(Places.Place.SNAPSHOT, directory)) {
      ChangelogDatabase database = places.database("db");
      fill(database, "CREATE TABLE t(k TEXT PRIMARY KEY, v INT) WITHOUT ROWID");
      assertEquals(1, TableScan.ranges(database, "t", SCHEMA, 9, TIMEOUT).size());
      Places.sql(database, "DELETE FROM t");
      assertEquals(
          List.of(), values(database, TableScan.ranges(database, "t", SCHEMA, 9, TIMEOUT).get(0)));
    }
  }

  @Test
  void whatIsNotThereIsRefused() throws Exception {
    try (Places places = Places.open(Places.Place.SNAPSHOT, directory)) {
      ChangelogDatabase database = places.database("db");
      fill(database, "CREATE TABLE t(k TEXT PRIMARY KEY, v TEXT)");
      assertRefused(
          Kind.TABLE_NOT_FOUND,
          List.of(),
          () -> TableScan.ranges(database, "u", SCHEMA, 1, TIMEOUT));
      TableSchema other = TableSchema.of(Column.of("w", LogicalType.INT));
      assertRefused(
          Kind.MISSING_COLUMN,
          List.of("w"),
          () -> TableScan.open(database, "t", other, TableRange.whole(0), TIMEOUT).close());
      assertRefused(
          Kind.OPEN_FAILED,
          List.of(),
          () -> TableScan.open(database, "t", SCHEMA, TableRange.whole(99), TIMEOUT).close());
      try (TableScan scan = TableScan.open(database, "t", SCHEMA, TableRange.whole(0), TIMEOUT)) {
        assertEquals(
            "cannot create a field \"v\" with type INT from value '1'",
            scan.next(1).get(0).row().errors().get("v"));
      }
    }
  }

  @Test
  void rangesCoverEachNumberOnce() {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("-Dseed=" + seed);
    Random random = new Random(seed);
    for (int i = 0; i < 10_000; i++) {
      long a = random.nextLong() >> random.nextInt(64);
      long b = i % 9 == 0 ? a : random.nextLong() >> random.nextInt(64);
      long first = i == 0 ? Long.MIN_VALUE : Math.min(a, b);
      long last = i == 0 ? Long.MAX_VALUE : Math.max(a, b);
      int most = 1 + random.nextInt(100);
      List<TableRange> ranges = TableScan.ranges(5, first, last, most);
      assertTrue(ranges.size() <= most, ranges.size() + " of " + most);
      assertEquals(first, ranges.get(0).first());
      assertEquals(last, ranges.get(ranges.size() - 1).last());
      for (int at = 0; at < ranges.size(); at++) {
        assertTrue(!ranges.get(at).isEmpty());
        assertTrue(at == 0 || ranges.get(at - 1).last() + 1 == ranges.get(at).first());
      }
    }
  }
}
