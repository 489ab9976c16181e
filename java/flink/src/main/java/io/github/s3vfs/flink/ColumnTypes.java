package io.github.s3vfs.flink;

import io.github.s3vfs.changelog.Column;
import io.github.s3vfs.changelog.LogicalType;
import io.github.s3vfs.changelog.TableSchema;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Whether the columns of a table take values as they are: SQLite makes a number of text, or text of
 * a number, where a column was declared so (https://www.sqlite.org/datatype3.html).
 */
final class ColumnTypes {
  private static final Set<LogicalType.Kind> WHOLE =
      Set.of(LogicalType.Kind.BOOL, LogicalType.Kind.INT, LogicalType.Kind.DURATION);

  /** Types whose text may look like a number. */
  private static final Set<LogicalType.Kind> TEXT =
      Set.of(LogicalType.Kind.STRING, LogicalType.Kind.DECIMAL);

  private ColumnTypes() {}

  /**
   * Checks a table that is to be written to.
   *
   * @throws IllegalArgumentException if values would be stored as others; the message names the
   *     columns
   */
  static void check(Connection connection, SqliteTable table) throws SQLException {
    TableSchema schema = table.schema();
    List<String> bad = new ArrayList<>();
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT name, type FROM pragma_table_info(?, 'main')")) {
      statement.setString(1, table.name());
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          String name = rows.getString(1);
          String declared = rows.getString(2);
          for (Column each : schema.columns()) {
            if (ColumnNames.same(each.name(), name) && !takes(declared, each.type().kind())) {
              bad.add(name + " is " + declared + ", and to be " + each.type());
            }
          }
        }
      }
    }
    if (!bad.isEmpty()) {
      throw new IllegalArgumentException(
          table + ": columns would not keep their values as they are: " + bad);
    }
  }

  /** Whether a column that was declared so keeps values of a kind. */
  static boolean takes(String declaration, LogicalType.Kind kind) {
    String declared = declaration.toUpperCase(Locale.ROOT);
    if (declared.contains("INT")) {
      return !TEXT.contains(kind);
    }
    if (declared.contains("CHAR") || declared.contains("CLOB") || declared.contains("TEXT")) {
      return !WHOLE.contains(kind) && kind != LogicalType.Kind.FLOAT;
    }
    if (declared.contains("BLOB") || declared.isEmpty()) {
      return true;
    }
    if (declared.contains("REAL") || declared.contains("FLOA") || declared.contains("DOUB")) {
      return !TEXT.contains(kind) && !WHOLE.contains(kind);
    }
    return !TEXT.contains(kind);
  }
}
