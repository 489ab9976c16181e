package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.internal.layout.snapshot.Extents.Extent;
import io.github.s3vfs.internal.layout.snapshot.Fragmentation.Candidate;
import io.github.s3vfs.internal.layout.snapshot.HeadObject.Seen;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Stores pages of the newest version anew, so that it can be read by few requests and old segments
 * become useless; docs/FORMAT.md, "Compaction". Readers and writers go on meanwhile. One object
 * makes one compaction. Not thread-safe.
 */
final class Compaction {
  /** How often the map is stored when others change the head meanwhile. */
  private static final int ATTEMPTS = 8;

  private final SnapshotVolume volume;
  private final DatabaseObjects objects;

  Compaction(SnapshotVolume volume, DatabaseObjects objects) {
    this.volume = volume;
    this.objects = objects;
  }

  /**
   * Compacts.
   *
   * @param mostBytes how many bytes of pages are stored anew
   * @return how many pages were; 0 also if others kept on changing the head
   */
  long run(long mostBytes) {
    Seen from = volume.newest();
    if (from == null || from.head().record().version() == 0) {
      return 0;
    }
    Head head = from.head();
    VersionRecord record = head.record();
    Snapshot snapshot = volume.snapshot(record);
    List<Candidate> chosen =
        new Fragmentation(
                record.pageSize(), record.pageCount(), snapshot::place, Segments::requests)
            .choose(objects.segments(), mostBytes);
    if (chosen.isEmpty()) {
      boolean unused = volume.amend(from, head.compacted(head.place(), record, 0, volume.nonce()));
      return 0;
    }
    SnapshotUpload upload = volume.upload(head, record.pageSize());
    boolean mayBeUsed = false;
    try {
      Set<Long> early = new HashSet<>(record.early());
      upload.pages(numbers(chosen, early, true), snapshot::page);
      upload.pages(numbers(chosen, early, false), snapshot::page);
      Seen at = from;
      for (int i = 0; i < ATTEMPTS && at != null; i++) {
        Extents own = unchanged(upload, chosen, record, at.head());
        if (own.isEmpty()) {
          return 0;
        }
        SnapshotUpload.Result result = upload.compact(at.head(), own);
        Head to =
            at.head().compacted(result.place(), result.record(), result.bytes(), volume.nonce());
        // From here on, even if the answer is no: it may have had effect before another change.
        mayBeUsed = true;
        if (volume.amend(at, to)) {
          return own.list().stream().mapToLong(Extent::count).sum();
        }
        at = volume.newest();
      }
      return 0;
    } finally {
      if (!mayBeUsed) {
        upload.undo();
      }
    }
  }

  private static long[] numbers(List<Candidate> chosen, Set<Long> early, boolean wanted) {
    return chosen.stream()
        .mapToLong(Candidate::page)
        .filter(page -> early.contains(page) == wanted)
        .toArray();
  }

  /** The pages that are still where they were when they were chosen; none if it is too late. */
  private Extents unchanged(
      SnapshotUpload upload, List<Candidate> chosen, VersionRecord base, Head head) {
    VersionRecord record = head.record();
    Extents.Builder own = new Extents.Builder();
    if (!record.uuid().equals(base.uuid())
        || record.pageSize() != base.pageSize()
        || head.floor() > upload.epoch()) {
      return own.build();
    }
    Extents stored = upload.stored();
    Snapshot now = volume.snapshot(record);
    for (Candidate candidate : chosen) {
      Extent there = stored.find(candidate.page());
      boolean same = record.equals(base) || candidate.from().equals(now.place(candidate.page()));
      if (same && there != null) {
        own.add(there.part(candidate.page(), candidate.page() + 1));
      }
    }
    return own.build();
  }
}
