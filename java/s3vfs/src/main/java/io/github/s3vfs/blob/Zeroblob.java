package io.github.s3vfs.blob;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.sqlite.jdbc3.JDBC3PreparedStatement;

/**
 * A BLOB of zeros, which takes no memory: for values that are inserted with the room they need, and
 * then written in parts. SQLite allocates the room in the file when the row is inserted.
 *
 * <pre>{@code
 * PreparedStatement s = connection.prepareStatement("INSERT INTO t(b) VALUES (zeroblob(?))");
 * Zeroblob.of(500_000_000).setOn(s, 1);
 * s.executeUpdate();
 * }</pre>
 *
 * <p>The parameter is a number, and SQL makes the zeros of it: sqlite-jdbc binds parameters anew
 * whenever a statement is executed, and knows numbers, texts and arrays only. A function in Java
 * likewise has a number as its result, and stands as {@code zeroblob(f(x))}.
 *
 * @param length in bytes, not negative
 */
public record Zeroblob(long length) {

  /**
   * @throws IllegalArgumentException if the length is negative
   */
  public Zeroblob {
    if (length < 0) {
      throw new IllegalArgumentException("a length of " + length);
    }
  }

  /**
   * Zeros.
   *
   * @param length in bytes. Executing the statement fails with TOOBIG where that is more than the
   *     connection's limit, which the row as a whole must keep, too: 1,000,000,000 bytes, unless
   *     its URL has another {@code limit_length}, of at most 2^31 - 1
   * @throws IllegalArgumentException if the length is negative
   */
  public static Zeroblob of(long length) {
    return new Zeroblob(length);
  }

  /**
   * Sets a parameter of a statement, which must stand there as {@code zeroblob(?)}, with nothing
   * else in the parentheses: elsewhere SQLite would store the number. {@code setObject} does the
   * same with statements of {@code S3VfsDriver}; sqlite-jdbc's own would store a text.
   *
   * @param statement sqlite-jdbc's, or one that can be unwrapped to that
   * @param parameter from 1
   * @throws SQLException if it stands otherwise in the statement; or that of the statement
   */
  public void setOn(PreparedStatement statement, int parameter) throws SQLException {
    // Its text begins with the SQL.
    String sql = statement.unwrap(JDBC3PreparedStatement.class).toString();
    if (!ZeroblobSql.isLength(sql, parameter)) {
      throw new SQLException(
          "parameter " + parameter + " must stand as zeroblob(?) in SQL for " + this);
    }
    statement.setLong(parameter, length);
  }

  /** As SQL has it: an expression. */
  @Override
  public String toString() {
    return "zeroblob(" + length + ")";
  }
}
