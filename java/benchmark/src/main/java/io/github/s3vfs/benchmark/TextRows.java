package io.github.s3vfs.benchmark;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;

/** Rows as applications have them: names, addresses, dates, a sentence. The same at every run. */
final class TextRows {
  private static final String[] WORDS =
      ("the of and to in is was for on that with as it by at from his an were are which this be or"
              + " had not also has their one but first new they have after who its two other been"
              + " time during when only some year city into more years most school made between"
              + " under world government system number part several university company early state"
              + " order invoice delivery customer account payment shipped pending returned")
          .split(" ", -1);

  private TextRows() {}

  /** Makes a table with an index, in one transaction. */
  static void fill(Connection connection, int rows) throws SQLException {
    Random random = new Random(7);
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE customer(id INTEGER PRIMARY KEY, name TEXT, mail TEXT, since TEXT,"
              + " balance REAL, note TEXT)");
      statement.execute("CREATE INDEX customer_mail ON customer(mail)");
    }
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO customer VALUES (?, ?, ?, ?, ?, ?)")) {
      for (int row = 1; row <= rows; row++) {
        String name = words(random, 2);
        insert.setInt(1, row);
        insert.setString(2, name);
        insert.setString(3, name.replace(' ', '.') + random.nextInt(10_000) + "@example.com");
        insert.setString(
            4, "20%02d-%02d-%02d".formatted(random.nextInt(26), 1 + random.nextInt(12), 5));
        insert.setDouble(5, random.nextInt(1_000_000) / 100.0);
        insert.setString(6, words(random, 10 + random.nextInt(20)));
        insert.executeUpdate();
      }
    }
    connection.commit();
  }

  /** Some words, with a space between them. */
  static String words(Random random, int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(i == 0 ? "" : " ").append(WORDS[random.nextInt(WORDS.length)]);
    }
    return text.toString();
  }
}
