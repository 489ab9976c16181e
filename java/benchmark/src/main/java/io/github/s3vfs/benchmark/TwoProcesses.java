package io.github.s3vfs.benchmark;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * One JVM moves money between accounts, a transaction for each transfer; this one adds up all
 * balances meanwhile. Each sum is made of two queries in one read transaction, between which the
 * other process goes on. The total must be the same in every version.
 */
final class TwoProcesses {
  private static final String FIRST_HALF = "SELECT sum(balance) FROM account WHERE id <= 5000";
  private static final String SECOND_HALF = "SELECT sum(balance) FROM account WHERE id > 5000";
  private static final String COMMITS = "SELECT count(*) FROM transfer";

  private static final long SHOWN_NANOS = 3_000_000_000L;

  /** For what runs slowly: an emulated processor, a store that is far away. */
  private static final long MOST_NANOS = 120_000_000_000L;

  private static final long LINE_NANOS = 500_000_000L;
  private static final int LEAST_VERSIONS = 5;
  private static final long BETWEEN_HALVES_MILLIS = 50;

  private final String url;
  private final String urlOfOthers;
  private final Map<String, String> environment;
  private final Consumer<String> out;
  private int reads;
  private int versions;
  private long newest;

  /**
   * @param url of a new database, in this process
   * @param urlOfOthers the same, in another process
   * @param environment variables for AWS in place of this process's; empty to leave these
   * @param out takes lines
   */
  TwoProcesses(
      String url, String urlOfOthers, Map<String, String> environment, Consumer<String> out) {
    this.url = url;
    this.urlOfOthers = urlOfOthers;
    this.environment = environment;
    this.out = out;
  }

  /**
   * @throws IllegalStateException if a total was wrong, or the other process failed
   */
  void run() throws SQLException, IOException {
    try (Connection connection = DriverManager.getConnection(url)) {
      Transfers.create(connection);
      out.accept(
          String.format(
              Locale.ROOT, "%,d accounts with %,d in all", Transfers.ACCOUNTS, Transfers.TOTAL));
      Process writer = startWriter();
      try {
        out.accept(
            "process "
                + writer.pid()
                + " moves money between them, a transaction for each transfer");
        out.accept("this process, " + ProcessHandle.current().pid() + ", reads meanwhile:");
        for (String sql : List.of("BEGIN", FIRST_HALF, SECOND_HALF, "COMMIT")) {
          out.accept("sql> " + sql);
        }
        readWhileItWrites(connection, writer);
        writer.getOutputStream().close();
        String said = new String(writer.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        check(writer.waitFor() == 0, "the writing process failed with " + writer.exitValue());
        read(connection);
        check(
            said.strip().equals("" + newest),
            "the writing process has committed " + said.strip() + ", but " + newest + " are seen");
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", e);
      } finally {
        writer.destroyForcibly().onExit().join();
      }
    }
    out.accept(
        String.format(
            Locale.ROOT,
            "%,d commits there; %,d read transactions here saw %,d versions, all with the same total",
            newest,
            reads,
            versions));
  }

  private void readWhileItWrites(Connection connection, Process writer)
      throws SQLException, InterruptedException {
    long start = System.nanoTime();
    long firstSeen = start;
    long shown = start;
    while (versions < LEAST_VERSIONS || System.nanoTime() - firstSeen < SHOWN_NANOS) {
      check(writer.isAlive(), "the writing process has ended");
      check(
          System.nanoTime() - start < MOST_NANOS,
          "only " + versions + " versions seen in " + MOST_NANOS / 1_000_000_000 + " s");
      long total = read(connection);
      if (newest == 0) {
        firstSeen = System.nanoTime();
      } else if (System.nanoTime() - shown >= LINE_NANOS) {
        shown = System.nanoTime();
        out.accept(String.format(Locale.ROOT, "%,6d commits seen: total %,d", newest, total));
      }
    }
  }

  /** One read transaction; the total, which is right. */
  private long read(Connection connection) throws SQLException, InterruptedException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("BEGIN");
      long commits = value(statement, COMMITS);
      long half = value(statement, FIRST_HALF);
      Thread.sleep(BETWEEN_HALVES_MILLIS); // for the other process to go on
      long total = half + value(statement, SECOND_HALF);
      long then = value(statement, COMMITS);
      statement.execute("COMMIT");
      check(
          total == Transfers.TOTAL && then == commits && commits >= newest,
          String.format(
              Locale.ROOT,
              "WRONG: total %,d in place of %,d, after %,d commits (%,d at the end), %,d before",
              total,
              Transfers.TOTAL,
              commits,
              then,
              newest));
      reads++;
      if (commits > newest) {
        versions++;
        newest = commits;
      }
      return total;
    }
  }

  private static long value(Statement statement, String sql) throws SQLException {
    try (ResultSet result = statement.executeQuery(sql)) {
      return result.next() ? result.getLong(1) : -1;
    }
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(otherwise);
    }
  }

  /** A JVM like this one. */
  private Process startWriter() throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of(Transfers.class.getName(), urlOfOthers));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    if (!environment.isEmpty()) {
      builder.environment().keySet().removeIf(name -> name.startsWith("AWS_"));
      builder.environment().putAll(environment);
    }
    // Command lines are short on some systems.
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    return builder.start();
  }
}
