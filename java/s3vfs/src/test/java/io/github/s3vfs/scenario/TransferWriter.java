package io.github.s3vfs.scenario;

import io.github.s3vfs.S3Vfs;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;

/**
 * A process that moves money between accounts, and counts the transfers. It begins when it gets a
 * line.
 */
public final class TransferWriter {
  static final String KEY = "bank";
  static final int ACCOUNTS = 100;
  static final int BALANCE = 1000;

  private TransferWriter() {}

  /** Arguments: those of a {@link Participant}, transfers, and a seed. */
  public static void main(String[] args) throws Exception {
    Participant self = Participant.of(args);
    List<String> rest = Participant.rest(args);
    Random random = new Random(Long.parseLong(rest.get(1)));
    try (S3Vfs vfs = self.register();
        Connection c = DriverManager.getConnection(Bucket.url(vfs, KEY, "busy_timeout=300000"))) {
      Sql.execute(c, "PRAGMA cache_size = 4");
      int unused = System.in.read();
      for (int done = 0; done < Integer.parseInt(rest.get(0)); done++) {
        int from = 1 + random.nextInt(ACCOUNTS);
        int to = 1 + random.nextInt(ACCOUNTS);
        int amount = random.nextInt(BALANCE);
        self.write(
            c,
            connection ->
                Sql.execute(
                    connection,
                    "UPDATE account SET balance = balance - " + amount + " WHERE id = " + from,
                    "UPDATE account SET balance = balance + " + amount + " WHERE id = " + to,
                    "UPDATE transfers SET n = n + 1",
                    "COMMIT"));
      }
    }
  }

  /** Makes the accounts. */
  static void create(Connection c) throws SQLException {
    Sql.execute(
        c,
        "PRAGMA page_size = 1024",
        "BEGIN",
        "CREATE TABLE transfers(n INT)",
        "INSERT INTO transfers VALUES (0)",
        "CREATE TABLE account(id INTEGER PRIMARY KEY, balance INT, owner TEXT)",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
            + ACCOUNTS
            + ") INSERT INTO account SELECT i, "
            + BALANCE
            + ", hex(randomblob(120)) FROM n",
        "COMMIT");
  }

  /**
   * How many transfers there were in what one transaction reads.
   *
   * @throws IllegalStateException if it is not one state between two transfers
   */
  static long transfers(Connection c) throws SQLException {
    String before = Sql.value(c, "SELECT n FROM transfers");
    String accounts = Sql.rows(c, "SELECT count(*), sum(balance) FROM account") + "";
    String after = Sql.value(c, "SELECT n FROM transfers");
    String expected = "[[" + ACCOUNTS + ", " + ACCOUNTS * BALANCE + "]]";
    if (!before.equals(after) || !accounts.equals(expected)) {
      throw new IllegalStateException("after " + before + ": " + accounts + ", then " + after);
    }
    return Long.parseLong(before);
  }
}
