package io.github.s3vfs.benchmark;

import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.transfer.S3Databases;
import io.github.s3vfs.transfer.S3Objects;
import io.github.s3vfs.transfer.SerializedDatabase;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * The main job, shown: a database is created in S3, filled, queried, taken out as a regular SQLite
 * file and put in again, through nothing but sqlite-jdbc and this library; and what one process
 * reads while another one writes. Every step is checked. Exit code 0 if all is well, 1 if not, 2
 * for options that cannot be meant.
 */
public final class Demo {
  private static final int ROWS = 20_000;
  private static final int SHOWN_OBJECTS = 4;

  private static final String QUERY =
      """
      SELECT station, count(*) AS readings, round(avg(celsius), 1) AS mean, max(celsius) AS highest
      FROM reading GROUP BY station ORDER BY station""";

  private static final String INSERT =
      """
      WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < ?)
      INSERT INTO reading
      SELECT i, 'station ' || char(65 + i % 5), datetime(1700000000 + 60 * i, 'unixepoch'),
             round(12 + i % 5 + (i * 7919 % 1000) / 100.0, 1)
      FROM n""";

  private final DemoStore store;
  private final Path directory;
  private final boolean secondProcess;
  private final @Nullable Path cli;
  private final PrintStream out;
  private int step;

  private Demo(DemoStore store, DemoOptions options, PrintStream out) {
    this.store = store;
    this.directory = options.output().toAbsolutePath().normalize();
    this.secondProcess = !options.oneProcess();
    this.cli = options.cli();
    this.out = out;
  }

  /** Runs the demo; see {@code --help}. */
  public static void main(String[] args) {
    System.exit(run(args, System.out, System.err));
  }

  private static int run(String[] args, PrintStream out, PrintStream err) {
    DemoOptions options;
    try {
      options = DemoOptions.parse(List.of(args));
    } catch (IllegalArgumentException e) {
      err.println("demo: " + e.getMessage());
      err.println(DemoOptions.HELP);
      return 2;
    }
    if (options.help()) {
      out.println(DemoOptions.HELP);
      return 0;
    }
    try (DemoStore store = DemoStore.open(options)) {
      new Demo(store, options, out).run();
      return 0;
    } catch (SQLException | IOException | S3VfsException | IllegalStateException e) {
      out.flush();
      err.println();
      err.println("demo: FAILED: " + e.getMessage());
      return 1;
    }
  }

  private void run() throws SQLException, IOException {
    S3Location cool = store.location("path/cool.sqlite");
    S3Location copy = store.location("path/copy.sqlite");
    title("An S3 server");
    line(store.describe());

    S3Databases databases = S3Databases.of(store.vfs());
    List<String> answer = createAndFill(cool);
    showObjects(cool);
    joinCsv(cool);
    Path file = serialize(databases, cool);
    checkLocally(file, answer);
    deserialize(databases, file, copy, answer);
    S3Location bank = store.location("path/bank.sqlite");
    if (secondProcess) {
      title("Two processes at the same time");
      new TwoProcesses(url(bank), url(bank) + store.parameters(), store.environment(), this::line)
          .run();
      delete(databases, cool, copy, bank);
    } else {
      delete(databases, cool, copy);
    }

    if (secondProcess && cli != null) {
      title("A round trip from the command line");
      new CommandLineTrip(cli, store, directory, this::line).run(file, ROWS);
    }

    out.println();
    out.println(
        "All steps checked: the rows are the same in S3, in the local file and in the copy"
            + (secondProcess
                ? "; every total that was read while another process wrote was right."
                : "."));
  }

  private List<String> createAndFill(S3Location location) throws SQLException {
    String url = url(location);
    title("A database in it, through DriverManager");
    line(url);
    List<String> answer;
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      sql("CREATE TABLE reading(id INTEGER PRIMARY KEY, station TEXT, taken TEXT, celsius REAL)");
      statement.execute(
          "CREATE TABLE reading(id INTEGER PRIMARY KEY, station TEXT, taken TEXT, celsius REAL)");
      sql("INSERT INTO reading ... " + number(ROWS) + " rows, one transaction");
      long start = System.nanoTime();
      try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
        insert.setInt(1, ROWS);
        insert.executeUpdate();
      }
      line("inserted and committed in " + (System.nanoTime() - start) / 1_000_000 + " ms");
    }
    title("A query, on a new connection");
    try (Connection connection = DriverManager.getConnection(url)) {
      answer = query(connection);
      sql(QUERY);
      answer.forEach(this::line);
      check(rows(connection) == ROWS, "rows in S3", ROWS, rows(connection));
    }
    return answer;
  }

  private void showObjects(S3Location location) {
    title("What is in the bucket");
    List<S3Object> objects = store.objects(location.key() + "/");
    long bytes = objects.stream().mapToLong(S3Object::size).sum();
    for (S3Object object : objects.subList(0, Math.min(SHOWN_OBJECTS, objects.size()))) {
      line(object.key() + "   " + number(object.size()) + " bytes");
    }
    line("... " + number(objects.size()) + " objects, " + number(bytes) + " bytes in all");
    line("a head, which each COMMIT changes by compare-and-swap, and compressed pages");
    List<S3Object> journal = store.objects(location.key() + "-journal/");
    check(journal.isEmpty(), "objects of a journal after COMMIT", 0, journal.size());
  }

  private void joinCsv(S3Location location) throws SQLException, IOException {
    title("A CSV object, joined with the database");
    S3Location csv = store.location("path/stations.csv");
    S3Objects objects = S3Objects.of(store.vfs());
    long joined = new CsvJoin(objects, csv, url(location), this::line).run();
    check(joined == ROWS / 5 * 3, "readings of three stations", ROWS / 5 * 3, joined);
  }

  private Path serialize(S3Databases databases, S3Location location) throws IOException {
    title("Serialized to a local file");
    Files.createDirectories(directory);
    Path file = directory.resolve("cool.sqlite");
    long length;
    try (SerializedDatabase database = databases.serialize(location)) {
      length = database.writeTo(file);
    }
    line(file + "   " + number(length) + " bytes");
    return file;
  }

  /** Plain sqlite-jdbc: this library has no part in it. */
  private void checkLocally(Path file, List<String> expected) throws SQLException {
    title("The local file, read by SQLite alone");
    String url = "jdbc:sqlite:" + file;
    line(url);
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("PRAGMA integrity_check")) {
      String verdict = result.next() ? result.getString(1) : "(nothing)";
      sql("PRAGMA integrity_check");
      line(verdict);
      check(verdict.equals("ok"), "integrity_check", "ok", verdict);
      checkAnswer(connection, expected);
    }
  }

  private void deserialize(
      S3Databases databases, Path file, S3Location location, List<String> expected)
      throws SQLException, IOException {
    title("Deserialized to another place in the bucket");
    databases.deserialize(location, file);
    String url = url(location);
    line(url);
    try (Connection connection = DriverManager.getConnection(url)) {
      checkAnswer(connection, expected);
    }
  }

  private void delete(S3Databases databases, S3Location... locations) {
    title("Deleted");
    for (S3Location location : locations) {
      check(databases.delete(location), "delete(" + location + ")", true, false);
      line(location.toString());
    }
    List<S3Object> left = store.objects(store.location("path").key() + "/");
    check(left.isEmpty(), "objects left", 0, left.size());
    line("... " + left.size() + " objects are left");
  }

  private void checkAnswer(Connection connection, List<String> expected) throws SQLException {
    long rows = rows(connection);
    check(rows == ROWS, "rows", ROWS, rows);
    List<String> answer = query(connection);
    check(answer.equals(expected), "the query's answer", expected, answer);
    line(number(rows) + " rows; the query answers the same");
  }

  private String url(S3Location location) {
    return "jdbc:sqlite:file:/" + location.path() + "?vfs=" + S3Vfs.DEFAULT_NAME;
  }

  private static long rows(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SELECT count(*) FROM reading")) {
      return result.next() ? result.getLong(1) : -1;
    }
  }

  private static List<String> query(Connection connection) throws SQLException {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(Locale.ROOT, "%-12s %9s %7s %8s", "station", "readings", "mean", "highest"));
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(QUERY)) {
      while (result.next()) {
        lines.add(
            String.format(
                Locale.ROOT,
                "%-12s %9s %7s %8s",
                result.getString(1),
                result.getString(2),
                result.getString(3),
                result.getString(4)));
      }
    }
    return lines;
  }

  private void title(String text) {
    out.println();
    out.println(++step + ". " + text);
  }

  private void sql(String text) {
    text.lines().forEach(line -> line("sql> " + line));
  }

  private void line(String text) {
    out.println("   " + text);
  }

  private static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  private static void check(boolean holds, String what, Object expected, Object found) {
    if (!holds) {
      throw new IllegalStateException(what + ": expected " + expected + ", found " + found);
    }
  }
}
