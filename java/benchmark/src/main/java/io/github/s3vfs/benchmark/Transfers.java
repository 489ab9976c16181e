package io.github.s3vfs.benchmark;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.SplittableRandom;

/**
 * Main class of the demo's second process: moves money between accounts, a transaction for each
 * transfer, until its standard input ends; then says how many it has committed.
 */
public final class Transfers {
  static final int ACCOUNTS = 10_000;
  static final long TOTAL = 1_000_000;

  private static final int MOST = 50;

  private final Connection connection;
  private final SplittableRandom random = new SplittableRandom();

  private Transfers(Connection connection) {
    this.connection = connection;
  }

  /** Argument: a JDBC URL of a database that {@link #create} has made. Prints the commits. */
  public static void main(String[] args) throws SQLException {
    Thread input = new Thread(Transfers::awaitEndOfInput, "input");
    input.setDaemon(true);
    input.start();
    int commits = 0;
    try (Connection connection = DriverManager.getConnection(args[0])) {
      connection.setAutoCommit(false);
      Transfers transfers = new Transfers(connection);
      while (input.isAlive()) {
        transfers.commitOne();
        commits++;
      }
    }
    System.out.println(commits);
  }

  /** Whoever has started this process closes its input to end it, or has died. */
  private static void awaitEndOfInput() {
    try {
      System.in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The accounts, with the same balance each, and no transfers. */
  static void create(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE account(id INTEGER PRIMARY KEY, owner TEXT, balance INTEGER)");
      statement.execute("CREATE TABLE transfer(payer INTEGER, payee INTEGER, amount INTEGER)");
      statement.execute(
          "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < "
              + ACCOUNTS
              + ") INSERT INTO account SELECT i, 'owner ' || i, "
              + TOTAL / ACCOUNTS
              + " FROM n");
    }
  }

  private void commitOne() throws SQLException {
    int payer = 1 + random.nextInt(ACCOUNTS);
    int payee = 1 + random.nextInt(ACCOUNTS);
    int amount = 1 + random.nextInt(MOST);
    change("UPDATE account SET balance = balance - ? WHERE id = ?", amount, payer);
    change("UPDATE account SET balance = balance + ? WHERE id = ?", amount, payee);
    change("INSERT INTO transfer VALUES (?, ?, ?)", payer, payee, amount);
    connection.commit();
  }

  private void change(String sql, int... values) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setInt(i + 1, values[i]);
      }
      statement.executeUpdate();
    }
  }
}
