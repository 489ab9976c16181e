package io.github.s3vfs.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.scenario.Sql;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** How transactions wait for a database, a local file, in which another one writes. */
class S3TransactionsBusyTest {
  @TempDir Path directory;

  private final SQLiteDataSource source = new SQLiteDataSource();

  @BeforeEach
  void create() throws SQLException {
    source.setUrl("jdbc:sqlite:" + directory.resolve("local.sqlite"));
    source.setBusyTimeout(0);
    try (Connection c = source.getConnection()) {
      Sql.execute(c, "CREATE TABLE t(v)");
    }
  }

  @Test
  void busyAndBusyAgainIsRepeatedUntilTheOtherOneEnds() throws Exception {
    List<String> calls = new ArrayList<>();
    try (Connection other = source.getConnection()) {
      Sql.execute(other, "BEGIN IMMEDIATE", "INSERT INTO t VALUES ('other')");
      CompletableFuture<Void> done = new CompletableFuture<>();
      Thread thread = start(Duration.ofMinutes(5), calls, done);
      awaitPause(thread);
      Sql.execute(other, "COMMIT");
      done.get(60, TimeUnit.SECONDS);
    }
    assertEquals(1, calls.size(), "BEGIN was busy, not the work");
    try (Connection c = source.getConnection()) {
      assertEquals("other,1", Sql.value(c, "SELECT group_concat(v) FROM t"));
    }
  }

  @Test
  void anInterruptEndsThePause() throws Exception {
    List<String> calls = new ArrayList<>();
    try (Connection other = source.getConnection()) {
      Sql.execute(other, "BEGIN IMMEDIATE");
      CompletableFuture<Void> done = new CompletableFuture<>();
      Thread thread = start(Duration.ofDays(1), calls, done);
      awaitPause(thread);
      thread.interrupt();
      ExecutionException e =
          assertThrows(ExecutionException.class, () -> done.get(60, TimeUnit.SECONDS));
      assertTrue(
          e.getCause() instanceof SQLiteException s
              && s.getResultCode() == SQLiteErrorCode.SQLITE_BUSY,
          e.toString());
    }
    assertEquals(List.of(), calls);
  }

  private Thread start(Duration limit, List<String> calls, CompletableFuture<Void> done) {
    Thread thread =
        new Thread(
            () -> {
              try {
                S3Transactions.run(
                    source,
                    limit,
                    c -> {
                      calls.add("call");
                      Sql.execute(c, "INSERT INTO t VALUES (1)");
                      return 0;
                    });
                done.complete(null);
              } catch (SQLException e) {
                assertTrue(Thread.currentThread().isInterrupted());
                done.completeExceptionally(e);
              }
            });
    thread.start();
    return thread;
  }

  /**
   * Until a thread sleeps, as it does between attempts only: nothing else here waits with a time.
   */
  private static void awaitPause(Thread thread) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!isInPause(thread)) {
      assertTrue(System.nanoTime() < deadline, "no pause");
      Thread.onSpinWait();
    }
  }

  private static boolean isInPause(Thread thread) {
    for (StackTraceElement frame : thread.getStackTrace()) {
      if (frame.getClassName().equals(TimeUnit.class.getName())
          && frame.getMethodName().equals("sleep")) {
        return true;
      }
    }
    return false;
  }
}
