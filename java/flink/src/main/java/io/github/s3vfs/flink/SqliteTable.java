package io.github.s3vfs.flink;

import io.github.s3vfs.changelog.ChangelogDatabase;
import io.github.s3vfs.changelog.Column;
import io.github.s3vfs.changelog.TableSchema;
import io.github.s3vfs.jdbc.S3VfsDriver;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;

/**
 * A table of a SQLite database, and the columns of it that a job reads or writes. Immutable.
 *
 * @param url of JDBC, as in {@code jdbc:sqlite:file:/bucket/key?vfs=s3}
 * @param name of the table, in the schema {@code main}; case does not matter
 * @param type the columns, by the names that they have in the table. docs/FLINK.md says which types
 *     there are
 * @param key the columns that identify a row; none if the rowid does, or in a stream of changes
 */
public record SqliteTable(String url, String name, RowType type, List<String> key)
    implements Serializable {

  private static final long serialVersionUID = 1;
  private static final Pattern PINNED = Pattern.compile("[?&](version|as_of)=");

  /**
   * Checks the columns.
   *
   * @throws IllegalArgumentException if a type has no form in SQLite, or a column of the key is not
   *     there or may be NULL
   * @throws io.github.s3vfs.changelog.ChangelogException if the URL is not one of sqlite-jdbc, or
   *     names a directory, or a column is there twice
   */
  public SqliteTable {
    key = List.copyOf(key);
    ChangelogDatabase unused = ChangelogDatabase.url(url);
    for (String each : key) {
      LogicalType found = type.getTypeAt(index(type, each));
      if (found.isNullable()) {
        throw new IllegalArgumentException("column " + each + " is in the key, and may be NULL");
      }
    }
    TableSchema checked = schema(type, key);
    if (checked.columns().isEmpty()) {
      throw new IllegalArgumentException("no columns");
    }
  }

  /**
   * A table by a type of Flink's API.
   *
   * @param url of JDBC
   * @param name of the table
   * @param row a type as in {@code DataTypes.ROW(DataTypes.FIELD("id", ...), ...)}
   * @param key the columns that identify a row; none if the rowid does
   * @return the table
   * @throws IllegalArgumentException as the constructor, and if it is not the type of a row
   */
  public static SqliteTable of(String url, String name, DataType row, String... key) {
    if (!(row.getLogicalType() instanceof RowType type)) {
      throw new IllegalArgumentException(row + " is not the type of a row");
    }
    return new SqliteTable(url, name, type, List.of(key));
  }

  private static int index(RowType type, String column) {
    int index = ColumnNames.index(type.getFieldNames(), column);
    if (index < 0) {
      throw new IllegalArgumentException(
          "column " + column + " is in the key, and not in the table");
    }
    return index;
  }

  private static TableSchema schema(RowType type, List<String> key) {
    List<Integer> keys = key.stream().map(each -> index(type, each)).toList();
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < type.getFieldCount(); i++) {
      String name = type.getFieldNames().get(i);
      LogicalType field = type.getTypeAt(i);
      columns.add(
          new Column(name, FieldTypes.of(name, field), field.isNullable(), keys.contains(i)));
    }
    return new TableSchema(columns);
  }

  /** Whether the URL names a version of the database. */
  boolean isPinned() {
    return PINNED.matcher(url).find();
  }

  /** The columns as the change streams know them. */
  TableSchema schema() {
    return schema(type, key);
  }

  /** Where each column of the key is. */
  int[] keyIndexes() {
    return key.stream().mapToInt(each -> index(type, each)).toArray();
  }

  /** The database. Flink loads classes so late that DriverManager does not find drivers itself. */
  ChangelogDatabase database() {
    try {
      Class<?> unused = Class.forName("org.sqlite.JDBC", true, SqliteTable.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("sqlite-jdbc is not on the class path of Flink", e);
    }
    S3VfsDriver unusedToo = new S3VfsDriver();
    return ChangelogDatabase.url(url);
  }

  /** For messages. */
  @Override
  public String toString() {
    return "table " + name + " of " + url;
  }
}
