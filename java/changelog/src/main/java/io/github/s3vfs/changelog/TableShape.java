package io.github.s3vfs.changelog;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What SQLite says about a table, view, index or trigger of the schema {@code main}. Names are
 * folded where they are compared.
 *
 * @param kind table, view, index or trigger; null if there is nothing of that name
 * @param name as it was declared
 * @param withoutRowid whether it is a table WITHOUT ROWID
 * @param columns in order, generated ones too
 * @param keys the sets of columns that identify a row, of the PRIMARY KEY and of each full UNIQUE
 *     index without expressions; and by which collation each column does
 * @param stored the primary key of a table WITHOUT ROWID, in the order of which it is stored; none
 *     if a column of it descends
 * @param rowidAlias the folded name of the column that is the rowid; null if there is none
 */
record TableShape(
    @Nullable String kind,
    String name,
    boolean withoutRowid,
    List<Field> columns,
    Map<Set<String>, Map<String, String>> keys,
    List<KeyPart> stored,
    @Nullable String rowidAlias) {

  private static final Pattern NULL =
      Pattern.compile("[\\s(]*NULL[\\s)]*", Pattern.CASE_INSENSITIVE);

  /**
   * A column of a key.
   *
   * @param column its name
   * @param collation by which it is ordered
   */
  record KeyPart(String column, String collation) {}

  /**
   * A column of the table.
   *
   * @param name as it was declared
   * @param declared its type, as it was declared
   * @param notNull whether it refuses NULL
   * @param hasDefault whether it has a default that is not NULL
   * @param generated whether its value is computed
   */
  record Field(
      String name, String declared, boolean notNull, boolean hasDefault, boolean generated) {}

  boolean exists() {
    return kind != null;
  }

  boolean isView() {
    return "view".equals(kind);
  }

  boolean isTable() {
    return "table".equals(kind);
  }

  /** The column of a name, or null. */
  @Nullable Field column(String wanted) {
    for (Field each : columns) {
      if (Names.same(each.name(), wanted)) {
        return each;
      }
    }
    return null;
  }

  /** Whether a set of columns identifies rows. */
  boolean isKey(Collection<String> names) {
    return keys.containsKey(folded(names));
  }

  /** The collations by which columns identify rows; BINARY where they do not. */
  List<String> collations(List<String> names) {
    Map<String, String> collations = keys.getOrDefault(folded(names), Map.of());
    return names.stream()
        .map(each -> collations.getOrDefault(Names.folded(each), "BINARY"))
        .toList();
  }

  private static Set<String> folded(Collection<String> names) {
    return names.stream().map(Names::folded).collect(Collectors.toSet());
  }

  static TableShape of(Connection connection, String table) throws SQLException {
    String[] found = found(connection, table);
    if (found == null) {
      return new TableShape(null, table, false, List.of(), Map.of(), List.of(), null);
    }
    String name = found[1];
    boolean withoutRowid = false;
    List<Field> columns = new ArrayList<>();
    List<String> primaryKey = new ArrayList<>();
    String only = null;
    Map<Set<String>, Map<String, String>> keys = new HashMap<>();
    boolean indexed = false;
    List<KeyPart> stored = new ArrayList<>();
    try (Statement statement = connection.createStatement()) {
      try (ResultSet rows = statement.executeQuery("PRAGMA main.table_list(" + q(name) + ")")) {
        while (rows.next()) {
          withoutRowid |= rows.getInt("wr") == 1;
        }
      }
      try (ResultSet rows = statement.executeQuery("PRAGMA main.table_xinfo(" + q(name) + ")")) {
        while (rows.next()) {
          String column = rows.getString("name");
          String declared = rows.getString("type");
          int hidden = rows.getInt("hidden");
          columns.add(
              new Field(
                  column,
                  declared == null ? "" : declared,
                  rows.getInt("notnull") == 1,
                  hasValue(rows.getString("dflt_value")),
                  hidden == 2 || hidden == 3));
          if (rows.getInt("pk") > 0) {
            primaryKey.add(Names.folded(column));
            only = declared;
          }
        }
      }
      List<String> indexes = new ArrayList<>();
      String primaryIndex = null;
      try (ResultSet rows = statement.executeQuery("PRAGMA main.index_list(" + q(name) + ")")) {
        while (rows.next()) {
          boolean isPrimary = "pk".equals(rows.getString("origin"));
          indexed |= isPrimary;
          primaryIndex = isPrimary ? rows.getString("name") : primaryIndex;
          if (rows.getInt("unique") == 1 && rows.getInt("partial") == 0) {
            indexes.add(rows.getString("name"));
          }
        }
      }
      if (withoutRowid && primaryIndex != null) {
        stored = parts(statement, primaryIndex);
      }
      for (String index : indexes) {
        Map<String, String> key = indexed(statement, index);
        if (key != null) {
          // Of several the one to which more is the same: there is but one row of that, too.
          keys.merge(key.keySet(), key, TableShape::coarser);
        }
      }
    }
    boolean alias =
        primaryKey.size() == 1 && !indexed && !withoutRowid && "INTEGER".equalsIgnoreCase(only);
    if (!primaryKey.isEmpty()) {
      Map<String, String> unused = keys.putIfAbsent(Set.copyOf(primaryKey), Map.of());
    }
    return new TableShape(
        found[0], name, withoutRowid, columns, keys, stored, alias ? primaryKey.get(0) : null);
  }

  /** Whether a default, in SQL, is there and is not NULL. */
  private static boolean hasValue(@Nullable String expression) {
    return expression != null && !NULL.matcher(expression).matches();
  }

  private static List<KeyPart> parts(Statement statement, String index) throws SQLException {
    List<KeyPart> parts = new ArrayList<>();
    boolean ascending = true;
    try (ResultSet rows = statement.executeQuery("PRAGMA main.index_xinfo(" + q(index) + ")")) {
      while (rows.next()) {
        if (rows.getInt("key") == 1) {
          ascending &= rows.getInt("desc") == 0;
          parts.add(new KeyPart(rows.getString("name"), rows.getString("coll")));
        }
      }
    }
    return ascending ? parts : List.of();
  }

  private static Map<String, String> coarser(Map<String, String> a, Map<String, String> b) {
    return a.values().stream().allMatch("BINARY"::equals) ? b : a;
  }

  /** The columns of an index and their collations; null if it has an expression, or the rowid. */
  private static @Nullable Map<String, String> indexed(Statement statement, String index)
      throws SQLException {
    Map<String, String> key = new HashMap<>();
    boolean plain = true;
    try (ResultSet rows = statement.executeQuery("PRAGMA main.index_xinfo(" + q(index) + ")")) {
      while (rows.next()) {
        if (rows.getInt("key") == 1) {
          plain &= rows.getInt("cid") >= 0;
          String column = rows.getString("name");
          String unused =
              key.put(
                  column == null ? "" : Names.folded(column),
                  rows.getString("coll").toUpperCase(Locale.ROOT));
        }
      }
    }
    return plain ? key : null;
  }

  private static String @Nullable [] found(Connection connection, String name) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT type, name FROM main.sqlite_schema WHERE name = ? COLLATE NOCASE"
                + " ORDER BY type IN ('table', 'view') DESC")) {
      statement.setString(1, name);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next() ? new String[] {rows.getString(1), rows.getString(2)} : null;
      }
    }
  }

  private static String q(String name) {
    return Names.quoted(name);
  }
}
