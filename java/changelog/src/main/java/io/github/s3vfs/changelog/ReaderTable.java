package io.github.s3vfs.changelog;

import io.github.s3vfs.changelog.ChangelogException.Kind;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A table as a reader reads it.
 *
 * @param byRowid whether the rowid identifies a row; it is then the first cell
 * @param select reads all rows
 * @param rowid the name of the rowid, if there is one that is not the name of a column
 * @param primaryKey of a table WITHOUT ROWID, as it is ordered by; none for others
 * @param plainKey whether the key cannot be there twice, whatever the rows have
 * @param whole whether the schema has all columns that are stored
 * @param utf8 whether text is stored in UTF-8
 * @param affinities of the schema's columns
 * @param keyCollations of the columns of the schema's key: by which two texts are the same key
 */
record ReaderTable(
    boolean byRowid,
    String select,
    @Nullable String rowid,
    List<TableShape.KeyPart> primaryKey,
    boolean plainKey,
    boolean whole,
    boolean utf8,
    List<String> affinities,
    List<String> keyCollations) {

  private static final List<String> ROWIDS = List.of("_rowid_", "rowid", "oid");

  /** Types of which no two values of SQLite are the same value. */
  private static final Set<LogicalType.Kind> EXACT =
      Set.of(LogicalType.Kind.INT, LogicalType.Kind.STRING, LogicalType.Kind.BYTES);

  /**
   * Looks at a table, and checks it.
   *
   * @throws ChangelogException if it cannot be read as the schema says
   */
  static ReaderTable of(Connection connection, String table, TableSchema schema)
      throws SQLException {
    TableShape shape = TableShape.of(connection, table);
    String what = "table " + table + ": ";
    if (!shape.isTable() && !shape.isView()) {
      throw new ChangelogException(Kind.TABLE_NOT_FOUND, List.of(), what + "is not there");
    }
    List<String> missing =
        schema.names().stream().filter(each -> shape.column(each) == null).toList();
    if (!missing.isEmpty()) {
      throw new ChangelogException(
          Kind.MISSING_COLUMN, missing, what + "these columns are missing: " + missing);
    }
    List<String> key = schema.primaryKey().stream().map(Column::name).toList();
    if (!key.isEmpty() && !shape.isView() && !shape.isKey(key)) {
      throw new ChangelogException(
          Kind.READER_PRIMARY_KEY_MISMATCH,
          key,
          what + "has no PRIMARY KEY or full UNIQUE index of exactly these columns: " + key);
    }
    boolean hasRowid = shape.isTable() && !shape.withoutRowid();
    List<String> shadowing =
        shape.columns().stream()
            .map(TableShape.Field::name)
            .filter(name -> ROWIDS.contains(Names.folded(name)))
            .toList();
    if (key.isEmpty() && !hasRowid) {
      throw new ChangelogException(
          Kind.NO_ROW_IDENTITY,
          List.of(),
          what + "has no rowid: name the columns of a key in the schema");
    }
    if (key.isEmpty() && !shadowing.isEmpty()) {
      throw new ChangelogException(
          Kind.ROWID_SHADOWED, shadowing, what + "columns are named as the rowid: " + shadowing);
    }
    Set<String> taken = shadowing.stream().map(Names::folded).collect(Collectors.toSet());
    String rowid =
        hasRowid
            ? ROWIDS.stream().filter(each -> !taken.contains(each)).findFirst().orElse(null)
            : null;
    String cells =
        Stream.concat(
                key.isEmpty() ? Stream.of("_rowid_") : Stream.of(),
                schema.names().stream().map(Names::quoted))
            .collect(Collectors.joining(", "));
    String select = "SELECT " + cells + " FROM main." + Names.quoted(shape.name());
    return new ReaderTable(
        key.isEmpty(),
        select,
        rowid,
        shape.stored(),
        isPlain(shape, schema),
        shape.columns().stream().allMatch(field -> schema.indexOf(field.name()) >= 0),
        isUtf8(connection),
        affinities(shape, schema),
        shape.collations(key));
  }

  private static boolean isUtf8(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("PRAGMA main.encoding")) {
      return row.next() && "UTF-8".equals(row.getString(1));
    }
  }

  private static boolean isPlain(TableShape shape, TableSchema schema) {
    for (Column each : schema.primaryKey()) {
      TableShape.Field field = shape.column(each.name());
      boolean alias = Names.folded(each.name()).equals(shape.rowidAlias());
      boolean never = field != null && (field.notNull() || alias);
      if (!never || !EXACT.contains(each.type().kind())) {
        return false;
      }
    }
    return shape.isTable();
  }

  private static List<String> affinities(TableShape shape, TableSchema schema) {
    List<String> affinities = new ArrayList<>();
    for (String name : schema.names()) {
      TableShape.Field field = shape.column(name);
      affinities.add(affinity(field == null ? "" : field.declared().toUpperCase(Locale.ROOT)));
    }
    return affinities;
  }

  /** https://www.sqlite.org/datatype3.html#determination_of_column_affinity. */
  private static String affinity(String declared) {
    if (declared.contains("INT")) {
      return "INTEGER";
    }
    if (declared.contains("CHAR") || declared.contains("CLOB") || declared.contains("TEXT")) {
      return "TEXT";
    }
    if (declared.contains("BLOB") || declared.isEmpty()) {
      return "BLOB";
    }
    boolean real =
        declared.contains("REAL") || declared.contains("FLOA") || declared.contains("DOUB");
    return real ? "REAL" : "NUMERIC";
  }

  /**
   * Checks that the columns have the types that they had before, and those of the key the
   * collations.
   *
   * @throws ChangelogException {@code SCHEMA_CHANGED}
   */
  void checkSameTypes(ReaderTable before, String table, TableSchema schema) {
    List<String> changed = new ArrayList<>();
    List<String> how = new ArrayList<>();
    for (int i = 0; i < affinities.size(); i++) {
      if (!affinities.get(i).equals(before.affinities.get(i))) {
        String name = schema.names().get(i);
        changed.add(name);
        how.add(name + ": " + before.affinities.get(i) + " -> " + affinities.get(i));
      }
    }
    for (int i = 0; i < keyCollations.size(); i++) {
      if (!keyCollations.get(i).equals(before.keyCollations.get(i))) {
        String name = schema.primaryKey().get(i).name();
        changed.add(name);
        how.add(name + ": " + before.keyCollations.get(i) + " -> " + keyCollations.get(i));
      }
    }
    if (!changed.isEmpty()) {
      throw new ChangelogException(
          Kind.SCHEMA_CHANGED, changed, "table " + table + ": types have changed: " + how);
    }
  }

  /** Whether the rows of a range can be found without reading others. */
  boolean hasRanges() {
    return rowid != null || (!primaryKey.isEmpty() && utf8);
  }
}
