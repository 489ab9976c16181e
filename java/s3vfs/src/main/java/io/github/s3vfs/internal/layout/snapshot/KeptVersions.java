package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3Version;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.PointInTime;
import io.github.s3vfs.internal.layout.snapshot.HeadObject.Seen;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The versions of one database that can be read, while others commit, compact and collect.
 * Thread-safe.
 */
final class KeptVersions {
  private final S3Location location;
  private final NewestVersion newest;
  private final History history;

  KeptVersions(S3Location location, NewestVersion newest, History history) {
    this.location = location;
    this.newest = newest;
    this.history = history;
  }

  /**
   * All versions, newest first. About one request for 16 of them, several at once.
   *
   * @throws S3VfsException {@code NOT_FOUND} if there is no database
   */
  List<S3Version> list() {
    List<S3Version> versions =
        look(
            seen ->
                history.all(seen.head()).stream()
                    .filter(past -> past.version() > 0)
                    .map(past -> new S3Version(past.version(), past.time()))
                    .toList());
    if (versions == null || versions.isEmpty()) {
      throw noDatabase();
    }
    return versions;
  }

  /** The failure where there is no database. */
  S3VfsException noDatabase() {
    return new S3VfsException(ErrorKind.NOT_FOUND, "there is no database at " + location);
  }

  /** The failure where there is a database, and there should be none. */
  S3VfsException alreadyThere() {
    return new S3VfsException(
        ErrorKind.CONFLICT, "there is a database at " + location + " already");
  }

  /**
   * The version of a point in time.
   *
   * @throws S3VfsException {@code NOT_FOUND} if there is no database, or not yet that version;
   *     {@code EXPIRED} if it is not kept any more
   */
  VersionRecord at(PointInTime when) {
    VersionRecord[] record = new VersionRecord[1];
    Seen seen =
        look(
            at -> {
              record[0] = at(at.head(), when);
              return at;
            });
    if (seen == null || seen.head().record().version() == 0) {
      throw noDatabase();
    }
    long last = seen.head().record().version();
    if (when instanceof PointInTime.OfVersion of && of.version() > last) {
      throw new S3VfsException(
          ErrorKind.NOT_FOUND, location + ": there is no " + when + " yet; the newest is " + last);
    }
    if (record[0] == null) {
      throw expired(when.toString(), seen, null);
    }
    return record[0];
  }

  private @Nullable VersionRecord at(Head head, PointInTime when) {
    if (when instanceof PointInTime.OfVersion of) {
      return history.record(head, of.version());
    }
    VersionRecord.Past past = history.at(head, ((PointInTime.OfTime) when).time());
    return past == null || past.version() == 0 ? null : history.record(head, past);
  }

  /**
   * Where a version is stored now whose segment was not found.
   *
   * @throws S3VfsException {@code EXPIRED} if it is not kept any more, {@code CORRUPT} if the
   *     segment should be there
   */
  VersionRecord renewed(VersionRecord stale, S3VfsException missing) {
    Seen now = newest.head();
    if (now == null || !now.head().record().uuid().equals(stale.uuid())) {
      throw new S3VfsException(
          ErrorKind.EXPIRED, location + ": the database was deleted while it was read", missing);
    }
    VersionRecord found = look(seen -> history.record(seen.head(), stale.version()));
    if (found == null) {
      throw expired("version " + stale.version(), now, missing);
    }
    if (found.equals(stale)) {
      throw lost(missing);
    }
    return found;
  }

  private static S3VfsException lost(S3VfsException missing) {
    return new S3VfsException(
        ErrorKind.CORRUPT, missing.getMessage() + ", and was not collected", missing);
  }

  private S3VfsException expired(String what, Seen now, @Nullable Throwable cause) {
    return new S3VfsException(
        ErrorKind.EXPIRED,
        location
            + ": "
            + what
            + " is not kept any more; the oldest is "
            + oldest(now.head())
            + ", the newest "
            + now.head().record().version(),
        cause);
  }

  private long oldest(Head head) {
    try {
      return history.oldest(head).version();
    } catch (S3VfsException e) {
      return head.upkeep().oldest(); // somebody collects meanwhile, or the store does not answer
    }
  }

  /**
   * Looks into the history of the newest head; again, if somebody collects meanwhile.
   *
   * @return null if there is no head, or what the look has given
   * @throws S3VfsException {@code CORRUPT} if a segment is missing
   */
  <T> @Nullable T look(Function<Seen, @Nullable T> look) {
    Seen at = newest.head();
    while (at != null) {
      try {
        return look.apply(at);
      } catch (S3VfsException e) {
        if (e.kind() != ErrorKind.NOT_FOUND) {
          throw e;
        }
        Seen before = at;
        at = newest.head();
        if (at != null && !wasCollected(before.head(), at.head())) {
          throw lost(e);
        }
      }
    }
    return null;
  }

  private static boolean wasCollected(Head before, Head now) {
    return now.epoch() != before.epoch() || !now.record().uuid().equals(before.record().uuid());
  }
}
