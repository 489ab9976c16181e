package io.github.s3vfs.benchmark;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;
import java.util.SplittableRandom;

/**
 * A table of rows as applications have them: a key, numbers, text, a time, and a token that cannot
 * be compressed; with an index. The same at every run.
 */
final class ItemTable {
  static final int PAGE_SIZE = 4096;

  /** How many rows take a MiB, with the index. */
  private static final int ROWS_PER_MIB = 2_350;

  static final String POINT = "SELECT name, balance, note FROM item WHERE id = ?";
  static final String BY_INDEX =
      "SELECT name, balance, note FROM item INDEXED BY item_k WHERE k = ?";

  /** Reads every page of the table, but none of the index. */
  static final String SCAN =
      "SELECT count(*), sum(id), sum(balance), sum(length(note)) FROM item NOT INDEXED";

  static final String INSERT = "INSERT INTO item VALUES (?, ?, ?, ?, ?, ?, ?, ?)";

  private ItemTable() {}

  /** How many rows a database of that size has. */
  static int rows(int mebibytes) {
    return mebibytes * ROWS_PER_MIB;
  }

  /** The one value of the index's column that the row has. */
  static int k(int id) {
    // Odd, so that it goes through all residues and no two rows have the same.
    return id * 0x9E3779B1;
  }

  /** Makes the table, in a database that is empty; the rows go in by their keys, or at random. */
  static void fill(Connection connection, int rows, boolean atRandom) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA page_size = " + PAGE_SIZE);
      statement.execute("PRAGMA synchronous = OFF");
      statement.execute("PRAGMA journal_mode = OFF");
      statement.execute("PRAGMA cache_size = -400000");
      create(statement);
      connection.setAutoCommit(false);
      insert(connection, 1, rows, atRandom);
      statement.execute("CREATE UNIQUE INDEX item_k ON item(k)");
      connection.commit();
    }
    connection.setAutoCommit(true);
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode = DELETE");
    }
  }

  static void create(Statement statement) throws SQLException {
    statement.execute(
        "CREATE TABLE item(id INTEGER PRIMARY KEY, k INT, name TEXT, mail TEXT, since TEXT,"
            + " balance REAL, token TEXT, note TEXT)");
  }

  /** Inserts rows of successive keys, in this order or in a random one. */
  static void insert(Connection connection, int first, int rows, boolean atRandom)
      throws SQLException {
    int[] ids = new int[rows];
    SplittableRandom order = new SplittableRandom(5);
    for (int i = 0; i < rows; i++) {
      int at = atRandom ? order.nextInt(i + 1) : i;
      ids[i] = ids[at];
      ids[at] = first + i;
    }
    try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
      for (int id : ids) {
        bind(insert, id);
        insert.executeUpdate();
      }
    }
  }

  /** The values of a row. */
  static void bind(PreparedStatement insert, int id) throws SQLException {
    Random random = new Random(id);
    String name = TextRows.words(random, 2);
    insert.setInt(1, id);
    insert.setInt(2, k(id));
    insert.setString(3, name);
    insert.setString(4, name.replace(' ', '.') + random.nextInt(10_000) + "@example.com");
    insert.setString(5, since(random));
    insert.setDouble(6, random.nextInt(1_000_000) / 100.0);
    insert.setString(7, Long.toHexString(random.nextLong()) + Long.toHexString(random.nextLong()));
    insert.setString(8, TextRows.words(random, 30 + random.nextInt(30)));
  }

  private static String since(Random random) {
    return "20"
        + (10 + random.nextInt(16))
        + "-"
        + (10 + random.nextInt(3))
        + "-"
        + (10 + random.nextInt(19))
        + "T"
        + (10 + random.nextInt(14))
        + ":"
        + (10 + random.nextInt(50))
        + ":00Z";
  }
}
