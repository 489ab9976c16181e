package io.github.s3vfs.changelog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that SQLite has made: what differs is in the ranges that the trees say. */
class TableTreeTest {
  @TempDir Path directory;

  /** A state of the file. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record State(byte[] file, int pageSize, long root, Map<Long, String> rows) {
    byte[] page(long number) {
      int from = (int) (number - 1) * pageSize;
      return Arrays.copyOfRange(file, from, from + pageSize);
    }

    long pages() {
      return file.length / pageSize;
    }
  }

  private State state(Connection connection, int pageSize) throws Exception {
    Map<Long, String> rows = new HashMap<>();
    long root;
    try (Statement statement = connection.createStatement()) {
      try (ResultSet all = statement.executeQuery("SELECT rowid, hex(v) FROM t")) {
        while (all.next()) {
          rows.put(all.getLong(1), all.getString(2));
        }
      }
      try (ResultSet row =
          statement.executeQuery("SELECT rootpage FROM sqlite_schema WHERE name = 't'")) {
        root = row.getLong(1);
      }
    }
    return new State(Files.readAllBytes(directory.resolve("db")), pageSize, root, rows);
  }

  private static long[] changed(State a, State b) {
    return LongStream.rangeClosed(1, Math.max(a.pages(), b.pages()))
        .filter(
            page ->
                page > Math.min(a.pages(), b.pages()) || !Arrays.equals(a.page(page), b.page(page)))
        .toArray();
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 4096})
  void rowsThatDifferAreInTheRanges(int pageSize) throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("-Dseed=" + seed);
    Random random = new Random(seed);
    int steps = Boolean.getBoolean("s3vfs.test.thorough") ? 1_500 : 60;
    int unexplained = 0;
    long covered = 0;
    try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("db"))) {
      Places.run(
          c,
          "PRAGMA page_size = " + pageSize,
          "CREATE TABLE u(v)",
          "CREATE TABLE t(v)",
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)"
              + " INSERT INTO t SELECT zeroblob(40) FROM n");
      State before = state(c, pageSize);
      TableTree tree = TableTree.read(before::page, before.root(), null, new long[0]);
      for (int step = 0; step < steps; step++) {
        change(random, c);
        State after = state(c, pageSize);
        long[] changed = changed(before, after);
        TableTree next = TableTree.read(after::page, after.root(), tree, changed);
        TableTree afresh = TableTree.read(after::page, after.root(), null, new long[0]);
        assertEquals(afresh.leafCount(), next.leafCount());
        assertEquals(List.of(), next.rangesChangedFrom(afresh, new long[0]));
        if (OverflowPages.explains(after::page, pageSize, after.pages(), changed)) {
          List<TableTree.Range> ranges = next.rangesChangedFrom(tree, changed);
          check(before.rows(), after.rows(), ranges);
          covered += ranges.size();
        } else {
          unexplained++;
        }
        before = after;
        tree = next;
      }
    }
    System.out.println(steps + " steps, " + covered + " ranges, " + unexplained + " unexplained");
    assertTrue(unexplained < steps / 2, unexplained + " of " + steps + " are not explained");
  }

  private static void change(Random random, Connection c) throws Exception {
    Places.run(c, "BEGIN");
    for (int n = random.nextInt(4); n >= 0; n--) {
      long id = random.nextInt(4_000);
      int size = random.nextInt(6) == 0 ? 9_000 : random.nextInt(100);
      Places.run(
          c,
          switch (random.nextInt(8)) {
            case 0 -> "DELETE FROM t WHERE rowid BETWEEN " + id + " AND " + (id + size);
            case 1 -> "INSERT INTO u VALUES (randomblob(" + size + "))";
            case 2 -> "DELETE FROM u WHERE rowid % 3 = 0";
            // Of the same length: in place.
            case 3 ->
                "UPDATE t SET v = randomblob(length(v)) WHERE rowid BETWEEN " + id + " AND " + id;
            case 4 ->
                "UPDATE t SET v = CAST(substr(v, 1, length(v) - 1) || 'x' AS BLOB) WHERE rowid = "
                    + "(SELECT rowid FROM t WHERE length(v) > 5000 LIMIT 1)";
            default ->
                "INSERT OR REPLACE INTO t(rowid, v) VALUES (" + id + ", randomblob(" + size + "))";
          });
    }
    Places.run(c, random.nextInt(40) == 0 ? "DELETE FROM t" : "SELECT 1", "COMMIT");
    if (random.nextInt(30) == 0) {
      Places.run(c, "VACUUM");
    }
  }

  private static void check(
      Map<Long, String> before, Map<Long, String> after, List<TableTree.Range> ranges) {
    TreeSet<Long> ids = new TreeSet<>(before.keySet());
    ids.addAll(after.keySet());
    for (long id : ids) {
      if (!String.valueOf(before.get(id)).equals(String.valueOf(after.get(id)))) {
        assertTrue(
            ranges.stream().anyMatch(range -> range.first() <= id && id <= range.last()),
            "row " + id + " is in none of " + ranges);
      }
    }
    for (int i = 1; i < ranges.size(); i++) {
      assertTrue(ranges.get(i - 1).last() + 1 < ranges.get(i).first(), ranges.toString());
    }
  }

  @Test
  void pagesThatAreNoTreeAreRefused() {
    byte[] zeros = new byte[512];
    assertThrows(TableTree.NoTree.class, () -> TableTree.read(page -> zeros, 2, null, new long[0]));
    byte[] circle = new byte[512];
    circle[0] = 5;
    circle[11] = 2; // its last child is itself
    assertThrows(
        TableTree.NoTree.class, () -> TableTree.read(page -> circle, 2, null, new long[0]));
    byte[] outside = circle.clone();
    outside[4] = 1;
    outside[12] = 2;
    assertThrows(
        TableTree.NoTree.class, () -> TableTree.read(page -> outside, 2, null, new long[0]));
  }

  @Test
  void varintsAreReadAsSqliteWritesThem() {
    byte[] nine = new byte[9];
    Arrays.fill(nine, (byte) 0xff);
    assertEquals(-1, SqlitePage.varint(nine, 0));
    assertEquals(9, SqlitePage.varintLength(nine, 0));
    assertEquals(300, SqlitePage.varint(new byte[] {(byte) 0x82, 0x2c}, 0));
    assertEquals(2, SqlitePage.varintLength(new byte[] {(byte) 0x82, 0x2c}, 0));
    assertEquals(0xffff_fffeL, SqlitePage.u32(new byte[] {-1, -1, -1, -2}, 0));
  }
}
