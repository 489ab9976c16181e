package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.internal.layout.snapshot.HeadObject.Seen;
import io.github.s3vfs.internal.layout.snapshot.VersionRecord.Past;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Deletes segments that no version refers to which is kept; docs/FORMAT.md, "Collection". One
 * object makes one collection. Not thread-safe.
 */
final class Collection {
  /** How often the head is asked for when others change it meanwhile. */
  private static final int ATTEMPTS = 8;

  private final SnapshotVolume volume;
  private final Segments segments;
  private final DatabaseObjects objects;

  /** What was collected. */
  record Result(int segments, long bytes) {}

  /**
   * What is not needed.
   *
   * @param from the head that it was chosen by
   * @param now by the store's clock
   * @param oldest the oldest version that is kept
   * @param below segments of this epoch and later ones are all needed
   * @param kept of the others those that the oldest version refers to
   */
  private record Choice(Seen from, Instant now, long oldest, long below, Set<SegmentName> kept) {}

  Collection(SnapshotVolume volume, Segments segments, DatabaseObjects objects) {
    this.volume = volume;
    this.segments = segments;
    this.objects = objects;
  }

  /**
   * Deletes them.
   *
   * @param besideClaims whether to do so although somebody has a claim, who will have to store the
   *     pages of its commit again
   * @return null if there is no database, or if others kept it from it
   */
  @Nullable Result run(boolean besideClaims) {
    Seen now = volume.newest();
    if (now == null || (now.head().claim() != null && !besideClaims)) {
      return null;
    }
    // Listed before the floor is raised: what comes later belongs to a commit that knows the floor.
    Map<SegmentName, Long> listed = objects.segments();
    for (int i = 0; i < ATTEMPTS; i++) {
      Choice choice = volume.kept().look(this::choose);
      if (choice == null || (choice.from().head().claim() != null && !besideClaims)) {
        return null;
      }
      Head next =
          choice.from().head().collected(choice.oldest(), choice.now(), volume.commits().nonce());
      if (volume.commits().amend(choice.from(), next)) {
        return delete(listed, choice);
      }
    }
    return null;
  }

  private Choice choose(Seen from) {
    Instant now = volume.now();
    Head head = from.head();
    History history = volume.history();
    Past oldest = history.before(head, now.minus(volume.settings().retention()));
    if (oldest == null) {
      oldest = history.oldest(head);
    }
    VersionRecord record = history.record(head, oldest);
    Set<SegmentName> kept = new HashSet<>();
    for (SegmentName segment : ReferredSegments.of(record, segments)) {
      kept.add(record.origin().object(segment));
    }
    kept.add(oldest.record().segment());
    VersionRecord next = history.record(head, oldest.version() + 1);
    // The epochs of commits never go down, and a version refers to what the one before refers to
    // or to what was stored for it.
    long below = next == null ? head.epoch() + 1 : next.epoch();
    return new Choice(from, now, oldest.version(), below, kept);
  }

  private Result delete(Map<SegmentName, Long> listed, Choice choice) {
    List<SegmentName> useless =
        listed.keySet().stream()
            .filter(name -> name.epoch() < choice.below() && !choice.kept().contains(name))
            .toList();
    objects.delete(useless);
    return new Result(
        useless.size(), useless.stream().mapToLong(name -> listed.getOrDefault(name, 0L)).sum());
  }
}
