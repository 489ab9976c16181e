package io.github.s3vfs.benchmark;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;

/** What {@link WarmScenario} reads: a table of rows as applications have them, and an index. */
final class WarmTable {
  static final int ROWS = 200_000;
  static final int PAGE_SIZE = 4096;

  /** Column k is uniform below that. */
  static final int KEYS = 1_000_000;

  /** So wide is a range of k that has about 300 rows. */
  static final int RANGE = 300 * (KEYS / ROWS);

  static final String POINT = "SELECT k, name, balance FROM item WHERE id = ?";

  /** Reads every page of the table, but none of the index. */
  static final String SCAN =
      "SELECT count(*), sum(id), sum(k), sum(length(name)), sum(length(mail)), sum(length(since)),"
          + " sum(balance), sum(length(note)) FROM item NOT INDEXED";

  static final String INDEX_SCAN = "SELECT count(k) FROM item INDEXED BY item_k WHERE k >= 0";

  /** Looks every row of the range up in the table. */
  static final String RANGES =
      "SELECT count(*), sum(id), sum(length(note)) FROM item INDEXED BY item_k"
          + " WHERE k BETWEEN ? AND ?";

  private WarmTable() {}

  /** Makes the table, in a database that is empty. */
  static void fill(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA page_size = " + PAGE_SIZE);
      statement.execute(
          "CREATE TABLE item(id INTEGER PRIMARY KEY, k INT, name TEXT, mail TEXT, since TEXT,"
              + " balance REAL, note TEXT)");
      connection.setAutoCommit(false);
      insert(connection, new Random(11));
      statement.execute("CREATE INDEX item_k ON item(k)");
      connection.commit();
    }
  }

  private static void insert(Connection connection, Random random) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO item VALUES (?, ?, ?, ?, ?, ?, ?)")) {
      for (int row = 1; row <= ROWS; row++) {
        String name = TextRows.words(random, 2);
        insert.setInt(1, row);
        insert.setInt(2, random.nextInt(KEYS));
        insert.setString(3, name);
        insert.setString(4, name.replace(' ', '.') + random.nextInt(10_000) + "@example.com");
        insert.setString(
            5, "20%02d-%02d-%02d".formatted(random.nextInt(26), 1 + random.nextInt(12), 5));
        insert.setDouble(6, random.nextInt(1_000_000) / 100.0);
        insert.setString(7, TextRows.words(random, 30 + random.nextInt(30)));
        insert.executeUpdate();
      }
    }
  }
}
