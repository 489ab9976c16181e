package io.github.s3vfs.changelog;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The statements of a writer.
 *
 * @param create the table
 * @param upsert writes a row: all columns, and time and diff in a stream of changes
 * @param rows how many rows {@code upserts} writes; 1 or more
 * @param upserts the same for several rows at a time
 * @param delete deletes a row by its key; null in a stream of changes
 */
record WriterSql(String create, String upsert, int rows, String upserts, @Nullable String delete) {
  /** More rows would make SQLite's journal of the statement go to a file. */
  private static final int MOST_ROWS = 8;

  private static final int MOST_VALUES = 256;

  static WriterSql of(String table, TableSchema schema, WriterChecks checks) {
    String name = "main." + Names.quoted(table);
    List<String> key = checks.key();
    List<String> columns = new ArrayList<>();
    for (Column column : schema.columns()) {
      columns.add(
          Names.quoted(column.name())
              + " "
              + column.type().declared()
              + (column.optional() ? "" : " NOT NULL"));
    }
    if (key.isEmpty()) {
      columns.add("time BIGINT NOT NULL");
      columns.add("diff SMALLINT NOT NULL");
    } else {
      columns.add("PRIMARY KEY(" + list(key) + ")");
    }
    String create = name + "(" + String.join(", ", columns) + ")";
    String insert = "INSERT INTO " + name + "(" + list(checks.written()) + ") VALUES ";
    int width = checks.written().size();
    String row = "(" + String.join(", ", Collections.nCopies(width, "?")) + ")";
    if (key.isEmpty()) {
      int rows = Math.max(1, Math.min(MOST_ROWS, MOST_VALUES / width));
      String many = insert + String.join(", ", Collections.nCopies(rows, row));
      return new WriterSql(create, insert + row, rows, many, null);
    }
    String changed =
        schema.names().stream()
            .filter(each -> key.stream().noneMatch(k -> Names.same(k, each)))
            .map(each -> Names.quoted(each) + " = excluded." + Names.quoted(each))
            .collect(Collectors.joining(", "));
    String upsert =
        insert
            + row
            + " ON CONFLICT("
            + list(key)
            + ") DO "
            + (changed.isEmpty() ? "NOTHING" : "UPDATE SET " + changed);
    // Rows of a snapshot may be on pages far apart: SQLite would keep them all for each statement.
    return new WriterSql(
        create,
        upsert,
        1,
        upsert,
        "DELETE FROM "
            + name
            + " WHERE "
            + key.stream()
                // A name in quotes that is no column's would be a text, were it alone.
                .map(k -> Names.quoted(table) + "." + Names.quoted(k) + " = ?")
                .collect(Collectors.joining(" AND ")));
  }

  private static String list(List<String> names) {
    return names.stream().map(Names::quoted).collect(Collectors.joining(", "));
  }
}
