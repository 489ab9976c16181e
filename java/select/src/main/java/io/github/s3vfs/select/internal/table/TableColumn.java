package io.github.s3vfs.select.internal.table;

import io.github.s3vfs.select.SelectError;
import io.github.s3vfs.select.SelectException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A column of a table.
 *
 * @param name not quoted
 * @param type as it was declared, or empty
 */
record TableColumn(String name, String type) {
  private static final int MAX_COLUMNS = 2000; // SQLITE_MAX_COLUMN by default

  private static final Pattern NAME =
      Pattern.compile("\\s*(?:\"((?:[^\"]|\"\")+)\"|`([^`]+)`|\\[([^\\]]+)]|([\\w$]+))");
  private static final Pattern TYPE =
      Pattern.compile("((?:\\s*[A-Za-z_]\\w*)*(?:\\s*\\(\\s*\\d+\\s*(?:,\\s*\\d+\\s*)?\\))?)\\s*");
  private static final Set<String> NO_TYPES =
      Set.of(
          "CONSTRAINT",
          "PRIMARY",
          "NOT",
          "NULL",
          "UNIQUE",
          "CHECK",
          "DEFAULT",
          "COLLATE",
          "REFERENCES",
          "GENERATED",
          "AS",
          "HIDDEN");

  Affinity affinity() {
    return Affinity.of(type);
  }

  /** Parses {@code a INT, "b c" DECIMAL(10,2), d}. */
  static List<TableColumn> parse(String list) {
    List<TableColumn> columns = new ArrayList<>();
    Matcher name = NAME.matcher(list);
    Matcher type = TYPE.matcher(list);
    int at = 0;
    while (true) {
      if (!name.region(at, list.length()).lookingAt()) {
        throw invalid("a name is expected", list, at);
      }
      type.region(name.end(), list.length());
      boolean found = type.lookingAt();
      int next = found ? type.end() : name.end();
      if (next < list.length() && list.charAt(next) != ',') {
        throw invalid("a type or a comma is expected", list, next);
      }
      columns.add(
          new TableColumn(name(name), found ? type(String.valueOf(type.group(1)), list, at) : ""));
      if (next == list.length()) {
        return checked(columns);
      }
      at = next + 1;
    }
  }

  private static String name(Matcher match) {
    for (int group = 2; group <= match.groupCount(); group++) {
      String plain = match.group(group);
      if (plain != null) {
        return plain;
      }
    }
    return String.valueOf(match.group(1)).replace("\"\"", "\"");
  }

  private static String type(String text, String list, int at) {
    String type = text.strip();
    for (String word : type.toUpperCase(Locale.ROOT).split("[^A-Z0-9_]+", -1)) {
      if (NO_TYPES.contains(word)) {
        throw invalid(word + " is not possible, only names and types", list, at);
      }
    }
    return type;
  }

  private static SelectException invalid(String what, String list, int at) {
    return new SelectException(
        SelectError.INVALID_REQUEST,
        "columns: " + what + " at character " + (at + 1) + " of '" + list + "'");
  }

  /** Refuses what SQLite would refuse, or take for something else. */
  static List<TableColumn> checked(List<TableColumn> columns) {
    Set<String> names = new HashSet<>();
    for (TableColumn column : columns) {
      if (column.name().indexOf('\0') >= 0) {
        throw new SelectException(
            SelectError.INVALID_REQUEST,
            "there is a NUL in the name of a column; name them by columns='...'");
      }
      if (!names.add(folded(column.name()))) {
        throw new SelectException(
            SelectError.INVALID_REQUEST,
            "there are two columns '" + column.name() + "'; name them by columns='...'");
      }
    }
    if (columns.isEmpty() || columns.size() > MAX_COLUMNS) {
      throw new SelectException(
          SelectError.INVALID_REQUEST,
          columns.size() + " columns; possible are 1 to " + MAX_COLUMNS);
    }
    return columns;
  }

  /** Without regard to case as SQLite sees it, of letters of ASCII only. */
  private static String folded(String name) {
    StringBuilder folded = new StringBuilder(name);
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c >= 'A' && c <= 'Z') {
        folded.setCharAt(i, (char) (c + ('a' - 'A')));
      }
    }
    return folded.toString();
  }

  /** As CREATE TABLE wants it. */
  String declaration() {
    return "\"" + name.replace("\"", "\"\"") + "\" " + type;
  }
}
