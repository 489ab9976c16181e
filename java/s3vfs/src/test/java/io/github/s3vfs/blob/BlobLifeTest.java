package io.github.s3vfs.blob;

import static io.github.s3vfs.blob.Blobs.ABORT;
import static io.github.s3vfs.blob.Blobs.counting;
import static io.github.s3vfs.blob.Blobs.fails;
import static io.github.s3vfs.blob.Blobs.memory;
import static io.github.s3vfs.blob.Blobs.readFully;
import static io.github.s3vfs.blob.Blobs.reader;
import static io.github.s3vfs.blob.Blobs.writer;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.scenario.Sql;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.sql.Blob;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.BusyHandler;
import org.sqlite.Function;
import org.sqlite.ProgressHandler;
import org.sqlite.SQLiteConnection;

/** Rows E, N and C: expiry, other rows, closing. */
@Timeout(60)
class BlobLifeTest {
  @TempDir Path directory;

  private static Connection transaction(byte[]... values) throws SQLException {
    Connection connection = memory(values);
    connection.setAutoCommit(false);
    return connection;
  }

  @Test
  void e1AChangeOfTheRowExpiresTheBlobAndOneOfAnotherRowDoesNot() throws Exception {
    for (String change :
        List.of(
            "UPDATE t SET other = 1 WHERE id = 1",
            "DELETE FROM t WHERE id = 1",
            "REPLACE INTO t(id, b) VALUES (1, 'new')",
            "UPDATE t SET b = 'new' WHERE id = 1")) {
      try (Connection c = transaction(counting(100_000), counting(10));
          SqliteBlobChannel blob = writer(c, 1);
          SqliteBlobChannel atEnd = reader(c, 1)) {
        atEnd.position(100_000);
        Sql.execute(c, "UPDATE t SET b = 'other' WHERE id = 2", "INSERT INTO t(b) VALUES ('x')");
        assertEquals(100_000, blob.size());
        assertEquals(-1, atEnd.read(ByteBuffer.allocate(1)));
        Sql.execute(c, change);
        fails(ABORT, () -> atEnd.read(ByteBuffer.allocate(1)));
        fails(ABORT, () -> blob.read(ByteBuffer.allocate(10)));
        fails(ABORT, () -> blob.read(ByteBuffer.allocateDirect(0)));
        fails(ABORT, () -> blob.readFully(ByteBuffer.allocate(200_000)));
        fails(ABORT, () -> blob.write(ByteBuffer.allocate(10)));
        fails(ABORT, () -> blob.write(ByteBuffer.allocate(0)));
        fails(ABORT, () -> blob.write(ByteBuffer.allocate(200_000)));
        assertEquals(0, blob.size());
        assertEquals(0, atEnd.size());
      }
    }
  }

  @Test
  void e1ThatABlobHasExpiredIsSeenBySize() throws Exception {
    try (Connection c = memory(counting(10));
        SqliteBlobChannel blob = reader(c, 1)) {
      Sql.execute(c, "DELETE FROM t");
      assertEquals(0, blob.size());
    }
  }

  @Test
  void e2AnExpiredBlobIsOpenAndClosesWell() throws Exception {
    try (Connection c = transaction(counting(10))) {
      SqliteBlobChannel blob = writer(c, 1);
      Sql.execute(c, "DELETE FROM t");
      fails(ABORT, () -> blob.read(ByteBuffer.allocate(1)));
      assertTrue(blob.isOpen());
      blob.close();
      assertFalse(blob.isOpen());
    }
  }

  @Test
  void n1ReopeningMovesToAnotherRowAndToPositionZero() throws Exception {
    try (Connection c = memory(counting(10), counting(100_000));
        SqliteBlobChannel blob = writer(c, 1)) {
      assertArrayEquals(counting(10), readFully(blob, 10));
      blob.reopen(2);
      assertEquals(0, blob.position());
      assertEquals(100_000, blob.size());
      assertArrayEquals(counting(100_000), readFully(blob, 100_000));
      assertTrue(blob.toString().contains("row 2"), blob.toString());
      blob.reopen(1);
      assertEquals(10, blob.size());
      assertEquals(10, blob.write(ByteBuffer.allocate(10)));
    }
  }

  @Test
  void n2AFailedReopenClosesTheBlob() throws Exception {
    try (Connection c = memory(counting(10))) {
      Sql.execute(c, "INSERT INTO t VALUES (2, NULL, NULL), (3, 7, 7)");
      for (long wrong : new long[] {99, 2, 3}) {
        try (SqliteBlobChannel blob = reader(c, 1)) {
          SQLException failure = fails(1, () -> blob.reopen(wrong));
          Blobs.says(failure, wrong == 99 ? "no such rowid" : "cannot open");
          assertFalse(blob.isOpen());
          assertClosed(blob);
        }
      }
    }
  }

  /** Whatever the arguments. */
  private static void assertClosed(SqliteBlobChannel blob) throws IOException {
    assertFalse(blob.isOpen());
    ByteBuffer direct = ByteBuffer.allocateDirect(1_000_000);
    for (Executable use :
        List.<Executable>of(
            () -> blob.read(direct),
            () -> blob.read(ByteBuffer.allocate(0)),
            () -> blob.readFully(direct),
            () -> blob.write(direct),
            () -> blob.write(ByteBuffer.allocate(0)),
            blob::size,
            blob::position,
            () -> blob.position(-1),
            () -> blob.truncate(-1),
            () -> blob.reopen(1),
            () -> blob.inputStream().read(),
            () -> blob.outputStream().write(1))) {
      assertThrows(ClosedChannelException.class, use);
    }
    assertThrows(SQLException.class, () -> blob.asBlob().length());
    assertTrue(blob.toString().contains("closed"), blob.toString());
    blob.close();
  }

  @Test
  void c1And2ClosingTwiceIsFineAndNothingElseIs() throws Exception {
    try (Connection c = memory(counting(10))) {
      SqliteBlobChannel blob = writer(c, 1);
      assertTrue(blob.toString().contains("position 0 of 10"), blob.toString());
      blob.close();
      blob.close();
      assertClosed(blob);
    }
  }

  @Test
  void c3TheBodysFailureWinsOverThatOfClosing() throws Exception {
    try (Connection c = memory(counting(10))) {
      IllegalStateException body = new IllegalStateException("body");
      SqliteBlobChannel[] opened = new SqliteBlobChannel[1];
      IllegalStateException failure =
          assertThrows(
              IllegalStateException.class,
              () -> {
                try (SqliteBlobChannel blob = writer(c, 1)) {
                  opened[0] = blob;
                  throw body;
                }
              });
      assertSame(body, failure);
      assertFalse(opened[0].isOpen());
    }
  }

  @Test
  void c4ABlobThatNobodyHasIsClosed() throws Exception {
    String url = "jdbc:sqlite:" + directory.resolve("file.db");
    try (Connection c = DriverManager.getConnection(url);
        Connection other = DriverManager.getConnection(url + "?busy_timeout=0")) {
      Sql.execute(c, "CREATE TABLE t(id INTEGER PRIMARY KEY, b)", "INSERT INTO t VALUES (1, 'ab')");
      WeakReference<SqliteBlobChannel> left = new WeakReference<>(reader(c, 1));
      fails(5, () -> Sql.execute(other, "UPDATE t SET b = 'cd'"));
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      boolean isClosed = false;
      while (!isClosed && System.nanoTime() < end) {
        System.gc();
        isClosed = left.get() == null && updates(other);
        Thread.onSpinWait();
      }
      assertTrue(isClosed);
    }
  }

  private static boolean updates(Connection connection) {
    try {
      Sql.execute(connection, "UPDATE t SET b = 'cd'");
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  @Test
  void c5AConnectionClosesItsBlobsFirst() throws Exception {
    String url = "jdbc:sqlite:" + directory.resolve("file.db");
    Connection c = DriverManager.getConnection(url);
    Sql.execute(c, "CREATE TABLE t(id INTEGER PRIMARY KEY, b)", "INSERT INTO t VALUES (1, 'ab')");
    SqliteBlobChannel first = writer(c, 1);
    SqliteBlobChannel second = reader(c, 1);
    assertEquals(1, first.write(ByteBuffer.wrap(new byte[] {'x'})));
    c.close();
    assertTrue(c.isClosed());
    assertClosed(first);
    assertClosed(second);
    try (Connection again = DriverManager.getConnection(url)) {
      assertEquals("xb", Sql.value(again, "SELECT b FROM t"));
      Sql.execute(again, "UPDATE t SET b = 'cd'");
    }
  }

  @Test
  void c5WhatWasNotCommittedIsRolledBack() throws Exception {
    String url = "jdbc:sqlite:" + directory.resolve("file.db");
    Connection c = DriverManager.getConnection(url);
    Sql.execute(c, "CREATE TABLE t(id INTEGER PRIMARY KEY, b)", "INSERT INTO t VALUES (1, 'ab')");
    c.setAutoCommit(false);
    SqliteBlobChannel blob = writer(c, 1);
    assertEquals(1, blob.write(ByteBuffer.wrap(new byte[] {'x'})));
    c.close();
    assertClosed(blob);
    try (Connection again = DriverManager.getConnection(url)) {
      assertEquals("ab", Sql.value(again, "SELECT b FROM t"));
    }
  }

  @Test
  void c6ThreadsTakeTurns() throws Exception {
    int threads = 4;
    int part = 50_000;
    try (Connection c = memory(new byte[threads * part])) {
      ExecutorService pool = Executors.newFixedThreadPool(threads);
      try (SqliteBlobChannel blob = writer(c, 1)) {
        List<Future<Integer>> results = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
          byte value = (byte) (i + 1);
          results.add(
              pool.submit(
                  () -> {
                    byte[] bytes = new byte[part];
                    java.util.Arrays.fill(bytes, value);
                    return blob.write(ByteBuffer.wrap(bytes));
                  }));
        }
        for (Future<Integer> result : results) {
          assertEquals(part, result.get(30, TimeUnit.SECONDS));
        }
        assertEquals(threads * (long) part, blob.position());
      } finally {
        pool.shutdownNow();
      }
      byte[] all = Blobs.value(c, 1);
      for (int i = 0; i < all.length; i++) {
        assertEquals(all[i / part * part], all[i]);
        assertTrue(all[i] > 0);
      }
    }
  }

  /** SQLite runs the handler in the middle of the operation. */
  @Test
  void c6ClosingWhileAnOperationRunsIsRefused() throws Exception {
    try (Connection c = memory(counting(10), counting(10))) {
      SqliteBlobChannel blob = reader(c, 1);
      CountDownLatch inside = new CountDownLatch(1);
      CountDownLatch refused = new CountDownLatch(1);
      Exception[] nested = new Exception[2];
      ProgressHandler.setHandler(
          c,
          1,
          new ProgressHandler() {
            @Override
            protected int progress() {
              nested[0] = assertThrows(IOException.class, blob::close);
              nested[1] = assertThrows(IOException.class, () -> blob.read(ByteBuffer.allocate(1)));
              inside.countDown();
              try {
                assertTrue(refused.await(30, TimeUnit.SECONDS));
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              return 0;
            }
          });
      ExecutorService other = Executors.newSingleThreadExecutor();
      try {
        Future<?> moved =
            other.submit(
                () -> {
                  blob.reopen(2);
                  return null;
                });
        assertTrue(inside.await(30, TimeUnit.SECONDS));
        fails(5, blob::close);
        assertTrue(blob.isOpen());
        refused.countDown();
        moved.get(30, TimeUnit.SECONDS);
      } finally {
        other.shutdownNow();
      }
      ProgressHandler.clearHandler(c);
      assertEquals(5, ((SqliteBlobException) nested[0]).sqlException().getErrorCode());
      assertEquals(21, ((SqliteBlobException) nested[1]).sqlException().getErrorCode());
      assertArrayEquals(counting(10), readFully(blob, 10));
      blob.close();
    }
  }

  @Test
  void c6AConnectionThatIsClosedBetweenReadsEndsThem() throws Exception {
    int rounds = Boolean.getBoolean("s3vfs.test.thorough") ? 2000 : 50;
    ExecutorService other = Executors.newSingleThreadExecutor();
    try {
      for (int i = 0; i < rounds; i++) {
        Connection c = memory(counting(300_000));
        SqliteBlobChannel blob = writer(c, 1);
        CountDownLatch reading = new CountDownLatch(1);
        Future<Boolean> ended =
            other.submit(
                () -> {
                  ByteBuffer buffer = ByteBuffer.allocate(300_000);
                  try {
                    while (true) {
                      blob.position(0).readFully(buffer.clear());
                      reading.countDown();
                    }
                  } catch (ClosedChannelException e) {
                    return true;
                  }
                });
        assertTrue(reading.await(30, TimeUnit.SECONDS));
        c.close();
        assertTrue(ended.get(30, TimeUnit.SECONDS));
        assertClosed(blob);
      }
    } finally {
      other.shutdownNow();
    }
  }

  /** As in SQLite: only the pre-update hook is, which sqlite-jdbc does not have. */
  @Test
  void triggersAndListenersAreNotToldOfWrites() throws Exception {
    try (Connection c = memory(counting(10))) {
      Sql.execute(
          c, "CREATE TRIGGER written AFTER UPDATE ON t BEGIN SELECT RAISE(ABORT, 'told'); END");
      List<String> told = new ArrayList<>();
      c.unwrap(SQLiteConnection.class)
          .addUpdateListener((type, database, table, row) -> told.add(type + " " + table));
      try (SqliteBlobChannel blob = writer(c, 1)) {
        assertEquals(10, blob.write(ByteBuffer.allocate(10)));
      }
      assertEquals(List.of(), told);
      assertArrayEquals(new byte[10], Blobs.value(c, 1));
    }
  }

  @Test
  void aFunctionOfSqlMayOpenBlobsOfItsConnection() throws Exception {
    try (Connection c = memory(counting(10))) {
      Function.create(
          c,
          "first_byte",
          new Function() {
            @Override
            protected void xFunc() throws SQLException {
              try (SqliteBlobChannel blob = reader(c, value_int(0))) {
                result(readFully(blob, 2)[1]);
              } catch (Exception e) {
                error(e.toString());
              }
            }
          });
      assertEquals("1", Sql.value(c, "SELECT first_byte(id) FROM t"));
    }
  }

  @Test
  void aBusyHandlerMayCloseTheConnectionWhileABlobIsOpened() throws Exception {
    String url = "jdbc:sqlite:" + directory.resolve("file.db");
    try (Connection other = DriverManager.getConnection(url)) {
      Sql.execute(
          other, "CREATE TABLE t(id INTEGER PRIMARY KEY, b)", "INSERT INTO t VALUES (1, 'ab')");
      Connection c = DriverManager.getConnection(url);
      reader(c, 1).close();
      Sql.execute(other, "BEGIN EXCLUSIVE");
      BusyHandler.setHandler(
          c,
          new BusyHandler() {
            @Override
            protected int callback(int count) throws SQLException {
              return 0;
            }
          });
      fails(5, () -> reader(c, 1).close());
      Sql.execute(other, "COMMIT");
      c.close();
    }
  }

  @Test
  void theEndOfTheLibraryClosesBlobsOfAllConnections() throws Exception {
    try (Connection c = memory(counting(10))) {
      SqliteBlobChannel blob = writer(c, 1);
      S3Vfs.closeAll();
      assertClosed(blob);
      try (SqliteBlobChannel again = reader(c, 1)) {
        assertArrayEquals(counting(10), readFully(again, 10));
      }
    }
  }

  @Test
  void e1ExpiryIsNeverTakenForTheEndByStreamsAndJdbcsBlob() throws Exception {
    try (Connection c = transaction(counting(100));
        SqliteBlobChannel channel = reader(c, 1)) {
      Blob blob = channel.asBlob();
      InputStream atEnd = blob.getBinaryStream(101, 0);
      InputStream inside = blob.getBinaryStream(1, 100);
      InputStream stream = channel.position(3).inputStream();
      assertEquals(-1, atEnd.read());
      assertEquals(0, atEnd.available());
      Sql.execute(c, "UPDATE t SET other = 1");
      fails(ABORT, () -> blob.getBinaryStream());
      fails(ABORT, () -> blob.getBinaryStream(1, 5));
      fails(ABORT, () -> blob.position(new byte[] {1, 2}, 1));
      fails(ABORT, () -> blob.position(new byte[] {1, 2}, Long.MAX_VALUE));
      fails(ABORT, atEnd::read);
      fails(ABORT, inside::read);
      fails(ABORT, inside::available);
      fails(ABORT, () -> stream.skip(1));
      fails(ABORT, stream::available);
      assertEquals(3, channel.position());
      assertEquals(0, blob.length());
    }
  }

  @Test
  void e1TheSizeOfAnEmptyValueThatHasExpiredIsZero() throws Exception {
    try (Connection c = transaction(new byte[0]);
        SqliteBlobChannel channel = reader(c, 1)) {
      Sql.execute(c, "UPDATE t SET other = 1");
      assertEquals(0, channel.size());
      assertEquals(0, channel.asBlob().length());
      fails(ABORT, () -> channel.read(ByteBuffer.allocate(1)));
      fails(ABORT, () -> channel.asBlob().getBinaryStream());
    }
  }

  @Test
  void n1AMarkBehindTheEndOfAnotherRowsValueIsNotGoneBackTo() throws Exception {
    try (Connection c = memory(counting(10), counting(3));
        SqliteBlobChannel channel = reader(c, 1)) {
      InputStream in = channel.inputStream();
      assertEquals(7, in.skip(7));
      in.mark(0);
      channel.reopen(2);
      assertThrows(IOException.class, in::reset);
      assertEquals(0, channel.position());
    }
  }

  @Test
  void c1ForcedItIsClosedWithoutTheErrorsOfAnUnforcedClose() throws Exception {
    try (Connection c = transaction(counting(1000), counting(1000))) {
      SqliteBlobChannel told = writer(c, 1);
      SqliteBlobChannel also = writer(c, 1);
      SqliteBlobChannel forced = writer(c, 2);
      SqliteBlobChannel reading = reader(c, 2);
      forced.write(ByteBuffer.allocate(10));
      c.rollback();
      for (SqliteBlobChannel blob : List.of(told, also, forced)) {
        fails(ABORT, () -> blob.read(ByteBuffer.allocate(1)));
      }
      forced.close(true);
      assertFalse(forced.isOpen());
      forced.close(true);
      reading.close(true);
      assertFalse(reading.isOpen());
      fails(ABORT, told::close);
      fails(ABORT, () -> also.close(false));
      assertFalse(told.isOpen() || also.isOpen());
      Sql.execute(c, "UPDATE t SET b = 'on' WHERE id = 1");
      c.commit();
    }
  }
}
