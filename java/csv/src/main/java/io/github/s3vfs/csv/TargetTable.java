package io.github.s3vfs.csv;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A table that is imported into.
 *
 * @param name quoted, with its schema if that was given
 * @param columns those that can be written, in their order
 * @param isView whether it is a view, which triggers insert for
 */
record TargetTable(String name, List<Column> columns, boolean isView) {

  /**
   * A column.
   *
   * @param name as it was declared
   * @param type of its fields
   */
  record Column(String name, CsvType type) {}

  private static final int ORDINARY = 0; // and 1 for hidden ones, 2 and 3 for generated ones

  /** Reads its columns; null if there is no such table. */
  static @Nullable TargetTable find(Connection connection, @Nullable String schema, String table)
      throws SQLException {
    List<Column> columns = new ArrayList<>();
    String sql =
        "SELECT name, type, hidden FROM pragma_table_xinfo(?" + (schema == null ? ")" : ", ?)");
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, table);
      if (schema != null) {
        statement.setString(2, schema);
      }
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          if (rows.getInt(3) == ORDINARY) {
            columns.add(new Column(rows.getString(1), CsvType.ofDeclared(rows.getString(2))));
          }
        }
      }
    }
    return columns.isEmpty()
        ? null
        : new TargetTable(quoted(schema, table), columns, isView(connection, schema, table));
  }

  /** Without a schema, temporary ones go first, and then those of the main database. */
  private static boolean isView(Connection connection, @Nullable String schema, String table)
      throws SQLException {
    String sql =
        "SELECT type FROM pragma_table_list(?)"
            + (schema == null
                ? " ORDER BY schema <> 'temp', schema <> 'main'"
                : " WHERE schema = ? COLLATE NOCASE");
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, table);
      if (schema != null) {
        statement.setString(2, schema);
      }
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next() && "view".equals(rows.getString(1));
      }
    }
  }

  /** Creates it. */
  static TargetTable create(
      Connection connection, @Nullable String schema, String table, List<Column> columns)
      throws SQLException {
    List<String> declarations = new ArrayList<>();
    for (Column column : columns) {
      declarations.add(
          (SqlName.quoted(column.name) + " " + column.type.declaration()).stripTrailing());
    }
    String name = quoted(schema, table);
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate(
          "CREATE TABLE " + name + " (" + String.join(", ", declarations) + ")");
    }
    return new TargetTable(name, columns, false);
  }

  static String quoted(@Nullable String schema, String table) {
    return (schema == null ? "" : SqlName.quoted(schema) + ".") + SqlName.quoted(table);
  }

  /** The column of that name, or null. */
  @Nullable Column find(String column) {
    String folded = SqlName.folded(column);
    for (Column one : columns) {
      if (SqlName.folded(one.name).equals(folded)) {
        return one;
      }
    }
    return null;
  }

  /** The statement that inserts values of these columns. */
  String insertSql(Conflict conflict, List<Column> into) {
    List<String> names = new ArrayList<>();
    for (Column column : into) {
      names.add(SqlName.quoted(column.name));
    }
    return conflict.sql()
        + " INTO "
        + name
        + " ("
        + String.join(", ", names)
        + ") VALUES ("
        + "?, ".repeat(into.size() - 1)
        + "?)";
  }
}
