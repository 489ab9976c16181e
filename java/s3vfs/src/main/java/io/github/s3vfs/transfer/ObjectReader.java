package io.github.s3vfs.transfer;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.store.Await;
import io.github.s3vfs.internal.store.ByteRange;
import io.github.s3vfs.internal.store.CopySource;
import io.github.s3vfs.internal.store.LargeObjects;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one version of an object, in order. Parts are fetched ahead in parallel: at first
 * two, then twice as many each time, up to the concurrency of the options. All of them are of the
 * version that {@link #info} tells of (If-Match); if the object is replaced meanwhile, reading
 * fails.
 *
 * <p>In memory are at most {@code partSizeBytes} times {@code concurrency}, and as much again of
 * parts that are coming in. Failures of S3 are {@link IOException}s whose cause is an {@link
 * S3VfsException}: {@code CONFLICT} if the object was replaced or deleted, {@code INTERRUPTED} (an
 * {@link java.io.InterruptedIOException}; the interrupt status is set). A part that gets no answer
 * is asked for again, twice, after the retries of the client. After a failure every further read
 * fails in the same way.
 *
 * <p>Not thread-safe.
 */
public final class ObjectReader extends InputStream {
  /** How often a part is asked for that S3 does not answer. */
  private static final int ATTEMPTS = 3;

  private static final byte[] NOTHING = new byte[0];

  private final LargeObjects objects;
  private final ObjectInfo info;
  private final CopySource source;
  private final ReadOptions options;
  private final long start;
  private final long end;
  private final Deque<Part> parts = new ArrayDeque<>();

  private long asked;
  private long handedOver;
  private int window = 2;
  private byte[] current = NOTHING;
  private int position;
  private @Nullable S3VfsException failure;
  private boolean closed;

  private record Part(ByteRange range, CompletableFuture<byte[]> body) {}

  ObjectReader(LargeObjects objects, ObjectInfo info, ReadOptions options) {
    this.objects = objects;
    this.info = info;
    this.source =
        new CopySource(
            info.location().bucket(), info.location().key(), info.versionId(), info.etag());
    this.options = options;
    this.start = Math.min(options.offset(), info.size());
    this.end = start + Math.min(options.length(), info.size() - start);
    this.asked = start;
    fetchAhead();
  }

  /**
   * The object that is read.
   *
   * @return as it was when this was opened
   */
  public ObjectInfo info() {
    return info;
  }

  /**
   * How many bytes are to come before the end.
   *
   * @return 0 or more
   */
  public long remaining() {
    return end - start - handedOver;
  }

  private void fetchAhead() {
    while (asked < end && parts.size() < Math.min(window, options.concurrency())) {
      ByteRange range = new ByteRange(asked, Math.min(options.partSizeBytes(), end - asked));
      parts.add(new Part(range, objects.read(source, range)));
      asked += range.length();
    }
  }

  @Override
  public int read() throws IOException {
    if (position == current.length && !next()) {
      return -1;
    }
    int value = Byte.toUnsignedInt(current[position++]);
    told(1);
    return value;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (length == 0) {
      return 0;
    }
    if (position == current.length && !next()) {
      return -1;
    }
    int count = Math.min(length, current.length - position);
    System.arraycopy(current, position, target, offset, count);
    position += count;
    told(count);
    return count;
  }

  @Override
  public int available() {
    return current.length - position;
  }

  @Override
  public long transferTo(OutputStream target) throws IOException {
    long count = 0;
    while (position < current.length || next()) {
      int length = current.length - position;
      target.write(current, position, length);
      position = current.length;
      count += length;
      told(length);
    }
    return count;
  }

  /**
   * What is left of the part that is read now, without a copy.
   *
   * @return null at the end
   */
  byte @Nullable [] nextPart() throws IOException {
    if (!next()) {
      return null;
    }
    position = current.length;
    told(current.length);
    return current;
  }

  private void told(int count) {
    handedOver += count;
    if (position == current.length) {
      options.progress().transferred(handedOver, end - start);
    }
  }

  /** Goes on to the next part; false at the end. */
  private boolean next() throws IOException {
    if (closed) {
      throw StreamFailure.of(
          new S3VfsException(ErrorKind.CLOSED, info.location() + ": the reader was closed"));
    } else if (failure != null) {
      throw StreamFailure.of(failure);
    }
    Part part = parts.poll();
    if (part == null) {
      return false;
    }
    current = NOTHING;
    position = 0;
    try {
      current = await(part);
    } catch (S3VfsException e) {
      failure = e;
      cancel();
      throw StreamFailure.of(e);
    }
    window = Math.min(options.concurrency(), window * 2);
    fetchAhead();
    return true;
  }

  private byte[] await(Part part) {
    CompletableFuture<byte[]> body = part.body();
    for (int attempt = 1; ; attempt++) {
      try {
        return Await.result(
            body,
            objects.deadline(part.range().length()).plusSeconds(5),
            "GET " + info.location() + " " + part.range().header());
      } catch (S3VfsException e) {
        if (e.kind() == ErrorKind.CONFLICT) {
          throw new S3VfsException(
              ErrorKind.CONFLICT,
              info.location()
                  + " has changed while it was read; it had the ETag "
                  + info.etag()
                  + ": "
                  + e.getMessage(),
              e);
        } else if (e.kind() != ErrorKind.UNAVAILABLE || attempt == ATTEMPTS) {
          body.cancel(true);
          throw e;
        }
        body.cancel(true);
        body = objects.read(source, part.range());
      }
    }
  }

  private void cancel() {
    parts.forEach(part -> part.body().cancel(true));
    parts.clear();
  }

  /** Gives up what was fetched ahead. Closing again does nothing. */
  @Override
  public void close() {
    closed = true;
    current = NOTHING;
    position = 0;
    cancel();
  }
}
