package io.github.s3vfs.blob;

import io.github.s3vfs.internal.jna.NativeBlob;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import java.sql.Blob;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.core.DB;

/**
 * One value of a database, opened by {@link SqliteBlob#open}. Its size never changes.
 *
 * <p>It does what a {@code SeekableByteChannel} does, except that a position behind the end is an
 * {@code IllegalArgumentException}, a write that goes behind the end an {@code
 * IndexOutOfBoundsException} with nothing written, and that {@link #truncate} cannot truncate.
 * Direct buffers are handed to SQLite as they are; others go through one of 64 KiB.
 *
 * <p>Everything fails with {@code ClosedChannelException} when it was closed, whatever the
 * arguments, and with {@link SqliteBlobException} when SQLite or S3 fails. If anything else than
 * this blob, or another one, changes the row, it has <i>expired</i>: every read and write fails
 * with SQLite's ABORT, also at the end, and {@link #size} is 0, until it is closed.
 *
 * <p>Thread-safe. One operation runs at a time, of all that is done with the connection, and others
 * wait; only {@link #close} does not wait. A channel that nobody refers to any more is closed some
 * time; that it was not closed is logged.
 */
public final class SqliteBlobChannel implements SeekableByteChannel {
  private static final Logger LOG = LoggerFactory.getLogger(SqliteBlobChannel.class);
  private static final Cleaner CLEANER = Cleaner.create();

  /** SQLite's result codes. */
  static final int MISUSE = 21;

  private static final int ABORT = 4;
  private static final int BUSY = 5;
  private static final int READONLY = 8;

  private final Connection connection;
  private final NativeBlob blob;
  private final Cleaner.Cleanable cleanable;
  private final BlobTransfer transfer;
  private final String name;
  private final boolean writable;
  private final ReentrantLock lock = new ReentrantLock();
  private long rowid;
  private int size;
  private int position;

  /** Closes what nobody refers to any more. */
  private record Abandoned(NativeBlob blob, String name) implements Runnable {
    @Override
    public void run() {
      if (blob.isOpen()) {
        LOG.warn("the blob {} was not closed", name);
      }
      try {
        blob.close();
      } catch (SQLException | RuntimeException e) {
        LOG.warn("the blob {} was not closed in order", name, e);
      }
    }
  }

  SqliteBlobChannel(
      Connection connection, NativeBlob blob, String name, long rowid, boolean writable)
      throws SQLException {
    this.connection = connection;
    this.blob = blob;
    this.name = name;
    this.rowid = rowid;
    this.writable = writable;
    try {
      this.size = blob.size();
    } catch (ClosedChannelException e) {
      throw new SQLException("the connection is closed", null, MISUSE, e);
    }
    this.transfer = new BlobTransfer(blob);
    this.cleanable = CLEANER.register(this, new Abandoned(blob, name));
    // Else the cleaner's thread would keep an application's class loader that has ended.
    blob.whenClosed(cleanable::clean);
  }

  /** An operation on the open blob. */
  private interface Operation<T> {
    T run() throws SQLException, IOException;
  }

  private <T> T locked(Operation<T> operation) throws IOException {
    lock.lock();
    try {
      checkOpen();
      return operation.run();
    } catch (SQLException e) {
      throw new SqliteBlobException(e);
    } finally {
      lock.unlock();
    }
  }

  private void checkOpen() throws ClosedChannelException {
    if (!blob.isOpen()) {
      throw new ClosedChannelException();
    }
    if (isConnectionClosed()) {
      // A pool's: SQLite's own is open.
      cleanable.clean();
      throw new ClosedChannelException();
    }
  }

  private boolean isConnectionClosed() {
    try {
      return connection.isClosed();
    } catch (SQLException e) {
      return true;
    }
  }

  /** Whether it can be written to. */
  public boolean writable() {
    return writable;
  }

  /** Whether neither this nor its connection was closed. */
  @Override
  public boolean isOpen() {
    return blob.isOpen() && !isConnectionClosed();
  }

  /** The size in bytes; 0 if it has expired. */
  @Override
  public long size() throws IOException {
    return locked(
        () -> {
          try {
            blob.check();
            return (long) size;
          } catch (SQLException e) {
            if (e.getErrorCode() == ABORT && blob.size() == 0) {
              return 0L;
            }
            throw e;
          }
        });
  }

  /** The size in bytes of a value that has not expired. */
  long sizeNow() throws IOException {
    return locked(
        () -> {
          blob.check();
          return (long) size;
        });
  }

  @Override
  public long position() throws IOException {
    return locked(() -> (long) position);
  }

  /**
   * Sets the position, which reads and writes share.
   *
   * @throws IllegalArgumentException if it is negative or greater than the size; it stays as it was
   */
  @Override
  public SqliteBlobChannel position(long newPosition) throws IOException {
    return locked(
        () -> {
          if (newPosition < 0 || newPosition > size) {
            throw new IllegalArgumentException("position " + newPosition + " of " + size);
          }
          position = (int) newPosition;
          return this;
        });
  }

  /**
   * Reads as many bytes as the buffer takes, or as there are left.
   *
   * @return how many; -1 at the end, if the buffer takes any
   */
  @Override
  public int read(ByteBuffer dst) throws IOException {
    return locked(
        () -> {
          int count = Math.min(dst.remaining(), size - position);
          if (count == 0) {
            blob.check();
            return dst.hasRemaining() ? -1 : 0;
          }
          transfer.read(position, count, dst);
          position += count;
          return count;
        });
  }

  /**
   * Fills a buffer.
   *
   * @throws IndexOutOfBoundsException if there are not so many bytes left; nothing was read
   */
  public void readFully(ByteBuffer dst) throws IOException {
    int unused =
        locked(
            () -> {
              int count = dst.remaining();
              checkRange(position, count);
              transfer.read(position, count, dst);
              position += count;
              return count;
            });
  }

  /**
   * Writes all bytes of a buffer, as a part of the connection's transaction. If that fails, what
   * was written of them is undefined until the transaction is rolled back.
   *
   * @return how many
   * @throws NonWritableChannelException if it was not opened for writing; its cause is an {@code
   *     SQLException} with READONLY
   * @throws IndexOutOfBoundsException if there is no room for all; nothing was written
   */
  @Override
  public int write(ByteBuffer src) throws IOException {
    return locked(
        () -> {
          checkWritable();
          int count = src.remaining();
          checkRange(position, count);
          transfer.write(position, count, src);
          position += count;
          return count;
        });
  }

  /** Reads from an offset, which is in the value; the position stays. */
  int readAt(long offset, ByteBuffer dst) throws IOException {
    return locked(
        () -> {
          int count = (int) Math.min(dst.remaining(), Math.max(0, size - offset));
          if (count == 0) {
            blob.check();
            return dst.hasRemaining() ? -1 : 0;
          }
          transfer.read((int) offset, count, dst);
          return count;
        });
  }

  /** Writes at an offset; the position stays. */
  int writeAt(long offset, ByteBuffer src) throws IOException {
    return locked(
        () -> {
          checkWritable();
          int count = src.remaining();
          checkRange(offset, count);
          transfer.write((int) offset, count, src);
          return count;
        });
  }

  private void checkWritable() {
    if (!writable) {
      NonWritableChannelException refusal = new NonWritableChannelException();
      refusal.initCause(DB.newSQLException(READONLY, "the blob was opened for reading only"));
      throw refusal;
    }
  }

  private void checkRange(long offset, int count) throws SQLException, IOException {
    if (count == 0 || offset < 0 || count > size - offset) {
      blob.check();
    }
    if (offset < 0 || count > size - offset) {
      throw new IndexOutOfBoundsException(count + " bytes at " + offset + " of " + size);
    }
  }

  /**
   * Does nothing if the size is no greater than the argument.
   *
   * @throws IllegalArgumentException if the argument is negative
   * @throws NonWritableChannelException if it was not opened for writing
   * @throws UnsupportedOperationException if the argument is less than the size
   */
  @Override
  public SqliteBlobChannel truncate(long newSize) throws IOException {
    return locked(
        () -> {
          checkWritable();
          if (newSize < 0) {
            throw new IllegalArgumentException("a size of " + newSize);
          }
          if (newSize < size) {
            throw new UnsupportedOperationException("the size of a blob cannot be changed");
          }
          return this;
        });
  }

  /**
   * Goes to the value of another row, in the same table and column: faster than opening it. The
   * position is 0 afterwards. If it fails, this channel is closed.
   *
   * @throws SqliteBlobException if there is no such row, or its value cannot be opened
   */
  public void reopen(long newRowid) throws IOException {
    boolean unused =
        locked(
            () -> {
              position = 0;
              transfer.jump();
              try {
                blob.reopen(newRowid);
                size = blob.size();
                rowid = newRowid;
                return true;
              } catch (SQLException e) {
                if (e.getErrorCode() != MISUSE) {
                  closeAfter(e);
                }
                throw e;
              }
            });
  }

  private void closeAfter(SQLException failure) {
    try {
      blob.close();
    } catch (SQLException e) {
      if (e.getErrorCode() != failure.getErrorCode()) {
        failure.addSuppressed(e);
      }
    }
  }

  /**
   * The bytes from the position on, which reading moves. Marks are supported. Closing it closes the
   * channel.
   */
  public InputStream inputStream() {
    return new BlobInputStream(this);
  }

  /**
   * Writes at the position, and moves it. What does not fit is an {@code
   * IndexOutOfBoundsException}. Closing it closes the channel.
   */
  public OutputStream outputStream() {
    return new BlobOutputStream(this);
  }

  /**
   * As JDBC has it: its methods take positions of their own, and leave that of the channel. {@code
   * free} closes the channel; {@code truncate} cannot truncate.
   */
  public Blob asBlob() {
    return new JdbcBlob(this);
  }

  /**
   * Closes it, in any case but one. Closing again does nothing.
   *
   * @throws SqliteBlobException if what was written cannot be committed, or with the error of the
   *     last read or write again; it is closed. BUSY, if another operation on it is running: then
   *     it is still open
   */
  @Override
  public void close() throws IOException {
    if (!lock.tryLock()) {
      throw inUse();
    }
    try {
      if (lock.getHoldCount() > 1) {
        throw inUse();
      }
      blob.close();
    } catch (SQLException e) {
      throw new SqliteBlobException(e);
    } finally {
      lock.unlock();
    }
  }

  /**
   * As {@link #close()}, if need be whatever fails: it also tells again of what a read or write has
   * failed with, as with ABORT_ROLLBACK after a rollback.
   *
   * @param force whether errors are ignored with which it is closed nevertheless. Then it is not
   *     told either that what was written could not be committed
   * @throws SqliteBlobException as {@code close()}; if forced, only if it is still open, as another
   *     operation on it is running
   */
  public void close(boolean force) throws IOException {
    try {
      close();
    } catch (SqliteBlobException e) {
      if (!force || blob.isOpen()) {
        throw e;
      }
      LOG.debug("the blob {} was closed with an error", name, e);
    }
  }

  private static SqliteBlobException inUse() {
    return new SqliteBlobException(
        DB.newSQLException(BUSY, "the blob is not closed: another operation on it is running"));
  }

  /** What it is, for messages. */
  @Override
  public String toString() {
    String state = isOpen() ? "position " + position + " of " + size : "closed";
    String mode = writable ? "read and write" : "read only";
    return "blob " + name + " of row " + rowid + " (" + state + ", " + mode + ") on " + connection;
  }
}
