package io.github.s3vfs.transfer;

import io.github.s3vfs.internal.layout.ChunksInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The regular SQLite file of a database, to be read once, by one of the methods. While it is open
 * it holds a read transaction: connections of this process that want to commit wait for it, or get
 * SQLITE_BUSY. It is over, and the transaction with it, after the last chunk, or with {@link
 * #close}.
 *
 * <p>Not thread-safe.
 */
public final class SerializedDatabase implements Iterable<byte[]>, AutoCloseable {
  private final Iterator<byte[]> content;
  private final Runnable release;
  private final AtomicBoolean closed = new AtomicBoolean();
  private boolean read;

  SerializedDatabase(Iterator<byte[]> content, Runnable release) {
    this.content = content;
    this.release = release;
  }

  /**
   * The file in non-empty chunks. The arrays must not be changed.
   *
   * @throws IllegalStateException if it was read already
   */
  @Override
  public Iterator<byte[]> iterator() {
    if (read) {
      throw new IllegalStateException("a serialized database can be read once");
    }
    read = true;
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        boolean more = !closed.get() && content.hasNext();
        if (!more) {
          close();
        }
        return more;
      }

      @Override
      public byte[] next() {
        if (!content.hasNext()) {
          throw new NoSuchElementException();
        }
        if (closed.get()) {
          throw new IllegalStateException("the serialized database was closed");
        }
        byte[] chunk = content.next();
        if (!content.hasNext()) {
          close();
        }
        return chunk;
      }
    };
  }

  /**
   * As {@link #iterator}, as a stream.
   *
   * @return sequential and ordered; closing it closes this object
   * @throws IllegalStateException if it was read already
   */
  public Stream<byte[]> stream() {
    Spliterator<byte[]> chunks =
        Spliterators.spliteratorUnknownSize(
            iterator(), Spliterator.ORDERED | Spliterator.NONNULL | Spliterator.IMMUTABLE);
    return StreamSupport.stream(chunks, false).onClose(this::close);
  }

  /**
   * As {@link #iterator}, as a stream of bytes.
   *
   * @return cannot be positioned; closing it closes this object
   * @throws IllegalStateException if it was read already
   */
  public InputStream inputStream() {
    return new ChunksInputStream(iterator(), this::close);
  }

  /**
   * Writes everything, and closes this object.
   *
   * @param target stays open
   * @return how many bytes
   * @throws IOException what the target failed with
   * @throws io.github.s3vfs.S3VfsException what S3 failed with
   * @throws IllegalStateException if it was read already
   */
  public long writeTo(WritableByteChannel target) throws IOException {
    long count = 0;
    try (this) {
      for (byte[] chunk : this) {
        ByteBuffer buffer = ByteBuffer.wrap(chunk).asReadOnlyBuffer();
        while (buffer.hasRemaining()) {
          count += target.write(buffer);
        }
      }
    }
    return count;
  }

  /**
   * Writes a local file. What was there is replaced when everything has been written, and stays
   * when something fails. Closes this object.
   *
   * @param file its directory must exist
   * @return how many bytes
   * @throws IOException what the file system failed with
   * @throws io.github.s3vfs.S3VfsException what S3 failed with
   * @throws IllegalStateException if it was read already
   */
  public long writeTo(Path file) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    if (directory == null) {
      throw new IOException(file + " is not a file");
    }
    Path part = Files.createTempFile(directory, ".s3vfs-", ".part");
    try {
      long count;
      try (this;
          WritableByteChannel channel =
              Files.newByteChannel(part, java.nio.file.StandardOpenOption.WRITE)) {
        count = writeTo(channel);
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
      return count;
    } finally {
      Files.deleteIfExists(part);
    }
  }

  /** Ends the read transaction. Closing again does nothing. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      release.run();
    }
  }
}
