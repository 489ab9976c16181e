package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.internal.layout.snapshot.VersionRecord.Past;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The versions of one database that are kept, found through the pasts of later ones
 * (docs/FORMAT.md, "Past"). Thread-safe.
 */
final class History {
  private final Segments segments;

  History(Segments segments) {
    this.segments = segments;
  }

  /**
   * The record of a version, or null if it is not kept, or was never.
   *
   * @param newest a head of the database
   */
  @Nullable VersionRecord record(Head newest, long version) {
    Past found = newest(newest, past -> past.version() <= version);
    return found == null || found.version() != version ? null : record(newest, found);
  }

  /** The newest version that was committed at a time or before, or null. */
  @Nullable Past at(Head newest, Instant time) {
    return newest(newest, past -> !past.time().isAfter(time));
  }

  /** The newest version that was committed before a time, or null. */
  @Nullable Past before(Head newest, Instant time) {
    return newest(newest, past -> past.time().isBefore(time));
  }

  /** The oldest version there is. */
  Past oldest(Head newest) {
    Past at = self(newest);
    List<Past> past = kept(newest, newest.record());
    while (!past.isEmpty()) {
      at = past.get(past.size() - 1);
      past = kept(newest, record(newest, at));
    }
    return at;
  }

  /** What a version was stored as. */
  VersionRecord record(Head newest, Past past) {
    return past.version() == newest.record().version()
        ? newest.record()
        : segments.record(newest.record().origin(), past.record());
  }

  private static Past self(Head newest) {
    return new Past(newest.record().version(), newest.record().time(), newest.place());
  }

  private static List<Past> kept(Head newest, VersionRecord record) {
    return record.past().stream()
        .filter(past -> past.version() >= newest.upkeep().oldest())
        .toList();
  }

  /**
   * The newest version that fits.
   *
   * @param fits what holds for a version and for all older ones
   */
  private @Nullable Past newest(Head newest, Predicate<Past> fits) {
    Past at = self(newest);
    if (fits.test(at)) {
      return at;
    }
    while (true) {
      Past newer = at;
      Past found = null;
      List<Past> past = kept(newest, record(newest, at));
      for (Past each : past) {
        if (fits.test(each)) {
          found = each;
          break;
        }
        newer = each;
      }
      if (past.isEmpty()) {
        return null;
      }
      if (found != null && (found.version() == newer.version() - 1 || newer.equals(at))) {
        return found;
      }
      at = newer; // it does not fit, and knows all versions shortly before it
    }
  }

  /** All versions, newest first. About one request for 16 of them, many at once. */
  List<Past> all(Head newest) {
    NavigableMap<Long, Past> known = new TreeMap<>(Comparator.reverseOrder());
    Past self = self(newest);
    known.put(self.version(), self);
    List<Past> next = List.of(self);
    while (!next.isEmpty()) {
      var unused =
          segments.prefetch(
              newest.record().origin(),
              Frames.RECORD,
              next.stream().filter(past -> !past.equals(self)).map(Past::record).toList());
      List<Past> found = new ArrayList<>();
      for (Past each : next) {
        found.addAll(kept(newest, record(newest, each)));
      }
      found.forEach(past -> known.put(past.version(), past));
      next =
          found.stream().filter(past -> !known.containsKey(past.version() - 1)).distinct().toList();
    }
    return List.copyOf(known.values());
  }
}
