package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.snapshot.HeadObject.Seen;
import io.github.s3vfs.internal.layout.snapshot.NewestVersion.Version;
import io.github.s3vfs.internal.store.Await;
import io.github.s3vfs.internal.store.Meter;
import io.github.s3vfs.internal.store.ObjectStore;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * How new versions come about: the write transactions of this process, from the claim to the head
 * that shows what they have stored. Any thread may call it; there is one transaction at a time.
 */
final class Commits {
  /** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
  private static final int MAX_S3_KEY_BYTES = 1024;

  private final S3Location location;
  private final ObjectStore store;
  private final SnapshotSettings settings;
  private final Meter meter;
  private final Segments segments;
  private final HeadDeletion deletion;
  private final HeadWriter writer;
  private final NewestVersion newest;
  private final StoreClock clock;
  private final Surroundings surroundings;

  /** Asks the store whether there is a database in another layout. */
  private final BooleanSupplier elsewhere;

  /** Is told of the head of each commit. */
  private final Consumer<Head> committed;

  Commits(
      S3Location location,
      ObjectStore store,
      SnapshotSettings settings,
      Meter meter,
      Segments segments,
      HeadDeletion deletion,
      HeadWriter writer,
      NewestVersion newest,
      StoreClock clock,
      Surroundings surroundings,
      BooleanSupplier elsewhere,
      Consumer<Head> committed) {
    this.location = location;
    this.store = store;
    this.settings = settings;
    this.meter = meter;
    this.segments = segments;
    this.deletion = deletion;
    this.writer = writer;
    this.newest = newest;
    this.clock = clock;
    this.surroundings = surroundings;
    this.elsewhere = elsewhere;
    this.committed = committed;
  }

  private long nanoTime() {
    return surroundings.nanoTime().getAsLong();
  }

  /**
   * Begins a write transaction.
   *
   * @param base what it has read
   * @return false while another process writes
   * @throws S3VfsException {@code CONFLICT} if there is a newer version; {@code INTERRUPTED}: then
   *     nothing has begun
   */
  boolean begin(Version base) {
    return begin(base, false);
  }

  /**
   * As the other one.
   *
   * @param moves whether the database comes from another layout, in which it still is
   */
  boolean begin(Version base, boolean moves) {
    Await.refuseInterrupted(location.toString());
    settle();
    long start = nanoTime();
    NewestVersion.State now = newest.state();
    if (now.seen() == null) {
      checkKey();
    }
    HeadWriter.Begun begun =
        now.version().generation() == base.generation()
            ? writer.begin(now.seen(), settings.optimistic())
            : new HeadWriter.Begun.Moved();
    if (begun instanceof HeadWriter.Begun.Granted granted) {
      if (now.seen() == null) {
        checkNew(moves);
      }
      newest.takeOwn(granted.head(), start);
      releaseIfInterrupted();
      return true;
    }
    newest.doubt();
    if (begun instanceof HeadWriter.Begun.Moved) {
      throw new S3VfsException(
          ErrorKind.CONFLICT,
          location + ": another connection or process has written since this read began");
    }
    meter.refused();
    return false;
  }

  /** Whoever was interrupted while it claimed does not go on, and nobody waits for its term. */
  private void releaseIfInterrupted() {
    try {
      Await.refuseInterrupted(location.toString());
    } catch (S3VfsException e) {
      Await.undisturbed(this::release);
      throw e;
    }
  }

  /** Whether a database may be made here, which this process has the claim of now. */
  private void checkNew(boolean moves) {
    try {
      if (!moves && elsewhere.getAsBoolean()) {
        throw new S3VfsException(
            ErrorKind.INVALID,
            location + ": the database was made in another layout; connect to it again");
      }
      new ConditionCheck(store, settings.timeout(), surroundings.nonces())
          .run(location.key() + HeadObject.SUFFIX);
    } catch (S3VfsException e) {
      if (e.kind() != ErrorKind.UNSUPPORTED && e.kind() != ErrorKind.INVALID) {
        Await.undisturbed(this::release); // the head there is now may be another process's
        throw e;
      }
      writer.abandon();
      Await.undisturbed(deletion::run, e);
      throw e;
    }
  }

  /** Refuses a key that leaves no room for the names of segments. */
  private void checkKey() {
    int bytes = location.key().getBytes(StandardCharsets.UTF_8).length;
    int most = MAX_S3_KEY_BYTES - SegmentName.SUFFIX_LENGTH;
    if (bytes > most) {
      throw new S3VfsException(
          ErrorKind.INVALID,
          location + ": the key has " + bytes + " bytes; at most " + most + " fit in this layout");
    }
  }

  /** Ends a write transaction that has published nothing. */
  void release() {
    long start = nanoTime();
    Seen now = writer.release();
    if (now != null) {
      newest.takeOwn(now, start);
    }
  }

  /**
   * Commits a new version, and ends the write transaction.
   *
   * @param base the version that it was made from
   * @param wholeFile whether nothing of the base is kept
   * @param keptPages how many of its pages are kept, if not the whole file is new
   */
  Version commit(
      Snapshot base, long pageCount, ChangedPages changed, boolean wholeFile, long keptPages) {
    long kept = Math.min(keptPages, pageCount);
    long zerosFrom = !wholeFile && kept < base.record().pageCount() ? kept + 1 : 0;
    List<long[]> parts = changed.parts();
    return publish(
        changed.pageSize(),
        wholeFile || zerosFrom > 0 ? null : changed.numbers(),
        upload -> {
          parts.forEach(part -> upload.pages(part, changed::content));
          long[] early =
              LongStream.concat(LongStream.of(parts.get(0)), LongStream.of(parts.get(1))).toArray();
          return new SnapshotUpload.Change(pageCount, wholeFile, zerosFrom, early);
        });
  }

  /** Stores the pages of a new version, and says what else there is to it. */
  interface Storing {
    /** Stores them all. */
    SnapshotUpload.Change store(SnapshotUpload upload);

    /** Not everything could be stored, or what was stored is no version and never will be. */
    default void failed(SnapshotUpload upload) {}

    /** Whether an interrupt does not end the last request, whose outcome must be known. */
    default boolean outcomeMustBeKnown() {
      return false;
    }
  }

  /**
   * Publishes a new version.
   *
   * @param changed the pages that are not as in the version before; null if that is not known
   */
  Version publish(int pageSize, long @Nullable [] changed, Storing storing) {
    SnapshotUpload upload = null;
    SnapshotUpload.Change change = null;
    while (true) {
      Head head = writer.head();
      if (upload == null || upload.epoch() < head.floor()) {
        upload = upload(head, pageSize);
        change = null;
      }
      SnapshotUpload.Result result;
      try {
        change = change == null ? storing.store(upload) : change;
        result = upload.commit(head, change, clock.now());
        if (storing.outcomeMustBeKnown()) {
          Await.refuseInterrupted(location.toString());
        }
      } catch (RuntimeException | Error e) {
        storing.failed(upload);
        throw e;
      }
      long epoch = upload.epoch();
      Version version;
      try {
        version =
            storing.outcomeMustBeKnown()
                ? publishUninterrupted(head, result, epoch, changed)
                : publish(head, result, epoch, changed);
      } catch (S3VfsException e) {
        if (isRefused(e)) {
          storing.failed(upload);
        }
        throw e;
      }
      if (version != null) {
        return version;
      }
    }
  }

  /**
   * Publishes a new version that is stored.
   *
   * @param base the head that its record was made from
   * @param epoch that its segments are named by
   * @param changed as in the other one
   * @return null if the record must be made anew from {@link #head}, and segments below its floor
   *     stored anew
   */
  @Nullable Version publish(
      Head base, SnapshotUpload.Result stored, long epoch, long @Nullable [] changed) {
    long start = nanoTime();
    Seen now;
    try {
      now = writer.publish(base, stored.place(), stored.record(), epoch, stored.bytes());
    } finally {
      newest.tell();
    }
    if (now == null) {
      return null;
    }
    meter.committed();
    Version version = newest.committed(now, stored.record(), start, changed);
    committed.accept(now.head());
    return version;
  }

  /** Whether what a commit has failed with says that it has no effect, and never will have. */
  boolean isRefused(S3VfsException failure) {
    return switch (failure.kind()) {
      case CONFLICT -> true;
      case UNAVAILABLE, INTERRUPTED -> false;
      default -> !writer.isUnsettled();
    };
  }

  /** As {@link #publish(Head, SnapshotUpload.Result, long, long[])}, whatever interrupts it. */
  @Nullable Version publishUninterrupted(
      Head base, SnapshotUpload.Result stored, long epoch, long @Nullable [] changed) {
    return Await.<@Nullable Version>uninterrupted(() -> publish(base, stored, epoch, changed));
  }

  /** In a write transaction: the head that its commit is made from, as it is known now. */
  Head head() {
    return writer.head();
  }

  /** What stores pages by the epoch of a head. */
  SnapshotUpload upload(Head head, int pageSize) {
    return upload(head.record().origin().uuid(), head.epoch(), nonce(), pageSize);
  }

  /** What stores pages under given names. */
  SnapshotUpload upload(Nonce uuid, long epoch, Nonce nonce, int pageSize) {
    return new SnapshotUpload(
        segments,
        new Uploads(store, location.key(), settings.uploadBytes(), settings.timeout()),
        uuid,
        epoch,
        nonce,
        settings.segmentBytes(store.maxConditionalPut()),
        pageSize);
  }

  /** Changes the head without a new version; whether it was done. */
  boolean amend(Seen from, Head to) {
    long start = nanoTime();
    Seen now = writer.amend(from, to);
    if (now != null) {
      Version unused = newest.take(now, start);
    }
    return now != null;
  }

  /** A nonce that nobody else has. */
  Nonce nonce() {
    return surroundings.nonces().get();
  }

  /**
   * Removes what the write transaction has stored in vain; no interrupt ends that. A clone of this
   * process has the same claim and stores under the same names: only who has renewed the claim
   * knows that the other one cannot commit any more. Otherwise everything is left to a collection.
   */
  void undo(Runnable removal) {
    Await.undisturbed(
        () -> {
          if (writer.isAlone()) {
            removal.run();
          }
        });
  }

  /** Finds out what became of a commit, or of a deletion of the head, that got no answer. */
  void settle() {
    writer.settle();
    deletion.settle();
  }

  /** Leaves the claim to its term, as the end of the process does. */
  void abandon() {
    writer.abandon();
  }

  /** Renews the claim at once. */
  void renew() {
    writer.renewNow();
  }
}
