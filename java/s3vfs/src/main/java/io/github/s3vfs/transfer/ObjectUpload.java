package io.github.s3vfs.transfer;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.store.Await;
import io.github.s3vfs.internal.store.Condition;
import io.github.s3vfs.internal.store.LargeObjects;
import io.github.s3vfs.internal.store.ObjectAttributes;
import io.github.s3vfs.internal.store.StoredObject;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * An object that is being written. It appears, as a whole, with {@link #complete}; if this is
 * closed before, or fails, the parts that were uploaded are dropped (AbortMultipartUpload) and what
 * was there stays as it was.
 *
 * <p>Each part is sent when it is full, while the next one is written. In memory are at most {@code
 * partSizeBytes} times {@code concurrency} and one more; when so many are under way, writing waits.
 * What fits into one part is one PUT.
 *
 * <p>Failures of S3 come out of the methods that write as {@link IOException}s whose cause is an
 * {@link S3VfsException}, and out of {@link #complete} as such. An interrupt of the thread ({@code
 * INTERRUPTED}, an {@link java.io.InterruptedIOException}) and an exception of {@link
 * TransferProgress}, which is passed on as it is, end the upload, too. Where the parts cannot be
 * dropped, the exception has a suppressed one that names the upload.
 *
 * <p>Not thread-safe.
 */
public final class ObjectUpload extends OutputStream implements WritableByteChannel {
  /**
   * The content of a part is kept in pieces: an array of its size would fill whole regions of a
   * small heap, which G1 does not move ("humongous" from half a region on, 512 KiB at least).
   */
  private static final int PIECE = 256 << 10;

  private final LargeObjects objects;
  private final ObjectLocation location;
  private final UploadOptions options;
  private final ObjectAttributes attributes;
  private final long partSize;

  /** Pieces of parts that were stored. */
  private final ConcurrentLinkedQueue<byte[]> spare = new ConcurrentLinkedQueue<>();

  /** Those of the part that is being written; all but the last one are full. */
  private final List<byte[]> pieces = new ArrayList<>();

  private long filled;
  private long written;
  private @Nullable MultipartUpload upload;
  private @Nullable ObjectInfo stored;
  private boolean ended;
  private boolean failed;
  private boolean closed;

  ObjectUpload(LargeObjects objects, ObjectLocation location, UploadOptions options) {
    this.objects = objects;
    this.location = location;
    this.options = options;
    this.attributes = options.attributes();
    long total = Math.max(0, options.expectedSize());
    this.partSize =
        Math.min(PartSizes.MAX_BUFFERED, PartSizes.ofTotal(total, options.partSizeBytes()));
  }

  /**
   * Where the object is to be.
   *
   * @return the location
   */
  public ObjectLocation location() {
    return location;
  }

  /**
   * How many bytes were written so far.
   *
   * @return 0 or more
   */
  public long written() {
    return written;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] source, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, source.length);
    checkOpen();
    int from = offset;
    int left = length;
    while (left > 0) {
      int count = Math.min(left, makeRoom());
      System.arraycopy(source, from, last(), (int) (filled % PIECE), count);
      filled += count;
      from += count;
      left -= count;
      written += count;
    }
  }

  /** {@inheritDoc} Takes everything that remains. */
  @Override
  public int write(ByteBuffer source) throws IOException {
    checkOpen();
    int length = source.remaining();
    while (source.hasRemaining()) {
      int count = Math.min(source.remaining(), makeRoom());
      source.get(last(), (int) (filled % PIECE), count);
      filled += count;
      written += count;
    }
    return length;
  }

  @Override
  public boolean isOpen() {
    return !closed && !failed && stored == null;
  }

  private void checkOpen() throws IOException {
    if (!isOpen() || ended) {
      throw StreamFailure.of(notOpen());
    }
  }

  private S3VfsException notOpen() {
    String why =
        stored != null
            ? "completed"
            : failed ? "given up after a failure" : closed ? "closed" : "ended";
    return new S3VfsException(ErrorKind.CLOSED, location + ": the upload was " + why);
  }

  /** Makes room for at least one byte in the last piece; answers for how many. */
  private int makeRoom() throws IOException {
    if (filled == size()) {
      try {
        sendPart();
      } catch (RuntimeException e) {
        throw failure(e);
      }
    }
    if (filled == (long) pieces.size() * PIECE) {
      byte[] reused = spare.poll();
      pieces.add(reused != null ? reused : new byte[PIECE]);
    }
    return (int) Math.min(size() - filled, (long) pieces.size() * PIECE - filled);
  }

  /** How large the part that is being written may be. */
  private long size() {
    return PartSizes.buffered(upload == null ? 1 : upload.count() + 1, partSize);
  }

  private byte[] last() {
    return pieces.get(pieces.size() - 1);
  }

  /** What was written of the part, one after the other. */
  private static List<ByteBuffer> body(List<byte[]> pieces, long filled) {
    List<ByteBuffer> body = new ArrayList<>(pieces.size());
    long left = filled;
    for (byte[] piece : pieces) {
      body.add(ByteBuffer.wrap(piece, 0, (int) Math.min(left, PIECE)));
      left -= PIECE;
    }
    return body;
  }

  private void sendPart() {
    if (upload == null) {
      upload =
          MultipartUpload.begin(objects, location, attributes, options, options.expectedSize());
    }
    List<byte[]> full = List.copyOf(pieces);
    List<ByteBuffer> body = body(full, filled);
    pieces.clear();
    filled = 0;
    upload.send(body, () -> spare.addAll(full));
  }

  /**
   * Sends what is left and waits until S3 has all of it, so that nothing is in memory any more, and
   * {@link #complete} has only to make the object appear: for several objects that are to appear
   * together. Nothing can be written afterwards. What is not empty becomes a multipart upload,
   * however small.
   *
   * @throws IOException what S3 failed with; {@code CLOSED} if this is not open
   */
  public void end() throws IOException {
    checkOpen();
    try {
      if (filled > 0) {
        sendPart();
      }
      if (upload != null) {
        upload.awaitParts();
      }
    } catch (RuntimeException e) {
      throw failure(e);
    }
    ended = true;
    drop();
  }

  /**
   * Stores what is left and makes the object appear.
   *
   * @return the object: its location, size, ETag and version, and the options
   * @throws S3VfsException {@code CONFLICT} if the condition does not hold, {@code CLOSED} if this
   *     was closed or has failed before; or what S3 failed with. At {@code UNAVAILABLE} it is not
   *     known whether the object was written: it was asked for, where that can tell, and not
   *     recognized.
   */
  public ObjectInfo complete() {
    if (!isOpen()) {
      throw notOpen();
    }
    try {
      StoredObject answer = upload == null && filled <= objects.maxPut() ? put() : completeParts();
      stored = ObjectInfo.of(location, written, answer, attributes);
      return stored;
    } catch (RuntimeException e) {
      giveUp(e);
      throw e;
    } finally {
      drop();
    }
  }

  private StoredObject put() {
    if (Thread.currentThread().isInterrupted()) {
      throw new S3VfsException(ErrorKind.INTERRUPTED, location + ": interrupted before the upload");
    }
    Condition condition = options.condition().toStore();
    StoredObject answer;
    try {
      answer =
          Await.outcome(
              objects.put(location.key(), body(pieces, filled), attributes, condition),
              MultipartUpload.patience(objects.deadline(filled)),
              "PUT " + location);
    } catch (S3VfsException e) {
      // Under a condition, the same bytes may be those of another one who was faster.
      boolean asks = e.kind() == ErrorKind.UNAVAILABLE && condition.kind() == Condition.Kind.NONE;
      StoredObject found =
          asks
              ? MultipartUpload.find(objects, location, ExpectedEtag.ofBody(body(pieces, filled)))
              : null;
      if (found == null) {
        throw e;
      }
      answer = found;
    }
    options.progress().transferred(filled, filled);
    return answer;
  }

  private StoredObject completeParts() {
    if (filled > 0 || upload == null) {
      sendPart();
    }
    return Objects.requireNonNull(upload).complete();
  }

  private IOException failure(RuntimeException e) {
    giveUp(e);
    drop();
    if (e instanceof S3VfsException s) {
      return StreamFailure.of(s);
    }
    throw e;
  }

  private void giveUp(RuntimeException cause) {
    failed = true;
    if (upload != null) {
      S3VfsException left = upload.abort();
      if (left != null) {
        cause.addSuppressed(left);
      }
    }
  }

  private void drop() {
    pieces.clear();
    filled = 0;
    spare.clear();
  }

  /**
   * Ends this; without {@link #complete}, gives the upload up. Closing again does nothing.
   *
   * @throws IOException if parts may be left; its cause says why
   */
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    boolean open = isOpen();
    closed = true;
    drop();
    if (open && upload != null) {
      S3VfsException left = upload.abort();
      if (left != null) {
        throw StreamFailure.of(left);
      }
    }
  }
}
