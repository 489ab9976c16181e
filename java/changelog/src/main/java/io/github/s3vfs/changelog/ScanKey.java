package io.github.s3vfs.changelog;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * The primary key of a table WITHOUT ROWID, by which a scan goes on. Immutable.
 *
 * @param parts its columns, also those that descend: a scan ascends; none of other tables and views
 */
record ScanKey(List<TableShape.KeyPart> parts) {

  static ScanKey none() {
    return new ScanKey(List.of());
  }

  /** The key of a table. */
  static ScanKey of(Connection connection, String table) throws SQLException {
    if (!TableShape.of(connection, table).withoutRowid()) {
      return none();
    }
    List<TableShape.KeyPart> parts = new ArrayList<>();
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT part.name, part.coll FROM pragma_index_list(?, 'main') AS list,"
                + " pragma_index_xinfo(list.name, 'main') AS part"
                + " WHERE list.origin = 'pk' AND part.\"key\" ORDER BY part.seqno")) {
      query.setString(1, table);
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          parts.add(new TableShape.KeyPart(row.getString(1), row.getString(2)));
        }
      }
    }
    return new ScanKey(parts);
  }

  boolean isEmpty() {
    return parts.isEmpty();
  }

  /**
   * A query of all rows in the order of the key, which is behind the columns of the schema.
   *
   * @param behind whether only of those behind a key, whose values are the parameters
   */
  String select(String table, TableSchema schema, boolean behind) {
    List<String> columns = new ArrayList<>();
    List<String> order = new ArrayList<>();
    List<String> bounds = new ArrayList<>();
    for (TableShape.KeyPart part : parts) {
      // The collation of the key, whatever the columns' own is.
      String collation = " COLLATE " + Names.quoted(part.collation());
      columns.add(Names.quoted(part.column()));
      order.add(Names.quoted(part.column()) + collation);
      bounds.add("?" + collation);
    }
    List<String> cells = new ArrayList<>(schema.names().stream().map(Names::quoted).toList());
    cells.addAll(columns);
    String where = " WHERE (%s) > (%s)".formatted(joined(columns), joined(bounds));
    return "SELECT %s FROM main.%s%s ORDER BY %s"
        .formatted(joined(cells), Names.quoted(table), behind ? where : "", joined(order));
  }

  private static String joined(List<String> parts) {
    return String.join(", ", parts);
  }

  /** The key of the row that such a query is at, as SQLite has it. */
  List<Object> values(ResultSet rows) throws SQLException {
    int count = rows.getMetaData().getColumnCount();
    List<Object> values = new ArrayList<>(parts.size());
    for (int i = count - parts.size() + 1; i <= count; i++) {
      Object cell = rows.getObject(i);
      values.add(cell instanceof Integer number ? (Object) number.longValue() : cell);
    }
    return values;
  }
}
