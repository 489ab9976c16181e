package io.github.s3vfs.transfer;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.store.Await;
import io.github.s3vfs.internal.store.ByteRange;
import io.github.s3vfs.internal.store.Condition;
import io.github.s3vfs.internal.store.CopySource;
import io.github.s3vfs.internal.store.InFlight;
import io.github.s3vfs.internal.store.LargeObjects;
import io.github.s3vfs.internal.store.ObjectAttributes;
import io.github.s3vfs.internal.store.ObjectHead;
import io.github.s3vfs.internal.store.StoredObject;
import io.github.s3vfs.internal.store.UploadedPart;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One multipart upload, from its beginning to its completion or abortion. A bounded number of parts
 * is under way at once. Belongs to one thread, which is the one that progress is told on.
 */
final class MultipartUpload {
  /** How long parts that are under way may go on when the upload is given up. */
  private static final Duration SETTLING = Duration.ofSeconds(10);

  private final LargeObjects objects;
  private final ObjectLocation target;
  private final @Nullable String checksumAlgorithm;
  private final Condition condition;
  private final String id;
  private final int concurrency;
  private final TransferProgress progress;
  private final long total;
  private final Pace pace;

  private final Semaphore free;
  private final InFlight underWay = new InFlight();
  private final Map<Integer, UploadedPart> parts = new ConcurrentSkipListMap<>();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final AtomicLong acknowledged = new AtomicLong();
  private Duration longest = Duration.ZERO;
  private long told;
  private int count;

  private MultipartUpload(
      LargeObjects objects,
      ObjectLocation target,
      String id,
      ObjectAttributes attributes,
      UploadOptions options,
      long total) {
    this.objects = objects;
    this.target = target;
    this.id = id;
    this.checksumAlgorithm = attributes.checksumAlgorithm();
    this.condition = options.condition().toStore();
    this.concurrency = options.concurrency();
    this.free = new Semaphore(concurrency);
    this.progress = options.progress();
    this.total = total;
    this.pace = new Pace(options.maxBytesPerSecond());
  }

  /**
   * Begins one. A condition that does not hold already is told before anything is sent. An upload
   * whose id comes when nobody waits for it any more is aborted.
   *
   * @param total bytes of the object for progress, or -1
   * @throws S3VfsException {@code CONFLICT}, {@code INTERRUPTED}, or what S3 failed with
   */
  static MultipartUpload begin(
      LargeObjects objects,
      ObjectLocation target,
      ObjectAttributes attributes,
      UploadOptions options,
      long total) {
    TargetCheck.run(objects, target, options.condition().toStore());
    String what = "BEGIN UPLOAD " + target;
    Await.refuseInterrupted(what);
    CompletableFuture<String> begun = objects.begin(target.key(), attributes);
    String id;
    try {
      id = Await.result(begun, patience(objects.deadline(0)), what);
    } catch (S3VfsException e) {
      abandon(objects, target, begun, e);
      throw e;
    }
    return new MultipartUpload(objects, target, id, attributes, options, total);
  }

  /**
   * Aborts what may come of a request whose answer nobody waits for any more, and waits a little
   * for that, also in a thread that is interrupted. If the answer comes later still, the upload is
   * aborted then.
   */
  private static void abandon(
      LargeObjects objects,
      ObjectLocation target,
      CompletableFuture<String> begun,
      S3VfsException cause) {
    if (begun.isCompletedExceptionally()) {
      return;
    }
    CompletableFuture<Void> aborted = begun.thenCompose(id -> objects.abort(target.key(), id));
    try {
      @Nullable Void unused = Await.outcome(aborted, SETTLING, "ABORT UPLOAD " + target);
    } catch (S3VfsException e) {
      if (!begun.isCompletedExceptionally()) {
        cause.addSuppressed(
            new S3VfsException(
                e.kind(), "an upload to " + target + " may be left: " + e.getMessage(), e));
      }
    }
  }

  /** Waits a little longer than a request can take. */
  static Duration patience(Duration deadline) {
    return deadline.plusSeconds(5);
  }

  /** How many parts were begun. */
  int count() {
    return count;
  }

  /** The id, for messages. */
  String id() {
    return id;
  }

  /**
   * Sends the next part, when fewer than the bound are under way.
   *
   * @param body must not be changed before done
   * @param done runs when the store has the part, on any thread; not if it fails
   * @throws S3VfsException what this part or an earlier one failed with
   */
  void send(List<ByteBuffer> body, Runnable done) {
    long bytes = LargeObjects.length(body);
    pace.await(bytes, target);
    start(
        objects.deadline(bytes),
        number -> objects.part(target.key(), id, number, body, checksumAlgorithm),
        bytes,
        done);
  }

  /**
   * Has the store copy the next part, when fewer than the bound are under way.
   *
   * @throws S3VfsException what this part or an earlier one failed with
   */
  void copy(CopySource source, ByteRange range) {
    start(
        objects.copyDeadline(),
        number -> objects.partCopy(target.key(), id, number, source, range, checksumAlgorithm),
        range.length(),
        () -> {});
  }

  /** Starts the request for a part. */
  private interface Request {
    CompletableFuture<UploadedPart> start(int number);
  }

  private void start(Duration deadline, Request request, long bytes, Runnable done) {
    longest = deadline.compareTo(longest) > 0 ? deadline : longest;
    acquire(1);
    CompletableFuture<UploadedPart> part;
    try {
      report();
      if (count == PartSizes.MAX_PARTS) {
        throw new S3VfsException(
            ErrorKind.INVALID,
            target + ": more than " + PartSizes.MAX_PARTS + " parts; choose a larger part size");
      }
      count++;
      part = underWay.track(request.start(count));
    } catch (RuntimeException e) {
      free.release();
      throw e;
    }
    var unused =
        part.whenComplete(
            (uploaded, error) -> {
              if (error == null) {
                parts.put(uploaded.number(), uploaded);
                acknowledged.addAndGet(bytes);
                done.run();
              } else {
                failure.compareAndSet(null, error);
              }
              free.release();
            });
  }

  private void acquire(int permits) {
    Duration patience = patience(longest);
    try {
      if (!free.tryAcquire(permits, patience.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new S3VfsException(
            ErrorKind.UNAVAILABLE,
            target + ": no answer to an upload within " + patience.toSeconds() + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new S3VfsException(
          ErrorKind.INTERRUPTED, target + ": interrupted while uploading to S3", e);
    }
    Throwable failed = failure.get();
    if (failed != null) {
      free.release(permits);
      throw failed instanceof S3VfsException e
          ? new S3VfsException(e.kind(), String.valueOf(e.getMessage()), e)
          : new S3VfsException(ErrorKind.INTERNAL, target + ": " + failed, failed);
    }
  }

  private void report() {
    long bytes = acknowledged.get();
    if (bytes > told) {
      told = bytes;
      progress.transferred(bytes, total);
    }
  }

  /**
   * Waits until the store has all parts.
   *
   * @throws S3VfsException what one failed with
   */
  void awaitParts() {
    for (int under = concurrency; under > 0; under--) {
      acquire(1);
      report();
    }
    free.release(concurrency);
  }

  /**
   * Waits for all parts and makes the object of them. From then on it is not given up any more when
   * the thread is interrupted, which is only noted.
   *
   * @throws S3VfsException {@code CONFLICT} if the condition does not hold; what S3 failed with. At
   *     {@code UNAVAILABLE} it is not known whether the object was written.
   */
  StoredObject complete() {
    awaitParts();
    TargetCheck.run(objects, target, condition);
    List<UploadedPart> all = List.copyOf(parts.values());
    Duration deadline = patience(objects.copyDeadline());
    try {
      StoredObject stored =
          Await.outcome(
              objects.complete(target.key(), id, all, checksumAlgorithm, condition),
              deadline,
              "COMPLETE UPLOAD " + target);
      // Ceph 16 does not tell the ETag.
      StoredObject found =
          stored.etag().isEmpty() ? find(objects, target, ExpectedEtag.ofParts(all)) : null;
      return found == null ? stored : found;
    } catch (S3VfsException e) {
      StoredObject stored =
          mayHaveHadSuccess(e) ? find(objects, target, ExpectedEtag.ofParts(all)) : null;
      if (stored != null) {
        return stored;
      }
      throw e;
    }
  }

  private static boolean mayHaveHadSuccess(S3VfsException e) {
    return e.kind() == ErrorKind.UNAVAILABLE || e.kind() == ErrorKind.NOT_FOUND;
  }

  /** Asks for an object; null unless it has the ETag. */
  static @Nullable StoredObject find(
      LargeObjects objects, ObjectLocation target, @Nullable String etag) {
    try {
      ObjectHead head =
          Await.outcome(
              objects.head(target.key(), null), patience(objects.deadline(0)), "HEAD " + target);
      return head.etag().equals(etag) ? new StoredObject(head.etag(), head.versionId()) : null;
    } catch (S3VfsException e) {
      return null;
    }
  }

  /**
   * Gives the upload up: waits for what is under way, and has the store drop the parts. Also in a
   * thread that is interrupted.
   *
   * @return what that failed with, if parts may be left; null otherwise
   */
  @Nullable S3VfsException abort() {
    boolean interrupted = Thread.interrupted();
    try {
      try {
        underWay.settle(SETTLING, target.toString());
      } catch (S3VfsException e) {
        underWay.cancel();
        abortNow(); // and once more: a part may have come meanwhile
      }
      abortNow();
      return null;
    } catch (S3VfsException e) {
      return new S3VfsException(
          e.kind(),
          "parts of the upload " + id + " to " + target + " may be left: " + e.getMessage(),
          e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void abortNow() {
    Await.outcome(
        objects.abort(target.key(), id), patience(objects.deadline(0)), "ABORT UPLOAD " + target);
  }
}
