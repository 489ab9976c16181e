package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.internal.layout.snapshot.Extents.Extent;
import io.github.s3vfs.internal.layout.snapshot.Fragmentation.Candidate;
import io.github.s3vfs.internal.layout.snapshot.HeadObject.Seen;
import io.github.s3vfs.internal.store.Await;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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
  private final Segments segments;
  private final DatabaseObjects objects;

  Compaction(SnapshotVolume volume, Segments segments, DatabaseObjects objects) {
    this.volume = volume;
    this.segments = segments;
    this.objects = objects;
  }

  /**
   * Compacts.
   *
   * @param mostBytes how many bytes of pages are stored anew
   * @return how many pages were; 0 also if others kept on changing the head
   */
  long run(long mostBytes) {
    Long pages = volume.kept().look(from -> run(from, mostBytes));
    return pages == null ? 0 : pages;
  }

  private long run(Seen from, long mostBytes) {
    Head head = from.head();
    VersionRecord record = head.record();
    if (record.version() == 0) {
      return 0;
    }
    // So that the map is there, and is not fetched leaf by leaf.
    record.runs().forEach(run -> segments.visit(record.origin(), run.root(), (frame, leaf) -> {}));
    Snapshot snapshot = volume.snapshot(record);
    Map<SegmentName, Long> sizes = objects.segments();
    List<Candidate> chosen =
        new Fragmentation(
                record.pageSize(),
                record.pageCount(),
                snapshot::place,
                frames -> FrameRanges.of(frames).size())
            .choose(segment -> sizes.getOrDefault(record.origin().object(segment), 0L), mostBytes);
    if (chosen.isEmpty()) {
      boolean unused =
          volume
              .commits()
              .amend(from, head.compacted(head.place(), record, 0, volume.commits().nonce()));
      return 0;
    }
    SnapshotUpload upload = volume.commits().upload(head, record.pageSize());
    boolean mayBeUsed = false;
    try {
      Set<Long> early = new HashSet<>(record.early());
      store(upload, snapshot, numbers(chosen, early, true));
      store(upload, snapshot, numbers(chosen, early, false));
      Seen at = from;
      for (int i = 0; i < ATTEMPTS && at != null; i++) {
        Extents own = unchanged(upload, chosen, record, at.head());
        if (own.isEmpty()) {
          return 0;
        }
        SnapshotUpload.Result result = upload.compact(at.head(), own);
        Head to =
            at.head()
                .compacted(
                    result.place(), result.record(), result.bytes(), volume.commits().nonce());
        // From here on, even if the answer is no: it may have had effect before another change.
        mayBeUsed = true;
        if (volume.commits().amend(at, to)) {
          return own.list().stream().mapToLong(Extent::count).sum();
        }
        at = volume.newest();
      }
      return 0;
    } finally {
      if (!mayBeUsed) {
        Await.undisturbed(upload::undo);
      }
    }
  }

  /** Stores pages, and fetches the next ones ahead, many at once. */
  private void store(SnapshotUpload upload, Snapshot snapshot, long[] pages) {
    int group = PageGroup.pagesPerGroup(snapshot.record().pageSize());
    int piece = group * Math.max(1, volume.readAheadGroups() / 2);
    for (int from = 0; from < pages.length; from += piece) {
      int until = Math.min(pages.length, from + piece);
      snapshot.prefetch(Arrays.stream(pages, from, Math.min(pages.length, until + piece)));
      upload.pages(Arrays.copyOfRange(pages, from, until), snapshot::page);
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
