package io.github.s3vfs.blob;

import static io.github.s3vfs.blob.Blobs.counting;
import static io.github.s3vfs.blob.Blobs.memory;
import static io.github.s3vfs.blob.Blobs.reader;
import static io.github.s3vfs.blob.Blobs.value;
import static io.github.s3vfs.blob.Blobs.writer;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.s3vfs.jdbc.S3Transactions;
import io.github.s3vfs.scenario.Sql;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.Path;
import java.sql.Blob;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import javax.sql.PooledConnection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;
import org.sqlite.javax.SQLiteConnectionPoolDataSource;

/** Streams, JDBC's BLOB, and connections that are wrapped. */
class BlobViewsTest {
  private static final int SIZE = 200_000;
  @TempDir Path directory;

  @Test
  void anInputStreamReadsSkipsAndGoesBack() throws Exception {
    byte[] value = counting(SIZE);
    try (Connection c = memory(value)) {
      SqliteBlobChannel blob = reader(c, 1);
      try (InputStream in = blob.inputStream()) {
        assertEquals(SIZE, in.available());
        assertEquals(0, in.read());
        assertEquals(99, in.skip(99));
        assertTrue(in.markSupported());
        in.mark(0);
        assertArrayEquals(Arrays.copyOfRange(value, 100, 150), in.readNBytes(50));
        in.reset();
        assertEquals(100, blob.position());
        assertEquals(SIZE - 100, in.skip(Long.MAX_VALUE));
        assertEquals(-1, in.read());
        assertEquals(0, in.available());
        assertEquals(0, in.skip(-5));
      }
      assertFalse(blob.isOpen());
    }
  }

  @Test
  void filtersOfStreamsWork() throws Exception {
    byte[] value = counting(SIZE);
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(packed)) {
      out.write(value);
    }
    try (Connection c = memory(new byte[packed.size()])) {
      SqliteBlobChannel blob = writer(c, 1);
      try (OutputStream out = new BufferedOutputStream(blob.outputStream())) {
        out.write(packed.toByteArray());
      }
      assertFalse(blob.isOpen());
      try (InputStream in =
          new GZIPInputStream(new BufferedInputStream(reader(c, 1).inputStream()))) {
        assertArrayEquals(value, in.readAllBytes());
      }
      try (SqliteBlobChannel again = reader(c, 1);
          InputStream in = new GZIPInputStream(Channels.newInputStream(again))) {
        assertArrayEquals(value, in.readAllBytes());
      }
    }
  }

  @Test
  void anOutputStreamEndsWhereTheValueDoes() throws Exception {
    try (Connection c = memory(new byte[3]);
        SqliteBlobChannel blob = writer(c, 1)) {
      OutputStream out = blob.outputStream();
      out.write(7);
      out.write(new byte[] {8, 9});
      out.flush();
      assertThrows(IndexOutOfBoundsException.class, () -> out.write(10));
      assertArrayEquals(new byte[] {7, 8, 9}, value(c, 1));
    }
  }

  @Test
  void jdbcsBlobCountsFromOneAndLeavesThePosition() throws Exception {
    byte[] value = counting(SIZE);
    value[70_150] = (byte) ~value[70_150]; // what is before comes again
    try (Connection c = memory(value);
        SqliteBlobChannel channel = writer(c, 1)) {
      Blob blob = channel.position(5).asBlob();
      assertEquals(SIZE, blob.length());
      assertArrayEquals(Arrays.copyOf(value, 10), blob.getBytes(1, 10));
      assertArrayEquals(new byte[] {value[SIZE - 1]}, blob.getBytes(SIZE, 10));
      assertArrayEquals(new byte[0], blob.getBytes(SIZE + 1, 10));
      assertArrayEquals(value, blob.getBinaryStream().readAllBytes());
      assertArrayEquals(
          Arrays.copyOfRange(value, 9, 19), blob.getBinaryStream(10, 10).readAllBytes());
      assertEquals(70_001, blob.position(Arrays.copyOfRange(value, 70_000, 70_300), 1));
      assertEquals(-1, blob.position(new byte[] {1, 1, 1}, 1));
      assertEquals(3, blob.setBytes(2, new byte[] {50, 51, 52}));
      assertEquals(1, blob.setBytes(SIZE, new byte[] {1, 2, 3}, 1, 1));
      try (OutputStream out = blob.setBinaryStream(100)) {
        out.write(new byte[] {60, 61});
        out.write(62);
      }
      assertEquals(5, channel.position());
      byte[] now = value(c, 1);
      assertArrayEquals(new byte[] {0, 50, 51, 52, value[4]}, Arrays.copyOf(now, 5));
      assertArrayEquals(new byte[] {60, 61, 62}, Arrays.copyOfRange(now, 99, 102));
      assertEquals(2, now[SIZE - 1]);
      assertThrows(SQLException.class, () -> blob.getBytes(0, 1));
      assertThrows(SQLException.class, () -> blob.getBytes(1, -1));
      assertThrows(SQLException.class, () -> blob.getBinaryStream(1, SIZE + 1L));
      assertThrows(SQLException.class, () -> blob.setBytes(SIZE, new byte[2]));
      assertThrows(SQLFeatureNotSupportedException.class, () -> blob.truncate(1));
      c.setAutoCommit(false);
      Sql.execute(c, "UPDATE t SET other = 1");
      Blobs.fails(Blobs.ABORT, () -> blob.getBytes(1, 1));
      blob.free();
      blob.free();
      assertFalse(channel.isOpen());
      assertThrows(SQLException.class, blob::length);
    }
  }

  @Test
  void jdbcsBlobCannotWriteWhatIsReadOnly() throws Exception {
    try (Connection c = memory(counting(3));
        SqliteBlobChannel channel = reader(c, 1)) {
      Blobs.fails(8, () -> channel.asBlob().setBytes(1, new byte[1]));
    }
  }

  @Test
  void poolsConnectionsAreUnwrapped() throws Exception {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl("jdbc:sqlite:" + directory.resolve("pool.db"));
    config.setMaximumPoolSize(1);
    try (HikariDataSource pool = new HikariDataSource(config)) {
      SqliteBlobChannel left;
      try (Connection c = pool.getConnection()) {
        Sql.execute(
            c, "CREATE TABLE t(id INTEGER PRIMARY KEY, b)", "INSERT INTO t VALUES (1, 'ab')");
        try (SqliteBlobChannel blob = writer(c, 1)) {
          assertEquals(1, blob.write(ByteBuffer.wrap(new byte[] {'x'})));
        }
        left = reader(c, 1);
        assertTrue(left.isOpen());
      }
      assertFalse(left.isOpen());
      assertThrows(ClosedChannelException.class, () -> left.read(ByteBuffer.allocate(1)));
      try (Connection c = pool.getConnection()) {
        assertEquals("xb", Sql.value(c, "SELECT b FROM t"));
        Sql.execute(c, "UPDATE t SET b = 'cd'");
      }
    }
  }

  @Test
  void sqliteJdbcsOwnPoolConnectionsWork() throws Exception {
    SQLiteConnectionPoolDataSource source = new SQLiteConnectionPoolDataSource();
    source.setUrl("jdbc:sqlite:" + directory.resolve("pooled.db"));
    PooledConnection pooled = source.getPooledConnection();
    Connection c = pooled.getConnection();
    Sql.execute(c, "CREATE TABLE t(id INTEGER PRIMARY KEY, b)", "INSERT INTO t VALUES (1, 'ab')");
    SqliteBlobChannel blob = reader(c, 1);
    assertEquals(2, blob.size());
    c.close();
    assertFalse(blob.isOpen());
    assertThrows(ClosedChannelException.class, blob::size);
    try (Connection again = pooled.getConnection()) {
      Sql.execute(again, "UPDATE t SET b = 'cd'");
    }
    pooled.close();
  }

  @Test
  void theWorkOfATransactionOpensBlobs() throws Exception {
    SQLiteDataSource source = new SQLiteDataSource();
    source.setUrl("jdbc:sqlite:" + directory.resolve("work.db"));
    try (Connection c = source.getConnection()) {
      Sql.execute(c, "CREATE TABLE t(id INTEGER PRIMARY KEY, b)", "INSERT INTO t VALUES (1, 'ab')");
      int written =
          S3Transactions.run(
              source,
              work -> {
                try (SqliteBlobChannel blob = writer(work, 1)) {
                  return blob.write(ByteBuffer.wrap(new byte[] {'y'}));
                } catch (java.io.IOException e) {
                  throw new SQLException(e);
                }
              });
      assertEquals(1, written);
      assertEquals("yb", Sql.value(c, "SELECT b FROM t"));
    }
  }

  @Test
  void whatIsNoConnectionOfSqliteJdbcIsRefused() {
    Connection other =
        Connection.class.cast(
            java.lang.reflect.Proxy.newProxyInstance(
                BlobViewsTest.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (self, method, arguments) -> {
                  throw new SQLException("not a wrapper");
                }));
    assertThrows(SQLException.class, () -> reader(other, 1).close());
  }

  @Test
  void aStreamIntoAFileIsTheValue() throws Exception {
    byte[] value = counting(SIZE);
    try (Connection c = memory(value);
        InputStream in = reader(c, 1).inputStream()) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      assertEquals(SIZE, in.transferTo(out));
      assertArrayEquals(value, new ByteArrayInputStream(out.toByteArray()).readAllBytes());
    }
  }

  @Test
  void jdbcsStreamFailsAsStreamsDoWhereItCannotWrite() throws Exception {
    try (Connection c = memory(counting(3));
        SqliteBlobChannel writer = writer(c, 1)) {
      OutputStream out = writer.asBlob().setBinaryStream(3);
      IOException behind = assertThrows(IOException.class, () -> out.write(new byte[2]));
      assertTrue(behind.getCause() instanceof IndexOutOfBoundsException);
      out.write(7);
      assertThrows(IOException.class, () -> out.write(8));
      assertThrows(IndexOutOfBoundsException.class, () -> out.write(new byte[1], 0, 2));
      assertArrayEquals(new byte[] {0, 1, 7}, value(c, 1));
    }
    try (Connection c = memory(counting(3));
        SqliteBlobChannel reader = reader(c, 1)) {
      OutputStream out = reader.asBlob().setBinaryStream(1);
      IOException refused = assertThrows(IOException.class, () -> out.write(1));
      assertTrue(refused.getCause() instanceof NonWritableChannelException);
    }
  }

  @Test
  void nothingIsFoundBehindTheEnd() throws Exception {
    try (Connection c = memory(counting(3));
        SqliteBlobChannel channel = reader(c, 1)) {
      for (long start : new long[] {3, 4, 100, Long.MAX_VALUE}) {
        assertEquals(-1, channel.asBlob().position(new byte[] {1, 2}, start));
      }
    }
  }
}
