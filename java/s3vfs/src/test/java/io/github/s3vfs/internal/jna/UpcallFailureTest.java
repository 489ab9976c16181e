package io.github.s3vfs.internal.jna;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.jna.FailingVfs.Method;
import io.github.s3vfs.internal.store.InMemoryObjectStore;
import io.github.s3vfs.internal.vfs.MemoryVfs;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a callback throws, SQLite sees an error, the process lives and nothing is lost. */
class UpcallFailureTest {

  /** Failures that SQLite has no way to report: the work is done when they come. */
  private static final Set<Method> UNREPORTED = EnumSet.of(Method.CLOSE, Method.UNLOCK);

  /** Methods that the workload below does not lead to, tested by calling them. */
  private static final Set<Method> RARE = EnumSet.of(Method.RESERVED);

  static Stream<Arguments> failures() {
    List<Supplier<Throwable>> throwables =
        List.of(
            () -> new S3VfsException(ErrorKind.UNAVAILABLE, "planned"),
            () -> new IllegalStateException("planned"),
            () -> new OutOfMemoryError("planned"),
            UpcallFailureTest::realStackOverflow,
            () -> new ThreadDeathLike());
    List<Arguments> all = new ArrayList<>();
    for (Method method : Method.values()) {
      for (Supplier<Throwable> throwable : throwables) {
        all.add(Arguments.of(method, throwable));
      }
    }
    return all.stream();
  }

  private static Throwable realStackOverflow() {
    try {
      return deeper(0);
    } catch (StackOverflowError e) {
      return e;
    }
  }

  private static Throwable deeper(int depth) {
    return depth < 0 ? new IllegalStateException() : deeper(depth + 1);
  }

  /** An error that nobody expects. */
  private static final class ThreadDeathLike extends Error {
    private static final long serialVersionUID = 1L;
  }

  @ParameterizedTest
  @MethodSource("failures")
  void becomesAnErrorOfSqlite(Method method, Supplier<Throwable> throwable) throws Exception {
    FailingVfs[] made = new FailingVfs[1];
    try (MemoryVfs memory =
        new MemoryVfs(
            new InMemoryObjectStore("bucket"),
            (config, stores) -> made[0] = new FailingVfs(config, stores))) {
      FailingVfs vfs = made[0];
      try (Connection c = memory.connect("db", "&block_size=1000")) {
        run(c, "PRAGMA page_size = 1024", "PRAGMA auto_vacuum = 1");
        run(c, "CREATE TABLE t(v)", "INSERT INTO t VALUES (zeroblob(20000)), (1)");
      }
      boolean reported = false;
      vfs.fail(method, throwable);
      try (Connection c = memory.connect("db", "&block_size=1000")) {
        reported = !runs(c);
      } catch (SQLException e) {
        reported = true;
      }
      int hits = vfs.heal();
      if (!RARE.contains(method)) {
        assertTrue(hits > 0, "the workload does not reach " + method);
        assertTrue(reported || UNREPORTED.contains(method), method + " failed in silence");
      }
      try (Connection c = memory.connect("db", "&block_size=1000")) {
        assertEquals("ok", value(c, "PRAGMA integrity_check"));
        int rows = Integer.parseInt(value(c, "SELECT count(*) FROM t"));
        assertTrue(rows == 2 || rows == 1, rows + " rows: neither before nor after");
      }
    }
  }

  /** Deletes a row, which shortens the file; answers whether all went well. */
  private static boolean runs(Connection c) throws SQLException {
    try {
      run(c, "PRAGMA journal_mode", "PRAGMA synchronous = FULL", "PRAGMA locking_mode");
      run(c, "BEGIN", "DELETE FROM t WHERE length(v) = 20000", "COMMIT");
      return value(c, "SELECT count(*) FROM t").equals("1");
    } catch (SQLException e) {
      return false;
    }
  }

  private static void run(Connection c, String... statements) throws SQLException {
    try (Statement s = c.createStatement()) {
      for (String sql : statements) {
        s.execute(sql);
      }
    }
  }

  private static String value(Connection c, String sql) throws SQLException {
    try (Statement s = c.createStatement();
        ResultSet r = s.executeQuery(sql)) {
      return r.getString(1);
    }
  }
}
