package io.github.s3vfs.csv;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which fields go to which columns.
 *
 * @param columns those of the table that get values
 * @param fields the field of each of them
 * @param width how many fields a record has
 */
record ColumnMapping(List<TargetTable.Column> columns, List<Integer> fields, int width) {

  /**
   * By names.
   *
   * @param names of the fields, by the header or by the options
   * @param table that exists
   * @param line of the header; 0 if the options have named them
   */
  static ColumnMapping byName(
      List<String> names, TargetTable table, CsvImportOptions options, long line)
      throws CsvException {
    checkNames(names, line);
    List<TargetTable.Column> columns = new ArrayList<>();
    List<Integer> fields = new ArrayList<>();
    List<String> unknown = new ArrayList<>();
    List<TargetTable.Column> missing = new ArrayList<>(table.columns());
    for (int i = 0; i < names.size(); i++) {
      TargetTable.Column column = table.find(names.get(i));
      if (column == null) {
        unknown.add(names.get(i));
      } else {
        missing.remove(column);
        columns.add(column);
        fields.add(i);
      }
    }
    boolean ofHeader = line > 0;
    if (!unknown.isEmpty() && !(ofHeader && options.unknownColumns())) {
      throw failure(line, "the table " + table.name() + " has no column ", unknown);
    }
    if (!missing.isEmpty() && ofHeader && !options.missingColumns()) {
      throw failure(
          line,
          "the header lacks the column ",
          missing.stream().map(TargetTable.Column::name).toList());
    }
    if (columns.isEmpty()) {
      throw failure(line, "the table " + table.name() + " has none of the columns ", names);
    }
    return new ColumnMapping(columns, fields, names.size()).typed(options.types());
  }

  /** All of the table, by position. */
  static ColumnMapping byPosition(TargetTable table, CsvImportOptions options) {
    Integer[] fields = new Integer[table.columns().size()];
    Arrays.setAll(fields, i -> i);
    return new ColumnMapping(table.columns(), List.of(fields), fields.length)
        .typed(options.types());
  }

  /** No two are the same, and none is empty. */
  static void checkNames(List<String> names, long line) throws CsvException {
    Set<String> seen = new HashSet<>();
    List<String> twice = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i).isEmpty()) {
        throw failure(line, "there is no name for column ", List.of(String.valueOf(i + 1)));
      } else if (!seen.add(SqlName.folded(names.get(i)))) {
        twice.add(names.get(i));
      }
    }
    if (!twice.isEmpty()) {
      throw failure(line, "there is more than one column ", twice);
    }
  }

  private static CsvException failure(long line, String what, List<String> names) {
    return new CsvException(
        what + names.stream().map(Excerpt::of).collect(Collectors.joining(", ")),
        line,
        names.get(0),
        null);
  }

  private ColumnMapping typed(Map<String, CsvType> types) {
    List<TargetTable.Column> typed = new ArrayList<>();
    for (TargetTable.Column column : columns) {
      CsvType type = type(types, column.name());
      typed.add(type == null ? column : new TargetTable.Column(column.name(), type));
    }
    return new ColumnMapping(typed, fields, width);
  }

  /** What the options say about a column, or null. */
  static @Nullable CsvType type(Map<String, CsvType> types, String column) {
    for (Map.Entry<String, CsvType> entry : types.entrySet()) {
      if (SqlName.folded(entry.getKey()).equals(SqlName.folded(column))) {
        return entry.getValue();
      }
    }
    return null;
  }
}
