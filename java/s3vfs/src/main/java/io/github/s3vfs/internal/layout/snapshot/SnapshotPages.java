package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.internal.layout.StoredPages;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** The pages of a {@link Snapshot}. Thread-safe. */
final class SnapshotPages implements StoredPages {
  private final Snapshot snapshot;
  private final Segments segments;

  SnapshotPages(Snapshot snapshot, Segments segments) {
    this.snapshot = snapshot;
    this.segments = segments;
  }

  @Override
  public String database() {
    return snapshot.record().uuid().toString();
  }

  @Override
  public int pageSize() {
    return snapshot.record().pageSize();
  }

  @Override
  public long pageCount() {
    return snapshot.record().pageCount();
  }

  @Override
  public byte[] page(long number) {
    return snapshot.page(number);
  }

  @Override
  public void prefetch(long[] numbers) {
    snapshot.prefetchWanted(LongStream.of(numbers));
  }

  @Override
  public long @Nullable [] changedSince(StoredPages earlier, int most) {
    SnapshotPages other = (SnapshotPages) earlier;
    VersionRecord now = snapshot.record();
    VersionRecord then = other.snapshot.record();
    if (!now.uuid().equals(then.uuid()) || now.pageSize() != then.pageSize()) {
      return null;
    }
    List<VersionRecord.Run> newer = now.runs();
    List<VersionRecord.Run> older = then.runs();
    int same = 0;
    while (same < Math.min(newer.size(), older.size())
        && newer.get(newer.size() - 1 - same).equals(older.get(older.size() - 1 - same))) {
      same++;
    }
    return map(now, same).differencesFrom(map(then, same), most);
  }

  /** The map without its oldest runs. */
  private Extents map(VersionRecord record, int without) {
    Extents map = record.changes();
    for (VersionRecord.Run run : record.runs().subList(0, record.runs().size() - without)) {
      map = map.over(segments.run(record.origin(), run));
    }
    return map;
  }
}
