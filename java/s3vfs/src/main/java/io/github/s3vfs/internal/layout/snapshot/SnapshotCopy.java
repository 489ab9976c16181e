package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.snapshot.HeadObject.Seen;
import io.github.s3vfs.internal.layout.snapshot.NewestVersion.Version;
import io.github.s3vfs.internal.store.Await;
import io.github.s3vfs.internal.store.Condition;
import io.github.s3vfs.internal.store.CopySource;
import io.github.s3vfs.internal.store.InFlight;
import io.github.s3vfs.internal.store.LargeObjects;
import io.github.s3vfs.internal.store.StoredObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a database of the newest version of another one, whose segments the store copies
 * (docs/FORMAT.md, "Copies"). Readers and writers of the other one go on meanwhile. One object
 * makes one copy. Not thread-safe.
 */
final class SnapshotCopy {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotCopy.class);

  /** Requests under way at once: each takes the store some time, and this process nothing. */
  private static final int PARALLEL = 32;

  /** How often it begins anew when segments are collected meanwhile. */
  private static final int ATTEMPTS = 3;

  private final SnapshotVolume target;
  private final DatabaseObjects objects;
  private final SnapshotVolume source;
  private final Segments segments;
  private final LargeObjects store;

  /**
   * @param target where there is no database
   * @param objects of the target
   * @param segments of the source
   * @param store has the bucket of the target
   */
  SnapshotCopy(
      SnapshotVolume target,
      DatabaseObjects objects,
      SnapshotVolume source,
      Segments segments,
      LargeObjects store) {
    this.target = target;
    this.objects = objects;
    this.source = source;
    this.segments = segments;
    this.store = store;
  }

  /**
   * Copies.
   *
   * @return false if the store refuses to copy, or if segments were collected meanwhile again and
   *     again; then nothing was stored
   * @throws S3VfsException {@code CONFLICT} if there is a database at the target, {@code BUSY} if
   *     another process is making one, {@code NOT_FOUND} if there is no source
   */
  boolean run() {
    Version base = target.read(target.nanoTime());
    if (target.exists()) {
      throw target.kept().alreadyThere();
    }
    if (!target.commits().begin(base)) {
      throw new S3VfsException(ErrorKind.BUSY, target.location() + ": another process is writing");
    }
    boolean done = false;
    try {
      for (int i = 0; i < ATTEMPTS && !done; i++) {
        done = attempt();
      }
      return done;
    } catch (S3VfsException e) {
      switch (e.kind()) {
        case UNSUPPORTED, ACCESS_DENIED, INVALID -> {
          LOG.info("{}: not copied by the store: {}", target.location(), e.getMessage());
          return false;
        }
        default -> throw e;
      }
    } finally {
      if (!done) {
        Await.undisturbed(target.commits()::release);
      }
    }
  }

  /**
   * Copies the version that is the newest now.
   *
   * @return false if a segment was missing, or what was stored may be collected
   */
  private boolean attempt() {
    Seen from = source.newest();
    if (from == null || from.head().record().version() == 0) {
      throw source.kept().noDatabase();
    }
    VersionRecord record = from.head().record();
    Head head = target.commits().head();
    // Above the epochs of all segments that the version refers to.
    long epoch = Math.max(from.head().epoch() + 1, head.epoch());
    Origin origin = new Origin(record.origin().uuid(), epoch, target.commits().nonce());
    SnapshotUpload upload =
        target.commits().upload(origin.uuid(), epoch, origin.nonce(), record.pageSize());
    List<String> keys = new ArrayList<>();
    InFlight pending = new InFlight();
    boolean mayBeUsed = false;
    try {
      if (!copy(record, origin, keys, pending)) {
        return false;
      }
      SnapshotUpload.Result result = upload.copy(head, record, origin, target.now());
      Await.refuseInterrupted("COPY " + source.location() + " to " + target.location());
      mayBeUsed = true;
      mayBeUsed = target.commits().publishUninterrupted(head, result, epoch, null) != null;
      return mayBeUsed;
    } catch (S3VfsException e) {
      mayBeUsed &= !target.commits().isRefused(e);
      throw e;
    } finally {
      if (!mayBeUsed) {
        target.commits().undo(() -> undo(upload, keys, pending));
      }
    }
  }

  /**
   * Has the store copy the segments.
   *
   * @param keys takes those of what may have been stored
   * @return false if one is missing
   */
  private boolean copy(VersionRecord record, Origin origin, List<String> keys, InFlight pending) {
    try {
      Set<SegmentName> names = ReferredSegments.of(record, segments);
      Await.all(
          names.stream()
              .map(name -> request(record.origin().object(name), origin.object(name), keys))
              .iterator(),
          PARALLEL,
          store.copyDeadline(),
          "COPY " + source.location() + " to " + target.location(),
          pending);
      return true;
    } catch (S3VfsException e) {
      if (e.kind() != ErrorKind.NOT_FOUND) {
        throw e;
      }
      LOG.debug("{}: begun anew: {}", target.location(), e.getMessage());
      return false;
    }
  }

  private Supplier<CompletableFuture<StoredObject>> request(
      SegmentName from, SegmentName to, List<String> keys) {
    String key = to.key(target.location().key());
    // Its name never comes back: no ETag needs to be known.
    CopySource object =
        new CopySource(source.location().bucket(), from.key(source.location().key()), null, null);
    return () -> {
      keys.add(key);
      return store.copy(object, key, null, Condition.NONE);
    };
  }

  /** Removes what was stored, as far as that is possible; no version refers to it. */
  private void undo(SnapshotUpload upload, List<String> keys, InFlight pending) {
    upload.undo();
    try {
      pending.settle(store.copyDeadline(), "COPY");
      objects.deleteAll(keys);
    } catch (S3VfsException e) {
      LOG.debug("left behind: {}: {}", keys, e.getMessage());
    }
  }
}
