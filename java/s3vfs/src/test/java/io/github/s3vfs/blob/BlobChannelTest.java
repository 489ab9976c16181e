package io.github.s3vfs.blob;

import static io.github.s3vfs.blob.Blobs.counting;
import static io.github.s3vfs.blob.Blobs.memory;
import static io.github.s3vfs.blob.Blobs.readFully;
import static io.github.s3vfs.blob.Blobs.reader;
import static io.github.s3vfs.blob.Blobs.value;
import static io.github.s3vfs.blob.Blobs.writer;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.scenario.Sql;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows P, R and W: position, reading and writing. */
class BlobChannelTest {
  private static final int SIZE = 200_000;
  @TempDir Path directory;

  @Test
  void p1TheSizeNeverChanges() throws Exception {
    try (Connection c = memory(counting(SIZE));
        SqliteBlobChannel blob = writer(c, 1);
        SqliteBlobChannel reader = reader(c, 1)) {
      assertEquals(SIZE, blob.size());
      assertEquals(10, blob.write(ByteBuffer.allocate(10)));
      assertEquals(SIZE, blob.size());
      assertThrows(UnsupportedOperationException.class, () -> blob.truncate(SIZE - 1));
      assertThrows(UnsupportedOperationException.class, () -> blob.truncate(0));
      assertThrows(IllegalArgumentException.class, () -> blob.truncate(-1));
      assertEquals(blob, blob.truncate(SIZE));
      assertEquals(blob, blob.truncate(Long.MAX_VALUE));
      assertThrows(NonWritableChannelException.class, () -> reader.truncate(SIZE));
      assertEquals(SIZE, blob.size());
      assertEquals(10, blob.position());
    }
  }

  @Test
  void p2ThePositionIsSharedAndMovesByWhatWasTransferred() throws Exception {
    try (Connection c = memory(counting(100));
        SqliteBlobChannel blob = writer(c, 1)) {
      assertEquals(0, blob.position());
      assertEquals(30, blob.read(ByteBuffer.allocate(30)));
      assertEquals(30, blob.position());
      assertEquals(20, blob.write(ByteBuffer.allocate(20)));
      assertEquals(50, blob.position());
      assertThrows(IndexOutOfBoundsException.class, () -> blob.write(ByteBuffer.allocate(51)));
      assertThrows(IndexOutOfBoundsException.class, () -> blob.readFully(ByteBuffer.allocate(51)));
      assertEquals(50, blob.position());
      assertEquals(50, blob.read(ByteBuffer.allocate(1000)));
      assertEquals(100, blob.position());
      assertEquals(-1, blob.read(ByteBuffer.allocate(1000)));
      assertEquals(100, blob.position());
    }
  }

  @Test
  void p3APositionOutsideOfTheValueIsRefused() throws Exception {
    try (Connection c = memory(counting(100));
        SqliteBlobChannel blob = reader(c, 1)) {
      assertEquals(40, blob.position(40).position());
      for (long wrong : new long[] {-1, 101, 1L << 32, (1L << 32) + 5, Long.MIN_VALUE}) {
        assertThrows(IllegalArgumentException.class, () -> blob.position(wrong));
        assertEquals(40, blob.position());
      }
      assertEquals(100, blob.position(100).position());
      assertEquals(-1, blob.read(ByteBuffer.allocate(1)));
    }
  }

  @Test
  void p4ThePositionIsTold() throws Exception {
    try (Connection c = memory(counting(100));
        SqliteBlobChannel blob = reader(c, 1)) {
      assertEquals(7, blob.position(7).position());
      assertEquals(8, readFully(blob, 1)[0] + 1L);
      assertEquals(8, blob.position());
    }
  }

  @Test
  void r1ReadsWhatTheBufferTakesOrWhatIsLeft() throws Exception {
    byte[] value = counting(SIZE);
    try (Connection c = memory(value);
        SqliteBlobChannel blob = reader(c, 1)) {
      ByteBuffer buffer = ByteBuffer.allocate(100).position(10).limit(60);
      assertEquals(50, blob.read(buffer));
      assertEquals(60, buffer.position());
      assertArrayEquals(Arrays.copyOf(value, 50), Arrays.copyOfRange(buffer.array(), 10, 60));
      assertEquals(0, blob.read(ByteBuffer.allocate(0)));
      assertEquals(50, blob.position());
      assertEquals(SIZE - 50, blob.read(ByteBuffer.allocateDirect(SIZE)));
      assertEquals(-1, blob.read(ByteBuffer.allocateDirect(1)));
      assertEquals(0, blob.read(ByteBuffer.allocate(0)));
    }
  }

  @Test
  void r2TheRestIsReadThroughTheStream() throws Exception {
    byte[] value = counting(SIZE);
    try (Connection c = memory(value);
        SqliteBlobChannel blob = reader(c, 1)) {
      blob.position(77);
      assertArrayEquals(Arrays.copyOfRange(value, 77, SIZE), blob.inputStream().readAllBytes());
      assertEquals(SIZE, blob.position());
    }
  }

  @Test
  void r3ReadFullyIsNeverShort() throws Exception {
    byte[] value = counting(SIZE);
    try (Connection c = memory(value);
        SqliteBlobChannel blob = reader(c, 1)) {
      blob.position(SIZE - 100);
      for (ByteBuffer buffer :
          new ByteBuffer[] {ByteBuffer.allocate(101), ByteBuffer.allocateDirect(101)}) {
        assertThrows(IndexOutOfBoundsException.class, () -> blob.readFully(buffer));
        assertEquals(0, buffer.position());
        assertEquals(ByteBuffer.allocate(101), buffer);
        assertEquals(SIZE - 100, blob.position());
        buffer.position(1);
        blob.readFully(buffer);
        assertEquals(101, buffer.position());
        assertEquals(ByteBuffer.wrap(value, SIZE - 100, 100), buffer.flip().position(1));
        blob.readFully(ByteBuffer.allocate(0));
        blob.position(SIZE - 100);
      }
      assertThrows(
          ReadOnlyBufferException.class,
          () -> blob.readFully(ByteBuffer.allocateDirect(1).asReadOnlyBuffer()));
      assertEquals(SIZE - 100, blob.position());
    }
  }

  @Test
  void r4DirectBuffersTakeAnyRangeOfTheValue() throws Exception {
    byte[] value = counting(SIZE);
    try (Connection c = memory(value);
        SqliteBlobChannel blob = reader(c, 1)) {
      ByteBuffer direct = ByteBuffer.allocateDirect(SIZE + 10);
      for (int from : new int[] {0, 1, 4095, 4096, 65_536, SIZE - 1, SIZE}) {
        ByteBuffer slice = direct.clear().position(3).slice().position(4);
        slice.limit(4 + SIZE - from);
        blob.position(from).readFully(slice);
        assertEquals(ByteBuffer.wrap(value, from, SIZE - from), slice.position(4));
      }
    }
  }

  @Test
  void w1AllBytesAreWrittenFromAnyBuffer() throws Exception {
    byte[] bytes = counting(150_000);
    try (Connection c = memory(new byte[SIZE], new byte[SIZE], new byte[SIZE])) {
      ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
      ByteBuffer[] sources = {
        ByteBuffer.wrap(bytes), direct, ByteBuffer.wrap(bytes).asReadOnlyBuffer()
      };
      byte[] expected = new byte[SIZE];
      System.arraycopy(bytes, 0, expected, 33, bytes.length);
      for (int i = 0; i < sources.length; i++) {
        try (SqliteBlobChannel blob = writer(c, i + 1)) {
          assertEquals(bytes.length, blob.position(33).write(sources[i]));
          assertFalse(sources[i].hasRemaining());
        }
        assertArrayEquals(expected, value(c, i + 1));
      }
    }
  }

  @Test
  void w2WhatDoesNotFitIsRefusedAndNothingIsWritten() throws Exception {
    byte[] value = counting(100);
    try (Connection c = memory(value);
        SqliteBlobChannel blob = writer(c, 1)) {
      ByteBuffer source = ByteBuffer.allocate(61);
      assertThrows(IndexOutOfBoundsException.class, () -> blob.position(40).write(source));
      assertEquals(61, source.remaining());
      assertEquals(40, blob.position());
      assertArrayEquals(value, value(c, 1));
      source.limit(60);
      assertEquals(60, blob.write(source));
    }
  }

  @Test
  void w3AReadOnlyBlobIsNotWritten() throws Exception {
    try (Connection c = memory(counting(100));
        SqliteBlobChannel blob = reader(c, 1)) {
      assertFalse(blob.writable());
      for (int i = 0; i < 2; i++) {
        ByteBuffer source = ByteBuffer.allocate(i);
        NonWritableChannelException refusal =
            assertThrows(NonWritableChannelException.class, () -> blob.write(source));
        assertTrue(refusal.getCause() instanceof SQLException e && e.getErrorCode() == 8);
      }
      assertArrayEquals(counting(100), readFully(blob, 100));
    }
  }

  @Test
  void w4WritingNothingIsFineAnywhere() throws Exception {
    try (Connection c = memory(counting(100));
        SqliteBlobChannel blob = writer(c, 1)) {
      assertTrue(blob.writable());
      for (int position : new int[] {0, 50, 100}) {
        assertEquals(0, blob.position(position).write(ByteBuffer.allocate(0)));
        assertEquals(0, blob.write(ByteBuffer.allocateDirect(0)));
        assertEquals(position, blob.position());
      }
    }
  }

  @Test
  void w5WritesBelongToTheTransaction() throws Exception {
    String url = "jdbc:sqlite:" + directory.resolve("file.db");
    try (Connection c = DriverManager.getConnection(url);
        Connection other = DriverManager.getConnection(url)) {
      Sql.execute(c, "CREATE TABLE t(id INTEGER PRIMARY KEY, b)", "INSERT INTO t VALUES (1, 'ab')");
      for (boolean commit : new boolean[] {false, true}) {
        c.setAutoCommit(false);
        try (SqliteBlobChannel blob = writer(c, 1)) {
          assertEquals(1, blob.write(ByteBuffer.wrap(new byte[] {'x'})));
          assertEquals("xb", Sql.value(c, "SELECT b FROM t"));
          assertEquals("ab", Sql.value(other, "SELECT b FROM t"));
          Blobs.fails(5, c::commit);
        }
        assertEquals("ab", Sql.value(other, "SELECT b FROM t"));
        if (commit) {
          c.commit();
        } else {
          c.rollback();
        }
        assertEquals(commit ? "xb" : "ab", Sql.value(other, "SELECT b FROM t"));
        c.setAutoCommit(true);
      }
    }
  }
}
