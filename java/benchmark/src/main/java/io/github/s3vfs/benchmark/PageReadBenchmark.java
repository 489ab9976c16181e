package io.github.s3vfs.benchmark;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a page costs a query: one that SQLite has in its page cache, and one that it asks the VFS
 * for, which has it in memory. The query reads many pages in one read transaction, so that the cost
 * of the transaction is hardly in it.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class PageReadBenchmark {
  /** As a store: {@code snapshot}, and each page is an upcall. */
  static final String UPCALLS = "upcalls";

  private static final int PAGES = 1000;

  /** Two of these do not fit into one page. */
  private static final int ROW_BYTES = 3000;

  /**
   * Where the database is: in a local file, or on S3 in that layout; {@value #UPCALLS} is a
   * connection in {@code snapshot} that is about to write, whose reads all go to Java.
   */
  @Param({"local", "blocks", "snapshot", UPCALLS})
  public String store = "local";

  /** How many pages SQLite keeps: none, or all. */
  @Param({"0", "2000"})
  public int cacheSize;

  /** What is to be closed, the latest first. */
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();

  private @Nullable PreparedStatement query;

  /**
   * Makes the database.
   *
   * @throws Exception if it cannot
   */
  @Setup
  public void open() throws Exception {
    Path file = Files.createTempFile("s3vfs-pages-", ".sqlite");
    opened.push(() -> Files.delete(file));
    String url = "jdbc:sqlite:" + file;
    fill(url);
    if (!store.equals("local")) {
      WarmStore remote = WarmStore.open(file, isUpcalls() ? "snapshot" : store);
      opened.push(remote);
      url = remote.url(TimeUnit.HOURS.toMillis(1));
    }
    Connection connection = DriverManager.getConnection(url);
    opened.push(connection);
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA cache_size = " + cacheSize);
      if (isUpcalls()) {
        statement.execute("BEGIN IMMEDIATE");
      }
    }
    query = connection.prepareStatement("SELECT sum(length(v)) FROM t");
  }

  private boolean isUpcalls() {
    return store.equals(UPCALLS);
  }

  private static void fill(String url) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, v BLOB)");
      statement.execute(
          ("WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r WHERE i < %d)"
                  + " INSERT INTO t SELECT i, randomblob(%d) FROM r")
              .formatted(PAGES, ROW_BYTES));
    }
  }

  /**
   * Time per page.
   *
   * @throws SQLException if the query fails
   */
  @Benchmark
  @OperationsPerInvocation(PAGES)
  public long scan() throws SQLException {
    try (ResultSet result = Objects.requireNonNull(query).executeQuery()) {
      return result.getLong(1);
    }
  }

  /**
   * Deletes everything.
   *
   * @throws Exception if it cannot
   */
  @TearDown
  public void close() throws Exception {
    while (!opened.isEmpty()) {
      opened.pop().close();
    }
  }
}
