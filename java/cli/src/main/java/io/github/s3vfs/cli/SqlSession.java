package io.github.s3vfs.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.io.Reader;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs SQL on one connection and writes what it answers. Not thread-safe. */
final class SqlSession {
  private static final String TABLES =
      """
      SELECT name FROM sqlite_schema
      WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name""";

  private final Connection connection;
  private final PrintStream out;
  private RowFormat.Mode mode;
  private volatile @Nullable Statement running;

  SqlSession(Connection connection, PrintStream out, RowFormat.Mode mode) {
    this.connection = connection;
    this.out = out;
    this.mode = mode;
  }

  /** Takes text line by line, runs its statements, and stops at the first that fails. */
  void runAll(Reader text) throws IOException, SQLException {
    StatementSplitter splitter = new StatementSplitter();
    for (String line = line(text); !line.isEmpty(); line = line(text)) {
      boolean meta = splitter.isBlank() && line.strip().startsWith(".");
      if (meta) {
        if (!runMeta(line.strip())) {
          return;
        }
        continue;
      }
      splitter.add(line);
      for (String each = splitter.next(); each != null; each = splitter.next()) {
        run(each);
      }
    }
    String rest = splitter.rest();
    if (rest != null) {
      run(rest);
    }
  }

  /** A line with its end, which may be within a string; "" at the end of the text. */
  private static String line(Reader text) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = text.read(); c >= 0; c = text.read()) {
      line.append((char) c);
      if (c == '\n' || c == '\r') {
        break; // what is between the two is an empty line
      }
    }
    return line.toString();
  }

  /** Runs one statement; returns how many rows it has answered or changed. */
  long run(String sql) throws SQLException, IOException {
    try (Statement statement = connection.createStatement()) {
      running = statement;
      if (!statement.execute(sql)) {
        return statement.getUpdateCount();
      }
      try (ResultSet rows = statement.getResultSet()) {
        long count = write(rows);
        StandardOutput.check(out);
        return count;
      }
    } finally {
      running = null;
      out.flush();
    }
  }

  private long write(ResultSet rows) throws SQLException, IOException {
    ResultSetMetaData columns = rows.getMetaData();
    int width = columns.getColumnCount();
    if (width == 0) {
      return 0;
    }
    List<String> names = new ArrayList<>();
    for (int i = 1; i <= width; i++) {
      names.add(columns.getColumnLabel(i));
    }
    RowFormat format = null;
    long count = 0;
    while (rows.next()) {
      if (format == null) {
        format = mode.rows(out, names);
      }
      List<@Nullable Object> values = new ArrayList<>(width);
      for (int i = 1; i <= width; i++) {
        values.add(rows.getObject(i));
      }
      format.row(values);
      count++;
      if (count % 1024 == 0) {
        StandardOutput.check(out);
        if (Thread.currentThread().isInterrupted()) {
          throw new SQLException("interrupted", null, 9);
        }
      }
    }
    if (format == null) {
      format = mode.rows(out, names);
    }
    format.end();
    return count;
  }

  /**
   * Runs a command of the program's own.
   *
   * @return false if it ends the session
   */
  boolean runMeta(String line) throws SQLException {
    String[] words = line.split("\\s+", 2);
    String argument = words.length < 2 ? "" : words[1].replaceAll(";$", "").strip();
    switch (words[0].replaceAll(";$", "")) {
      case ".quit", ".exit" -> {
        return false;
      }
      case ".tables" -> names(TABLES).forEach(out::println);
      case ".schema" -> schema(argument).forEach(each -> out.println(each + ";"));
      case ".mode" -> mode = modeOf(argument);
      case ".help" ->
          out.println(
              """
              .tables            the names of tables and views
              .schema [TABLE]    the statements that make them
              .mode MODE         table, csv or json
              .quit              ends the session (Ctrl-D, too)
              Anything else is SQL, and ends with a semicolon."""
                  .stripTrailing());
      default ->
          throw new Refusal(ExitCode.USAGE, "unknown command " + words[0] + "; .help lists them");
    }
    out.flush();
    return true;
  }

  private static RowFormat.Mode modeOf(String name) {
    for (RowFormat.Mode each : RowFormat.Mode.values()) {
      if (each.name().equalsIgnoreCase(name)) {
        return each;
      }
    }
    throw new Refusal(ExitCode.USAGE, "unknown mode '" + name + "': table, csv or json");
  }

  private List<String> schema(String table) throws SQLException {
    String all = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL";
    if (table.isEmpty()) {
      return names(all + " ORDER BY rowid");
    }
    return names(
        all + " AND lower(tbl_name) = lower('" + table.replace("'", "''") + "') ORDER BY rowid");
  }

  /** The first column of a query. */
  List<String> names(String query) throws SQLException {
    List<String> names = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        names.add(rows.getString(1));
      }
    }
    return names;
  }

  /** The names of tables and views, and of their columns. */
  List<String> completions() throws SQLException {
    List<String> names = new ArrayList<>(names(TABLES));
    names.addAll(
        names(
            """
            SELECT DISTINCT c.name FROM sqlite_schema s, pragma_table_info(s.name) c
            WHERE s.type IN ('table', 'view') ORDER BY c.name"""));
    return names;
  }

  /** Stops the statement that is running; from any thread. */
  void cancel() {
    Statement statement = running;
    if (statement != null) {
      try {
        statement.cancel();
      } catch (SQLException e) {
        // It is over.
      }
    }
  }
}
