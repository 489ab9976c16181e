package io.github.s3vfs.transfer;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.ChunksInputStream;
import io.github.s3vfs.internal.layout.DatabaseHeader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
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
  private final S3Location location;
  private final S3Objects objects;
  private final AtomicBoolean closed = new AtomicBoolean();
  private boolean read;

  /**
   * @param location of the database
   * @param objects through which {@link #uploadTo} writes
   */
  SerializedDatabase(
      Iterator<byte[]> content, Runnable release, S3Location location, S3Objects objects) {
    this.content = content;
    this.release = release;
    this.location = location;
    this.objects = objects;
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
   * when something fails. The file gets the permissions of the one that it replaces, or those of
   * any new file. Closes this object.
   *
   * @param file its directory must exist; it must not be a directory itself
   * @return how many bytes
   * @throws IOException what the file system failed with
   * @throws io.github.s3vfs.S3VfsException what S3 failed with
   * @throws IllegalStateException if it was read already
   */
  public long writeTo(Path file) throws IOException {
    try (this;
        LocalResult result = LocalResult.of(file, true)) {
      long count = writeTo(result.channel());
      result.put();
      return count;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /**
   * Writes an S3 object, and closes this object. The parts are uploaded in parallel while the
   * database is read; {@link ObjectUpload} says what is in memory, and what is left if something
   * fails: nothing.
   *
   * @param target where it is to be; not within the database
   * @param options how, and what is stored with it; without a Content-Type it gets that of SQLite's
   *     files, application/vnd.sqlite3
   * @return the object
   * @throws S3VfsException {@code INVALID} if the target is within the database, {@code CONFLICT}
   *     if the condition does not hold, {@code INTERRUPTED}; or what S3 failed with
   * @throws IllegalStateException if it was read already
   */
  public ObjectInfo uploadTo(ObjectLocation target, UploadOptions options) {
    try (this) {
      refuseWithin(target);
      ObjectUpload upload = null;
      try {
        for (byte[] chunk : this) {
          upload = upload == null ? objects.upload(target, described(options, chunk)) : upload;
          upload.write(chunk);
        }
        upload = upload == null ? objects.upload(target, options) : upload;
        return upload.complete();
      } finally {
        if (upload != null) {
          upload.close();
        }
      }
    } catch (IOException e) {
      throw StreamFailure.cause(e, target.toString());
    }
  }

  private void refuseWithin(ObjectLocation target) {
    String key = location.key();
    boolean within =
        target.bucket().equals(location.bucket())
            && (target.key().startsWith(key + "/")
                || target.key().startsWith(key + "-journal/")
                || target.key().equals(key + "-lease"));
    if (within) {
      throw new S3VfsException(
          ErrorKind.INVALID, target + " is an object of the database " + location);
    }
  }

  /** With what the beginning of the file tells. */
  private static UploadOptions described(UploadOptions options, byte[] start) {
    UploadOptions.Builder described = options.toBuilder();
    if (options.contentType() == null) {
      described.contentType("application/vnd.sqlite3");
    }
    if (start.length >= DatabaseHeader.LENGTH) {
      DatabaseHeader header = DatabaseHeader.parse(start, "the database");
      if (header.sizeIsValid()) {
        described.expectedSize(header.fileLength());
      }
    }
    return described.build();
  }

  /** Ends the read transaction. Closing again does nothing. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      release.run();
    }
  }
}
