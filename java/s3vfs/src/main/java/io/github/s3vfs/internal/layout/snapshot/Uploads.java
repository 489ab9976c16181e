package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.store.Await;
import io.github.s3vfs.internal.store.Condition;
import io.github.s3vfs.internal.store.Fetched;
import io.github.s3vfs.internal.store.ObjectStore;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The segments of one commit on their way to the store, several at once, bounded in bytes. Not
 * thread-safe.
 */
final class Uploads {
  private static final Logger LOG = LoggerFactory.getLogger(Uploads.class);

  private final ObjectStore store;
  private final String key;
  private final long bytesAtOnce;
  private final Duration timeout;
  private final ArrayDeque<Upload> underWay = new ArrayDeque<>();
  private final List<String> started = new ArrayList<>();
  private long bytes;

  /** Whether another process stores segments of the same names: a clone of this one. */
  private boolean isShared;

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Upload(SegmentName name, byte[] body, CompletableFuture<String> request) {}

  /**
   * @param key of the database
   * @param bytesAtOnce how many are under way at once, if it is more than one segment
   */
  Uploads(ObjectStore store, String key, long bytesAtOnce, Duration timeout) {
    this.store = store;
    this.key = key;
    this.bytesAtOnce = bytesAtOnce;
    this.timeout = timeout;
  }

  /** Starts to store a segment; waits for earlier ones if there are too many. */
  void start(SegmentName name, byte[] body) {
    while (!underWay.isEmpty() && bytes + body.length > bytesAtOnce) {
      awaitFirst();
    }
    bytes += body.length;
    started.add(name.key(key));
    underWay.add(new Upload(name, body, store.put(name.key(key), body, Condition.IF_ABSENT)));
  }

  /** Waits until all are stored. */
  void finish() {
    while (!underWay.isEmpty()) {
      awaitFirst();
    }
  }

  /**
   * Waits for what is under way, and deletes what was stored, as far as that is possible; no
   * version refers to it.
   */
  void undo() {
    if (isShared) {
      return;
    }
    try {
      underWay.forEach(upload -> settled(upload.request()));
      underWay.clear();
      if (!started.isEmpty()) {
        Await.result(
            store.deleteAll(started), timeout, "DELETE s3://" + store.bucket() + "/" + key);
      }
    } catch (S3VfsException e) {
      LOG.debug("left behind: {}: {}", started, e.getMessage());
    }
  }

  private void settled(CompletableFuture<String> request) {
    try {
      Await.result(request, timeout, "PUT");
    } catch (S3VfsException | CancellationException e) {
      LOG.debug("not stored: {}", e.getMessage());
    }
  }

  private void awaitFirst() {
    Upload upload = underWay.element(); // stays there if the wait is given up
    String object = "s3://" + store.bucket() + "/" + upload.name().key(key);
    try {
      Await.result(upload.request(), timeout, "PUT " + object);
    } catch (S3VfsException e) {
      if (e.kind() != ErrorKind.CONFLICT) {
        throw e;
      }
      // Its name is new: a retry of the client's has met its own success.
      Fetched there =
          Await.result(
              store.get(upload.name().key(key), null, Condition.NONE), timeout, "GET " + object);
      if (!there.found() || !Arrays.equals(there.body(), upload.body())) {
        isShared = true;
        throw new S3VfsException(
            ErrorKind.CONFLICT, object + ": another process uses this name", e);
      }
    }
    underWay.remove();
    bytes -= upload.body().length;
  }
}
