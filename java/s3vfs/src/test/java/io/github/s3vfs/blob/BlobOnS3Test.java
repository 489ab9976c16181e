package io.github.s3vfs.blob;

import static io.github.s3vfs.blob.Blobs.counting;
import static io.github.s3vfs.blob.Blobs.readFully;
import static io.github.s3vfs.blob.Blobs.reader;
import static io.github.s3vfs.blob.Blobs.writer;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.Layout;
import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.scenario.Bucket;
import io.github.s3vfs.scenario.Failure;
import io.github.s3vfs.scenario.Sql;
import io.github.s3vfs.testkit.Fault;
import io.github.s3vfs.testkit.RequestMatch;
import io.github.s3vfs.testkit.S3Operation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.sqlite.SQLiteDataSource;

/** Blobs of databases in S3: what they keep, and how they fail. */
@Timeout(60)
@ParameterizedClass
@EnumSource(Layout.class)
class BlobOnS3Test {
  private static final int SIZE = 300_000;

  @Parameter Layout layout = Layout.BLOCKS;

  private Bucket bucket() throws SQLException {
    Bucket bucket =
        Bucket.open(b -> b.layout(layout).retries(1).requestTimeout(Duration.ofSeconds(4)));
    try (Connection c = bucket.connect("db")) {
      Sql.execute(c, "CREATE TABLE t(id INTEGER PRIMARY KEY, b BLOB, other)");
      Blobs.insert(c, counting(SIZE));
    }
    return bucket;
  }

  private static S3Vfs other(Bucket bucket) {
    return Bucket.vfs(bucket.server(), b -> b);
  }

  private static Connection connect(S3Vfs vfs) throws SQLException {
    return DriverManager.getConnection(Bucket.url(vfs, "db", ""));
  }

  @Test
  void z4ZerosAreInsertedAndWrittenInPartsInOneTransaction() throws Exception {
    try (Bucket bucket = bucket()) {
      try (Connection c = bucket.connect("db");
          PreparedStatement s =
              c.prepareStatement("INSERT INTO t(id, b) VALUES (2, zeroblob(?))")) {
        c.setAutoCommit(false);
        Zeroblob.of(SIZE).setOn(s, 1);
        assertEquals(1, s.executeUpdate());
        try (SqliteBlobChannel blob = writer(c, 2)) {
          assertEquals(SIZE - 5, blob.position(5).write(ByteBuffer.wrap(counting(SIZE - 5))));
        }
        c.commit();
      }
      byte[] expected = new byte[SIZE];
      System.arraycopy(counting(SIZE - 5), 0, expected, 5, SIZE - 5);
      try (S3Vfs other = other(bucket);
          Connection c = connect(other);
          SqliteBlobChannel blob = reader(c, 2)) {
        assertArrayEquals(expected, readFully(blob, SIZE));
      }
    }
  }

  @Test
  void z2AsAnObjectItIsSetAsElsewhere() throws Exception {
    try (Bucket bucket = bucket();
        Connection c = bucket.connect("db")) {
      try (PreparedStatement s = c.prepareStatement("INSERT INTO t(b) VALUES (zeroblob(?))")) {
        s.setObject(1, Zeroblob.of(7));
        s.executeUpdate();
      }
      try (PreparedStatement s = c.prepareStatement("INSERT INTO t(b) VALUES (?)")) {
        Failure.ofSql(() -> s.setObject(1, Zeroblob.of(7))).names("zeroblob(?)");
        Failure.ofSql(() -> Zeroblob.of(7).setOn(s, 1)).names("zeroblob(?)");
      }
      assertEquals(
          "blob 7", Sql.value(c, "SELECT typeof(b) || ' ' || length(b) FROM t WHERE id > 1"));
    }
  }

  @Test
  void n1And2ReopeningMovesToARowOrClosesTheBlob() throws Exception {
    try (Bucket bucket = bucket()) {
      try (Connection c = bucket.connect("db")) {
        Sql.execute(c, "INSERT INTO t(id, b) VALUES (3, x'0102'), (4, 7)");
      }
      try (S3Vfs other = other(bucket);
          Connection c = connect(other)) {
        SqliteBlobChannel blob = writer(c, 3);
        assertArrayEquals(new byte[] {1, 2}, readFully(blob, 2));
        blob.reopen(1);
        assertArrayEquals(counting(SIZE), readFully(blob, SIZE));
        blob.reopen(3);
        assertEquals(1, blob.write(ByteBuffer.wrap(new byte[] {9})));
        Blobs.fails(1, () -> blob.reopen(4));
        assertFalse(blob.isOpen());
        // What was written is committed, for the blob was closed.
        try (Connection again = bucket.connect("db");
            SqliteBlobChannel written = reader(again, 3)) {
          assertArrayEquals(new byte[] {9, 2}, readFully(written, 2));
        }
      }
    }
  }

  @Test
  void e1And2AChangeOfTheRowExpiresTheBlobAndARollbackOfWhatItWroteTakesItBack() throws Exception {
    try (Bucket bucket = bucket();
        Connection c = bucket.connect("db")) {
      c.setAutoCommit(false);
      SqliteBlobChannel blob = writer(c, 1);
      assertEquals(3, blob.position(SIZE - 3).write(ByteBuffer.allocate(3)));
      Sql.execute(c, "INSERT INTO t(b) VALUES ('another row')");
      assertArrayEquals(counting(10), readFully(blob.position(0), 10));
      Sql.execute(c, "UPDATE t SET other = 1 WHERE id = 1");
      Blobs.fails(Blobs.ABORT, () -> blob.read(ByteBuffer.allocate(1)));
      Blobs.fails(Blobs.ABORT, () -> blob.write(ByteBuffer.allocate(1)));
      assertEquals(0, blob.size());
      assertTrue(blob.isOpen());
      blob.close();
      c.rollback();
      try (SqliteBlobChannel after = reader(c, 1)) {
        assertArrayEquals(counting(SIZE), readFully(after, SIZE));
      }
      c.commit();
    }
  }

  @Test
  void o6AnOpenBlobPinsTheVersionThatItReads() throws Exception {
    if (layout == Layout.BLOCKS) {
      readersKeepWritersOfTheProcessFromCommitting();
      return;
    }
    try (Bucket bucket = bucket();
        S3Vfs other = other(bucket);
        Connection writing = connect(other);
        Connection c = bucket.connect("db")) {
      try (SqliteBlobChannel blob = reader(c, 1)) {
        Sql.execute(writing, "UPDATE t SET b = zeroblob(10)");
        assertArrayEquals(counting(SIZE), readFully(blob, SIZE));
        assertEquals(SIZE + "", Sql.value(c, "SELECT length(b) FROM t"));
      }
      assertEquals("10", Sql.value(c, "SELECT length(b) FROM t"));
    }
  }

  /** What this layout has in place of versions. */
  private void readersKeepWritersOfTheProcessFromCommitting() throws Exception {
    try (Bucket bucket = bucket();
        Connection writing = bucket.connect("db", "busy_timeout=0");
        Connection c = bucket.connect("db")) {
      try (SqliteBlobChannel blob = reader(c, 1)) {
        Blobs.fails(5, () -> Sql.execute(writing, "UPDATE t SET b = zeroblob(10)"));
        assertArrayEquals(counting(SIZE), readFully(blob, SIZE));
      }
      Sql.execute(writing, "UPDATE t SET b = zeroblob(10)");
      assertEquals("10", Sql.value(c, "SELECT length(b) FROM t"));
    }
  }

  @Test
  void o6ABlobThatIsWritableKeepsOtherProcessesFromWriting() throws Exception {
    try (Bucket bucket = bucket();
        S3Vfs other = other(bucket);
        Connection c = bucket.connect("db");
        Connection writing =
            DriverManager.getConnection(Bucket.url(other, "db", "busy_timeout=0"))) {
      try (SqliteBlobChannel blob = writer(c, 1)) {
        Blobs.fails(5, () -> Sql.execute(writing, "DELETE FROM t"));
        assertEquals(3, blob.position(SIZE - 3).write(ByteBuffer.wrap(new byte[] {9, 8, 7})));
        try (SqliteBlobChannel before = reader(writing, 1)) {
          assertArrayEquals(
              Arrays.copyOfRange(counting(SIZE), SIZE - 3, SIZE),
              readFully(before.position(SIZE - 3), 3));
        }
      }
      try (SqliteBlobChannel after = reader(writing, 1)) {
        assertArrayEquals(new byte[] {9, 8, 7}, readFully(after.position(SIZE - 3), 3));
      }
      Sql.execute(writing, "DELETE FROM t");
    }
  }

  @Test
  void c1WhatS3FailsWithIsTheCauseAndClosingSaysItAgain() throws Exception {
    try (Bucket bucket = bucket()) {
      for (boolean stock : new boolean[] {false, true}) {
        try (S3Vfs cold = Bucket.vfs(bucket.server(), b -> b.cacheSizeBytes(0).retries(1));
            Connection c = stock ? stock(cold) : connect(cold)) {
          SqliteBlobChannel blob = reader(c, 1);
          bucket.server().faults().add(RequestMatch.of(S3Operation.GET_OBJECT), Fault.slowDown());
          ByteBuffer buffer = ByteBuffer.allocate(SIZE);
          SqliteBlobException failure =
              assertThrows(SqliteBlobException.class, () -> blob.readFully(buffer));
          assertEquals(10, failure.sqlException().getErrorCode());
          Failure.of(
                  () -> {
                    throw failure;
                  })
              .names("SQLITE_IOERR", "bucket");
          assertEquals(0, buffer.position());
          assertEquals(0, blob.position());
          bucket.server().faults().clear();
          assertThrows(SqliteBlobException.class, blob::close); // SQLite says it again
          assertFalse(blob.isOpen());
        }
      }
    }
  }

  @Test
  void c3TheFailureOfClosingIsSuppressedInThatOfTheBody() throws Exception {
    try (Bucket bucket = bucket();
        S3Vfs cold = Bucket.vfs(bucket.server(), b -> b.cacheSizeBytes(0).retries(1));
        Connection c = connect(cold)) {
      SqliteBlobChannel[] opened = new SqliteBlobChannel[1];
      SqliteBlobException failure =
          assertThrows(
              SqliteBlobException.class,
              () -> {
                try (SqliteBlobChannel blob = reader(c, 1)) {
                  opened[0] = blob;
                  bucket
                      .server()
                      .faults()
                      .add(RequestMatch.of(S3Operation.GET_OBJECT), Fault.slowDown());
                  blob.readFully(ByteBuffer.allocate(SIZE));
                }
              });
      bucket.server().faults().clear();
      assertEquals(1, failure.getSuppressed().length);
      Blobs.fails(
          10,
          () -> {
            throw failure.getSuppressed()[0];
          });
      assertFalse(opened[0].isOpen());
    }
  }

  private static Connection stock(S3Vfs vfs) throws SQLException {
    SQLiteDataSource source = new SQLiteDataSource();
    source.setUrl(Bucket.url(vfs, "db", ""));
    return source.getConnection();
  }

  @Test
  void aCommitThatFailsFailsTheCloseOfTheBlobOrOfTheConnection() throws Exception {
    try (Bucket bucket = bucket()) {
      for (boolean connection : new boolean[] {false, true}) {
        Connection c = bucket.connect("db");
        SqliteBlobChannel blob = writer(c, 1);
        assertEquals(4, blob.write(ByteBuffer.allocate(4)));
        bucket
            .server()
            .faults()
            .add(RequestMatch.of(S3Operation.PUT_OBJECT), Fault.error(403, "AccessDenied"));
        if (connection) {
          Failure.ofSql(c::close).names("SQLITE_IOERR", "bucket");
        } else {
          assertThrows(SqliteBlobException.class, blob::close);
        }
        bucket.server().faults().clear();
        assertFalse(blob.isOpen());
        blob.close();
        c.close();
        assertTrue(c.isClosed());
        try (S3Vfs other = other(bucket);
            Connection again = connect(other);
            SqliteBlobChannel unchanged = reader(again, 1)) {
          assertArrayEquals(counting(SIZE), readFully(unchanged, SIZE));
        }
      }
    }
  }

  @Test
  void theConnectionNoticesThatItsTransactionWasRolledBack() throws Exception {
    try (Bucket bucket = bucket();
        Connection c = bucket.connect("db")) {
      c.setAutoCommit(false);
      SqliteBlobChannel blob = writer(c, 1);
      assertEquals(4, blob.write(ByteBuffer.allocate(4)));
      Sql.execute(c, "ROLLBACK");
      assertThrows(IOException.class, () -> blob.write(ByteBuffer.allocate(4)));
      Failure.ofSql(() -> Sql.execute(c, "DELETE FROM t")).names("rolled back");
      assertThrows(SqliteBlobException.class, blob::close);
      assertFalse(blob.isOpen());
      c.rollback();
      assertEquals("1", Sql.value(c, "SELECT count(*) FROM t"));
      c.setAutoCommit(true);
    }
  }

  @Test
  void aVfsIsInUseWhileABlobIsOpenAndTheEndOfAllClosesBlobs() throws Exception {
    try (Bucket bucket = bucket()) {
      Connection c = bucket.connect("db");
      SqliteBlobChannel blob = writer(c, 1);
      assertEquals(4, blob.write(ByteBuffer.allocate(4)));
      assertThrows(S3VfsException.class, bucket.vfs()::close);
      S3Vfs.closeAll();
      assertThrows(ClosedChannelException.class, () -> readFully(blob, SIZE));
      blob.close();
      Failure.ofSql(() -> reader(c, 1).close());
      c.close();
    }
  }
}
