package io.github.s3vfs.benchmark;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;

/**
 * Customers, their orders, and the lines of these, five for each order: a million. The same at
 * every run.
 */
final class OrderTables {
  static final int CUSTOMERS = 50_000;
  static final int ORDERS = 200_000;
  static final int LINES_PER_ORDER = 5;

  /** Finds the order by an index, its customer by the key, and its five lines by an index. */
  static final String JOIN =
      "SELECT c.name, o.placed, l.sku, l.quantity FROM orders o"
          + " JOIN customer c ON c.id = o.customer JOIN line l ON l.orders = o.id"
          + " WHERE o.number = ?";

  private OrderTables() {}

  /** What the index on orders knows an order by. */
  static String number(int order) {
    return "A" + Integer.toHexString(order * 0x9E3779B1);
  }

  /** Makes the tables, in a database that is empty. */
  static void fill(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA page_size = " + ItemTable.PAGE_SIZE);
      statement.execute("PRAGMA synchronous = OFF");
      statement.execute("PRAGMA journal_mode = OFF");
      statement.execute("CREATE TABLE customer(id INTEGER PRIMARY KEY, name TEXT, mail TEXT)");
      statement.execute(
          "CREATE TABLE orders(id INTEGER PRIMARY KEY, number TEXT, customer INT, placed TEXT)");
      statement.execute(
          "CREATE TABLE line(id INTEGER PRIMARY KEY, orders INT, sku TEXT, quantity INT)");
      connection.setAutoCommit(false);
      insert(connection, new Random(13));
      statement.execute("CREATE UNIQUE INDEX orders_number ON orders(number)");
      statement.execute("CREATE INDEX line_orders ON line(orders)");
      connection.commit();
    }
    connection.setAutoCommit(true);
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode = DELETE");
    }
  }

  private static void insert(Connection connection, Random random) throws SQLException {
    try (PreparedStatement customer =
            connection.prepareStatement("INSERT INTO customer VALUES (?, ?, ?)");
        PreparedStatement order =
            connection.prepareStatement("INSERT INTO orders VALUES (?, ?, ?, ?)");
        PreparedStatement line =
            connection.prepareStatement("INSERT INTO line VALUES (?, ?, ?, ?)")) {
      for (int id = 1; id <= CUSTOMERS; id++) {
        String name = TextRows.words(random, 2);
        customer.setInt(1, id);
        customer.setString(2, name);
        customer.setString(3, name.replace(' ', '.') + id + "@example.com");
        customer.executeUpdate();
      }
      for (int id = 1; id <= ORDERS; id++) {
        order.setInt(1, id);
        order.setString(2, number(id));
        order.setInt(3, 1 + random.nextInt(CUSTOMERS));
        order.setString(4, "2025-" + (10 + id % 3) + "-" + (10 + id % 19));
        order.executeUpdate();
        for (int i = 1; i <= LINES_PER_ORDER; i++) {
          line.setInt(1, (id - 1) * LINES_PER_ORDER + i);
          line.setInt(2, id);
          line.setString(3, "sku-" + Integer.toHexString(random.nextInt()));
          line.setInt(4, 1 + random.nextInt(9));
          line.executeUpdate();
        }
      }
    }
  }
}
