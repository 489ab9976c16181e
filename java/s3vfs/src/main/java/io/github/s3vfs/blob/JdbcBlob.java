package io.github.s3vfs.blob;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.sql.Blob;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A channel as JDBC's BLOB. Positions count from 1. */
final class JdbcBlob implements Blob {
  private static final int WINDOW = 1 << 16;
  private final SqliteBlobChannel channel;

  JdbcBlob(SqliteBlobChannel channel) {
    this.channel = channel;
  }

  private interface Call<T> {
    T call() throws IOException;
  }

  private static <T> T sql(Call<T> call) throws SQLException {
    try {
      return call.call();
    } catch (SqliteBlobException e) {
      throw e.sqlException();
    } catch (IOException | IllegalStateException | IndexOutOfBoundsException e) {
      throw e.getCause() instanceof SQLException s ? s : new SQLException(e.toString(), e);
    }
  }

  private static long offset(long position) throws SQLException {
    if (position < 1) {
      throw new SQLException("position " + position + ": they count from 1");
    }
    return position - 1;
  }

  @Override
  public long length() throws SQLException {
    return sql(channel::size);
  }

  /** The length of a value that has not expired. */
  private long sizeNow() throws SQLException {
    return sql(channel::sizeNow);
  }

  /** Fewer than asked for at the end only. */
  @Override
  public byte[] getBytes(long position, int length) throws SQLException {
    long offset = offset(position);
    if (length < 0) {
      throw new SQLException("a length of " + length);
    }
    long left = Math.max(0, sizeNow() - offset);
    ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(length, left));
    int unused = sql(() -> channel.readAt(offset, bytes));
    return bytes.array();
  }

  @Override
  public InputStream getBinaryStream() throws SQLException {
    return new BlobInputStream.Part(channel, 0, sizeNow());
  }

  @Override
  public InputStream getBinaryStream(long position, long length) throws SQLException {
    long offset = offset(position);
    long size = sizeNow();
    if (length < 0 || offset > size || length > size - offset) {
      throw new SQLException(length + " bytes at position " + position + " of " + size);
    }
    return new BlobInputStream.Part(channel, offset, offset + length);
  }

  @Override
  public long position(byte[] pattern, long start) throws SQLException {
    long from = offset(start);
    long size = sizeNow();
    int step = Math.max(WINDOW, pattern.length);
    for (long at = from; at <= size - pattern.length; at += step) {
      byte[] window = getBytes(at + 1, step + Math.max(0, pattern.length - 1));
      for (int i = 0; i < step && i + pattern.length <= window.length; i++) {
        if (Arrays.equals(window, i, i + pattern.length, pattern, 0, pattern.length)) {
          return at + i + 1;
        }
      }
    }
    return -1;
  }

  @Override
  public long position(Blob pattern, long start) throws SQLException {
    return position(pattern.getBytes(1, Math.toIntExact(pattern.length())), start);
  }

  @Override
  public int setBytes(long position, byte[] bytes) throws SQLException {
    return setBytes(position, bytes, 0, bytes.length);
  }

  @Override
  public int setBytes(long position, byte[] bytes, int offset, int length) throws SQLException {
    long at = offset(position);
    Objects.checkFromIndexSize(offset, length, bytes.length);
    return sql(() -> channel.writeAt(at, ByteBuffer.wrap(bytes, offset, length)));
  }

  @Override
  public OutputStream setBinaryStream(long position) throws SQLException {
    return new BlobOutputStream.Part(channel, offset(position));
  }

  @Override
  public void truncate(long length) throws SQLException {
    throw new SQLFeatureNotSupportedException("the size of a blob cannot be changed");
  }

  @Override
  public void free() throws SQLException {
    @Nullable Boolean unused =
        sql(
            () -> {
              channel.close();
              return true;
            });
  }
}
