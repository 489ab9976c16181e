package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.internal.layout.snapshot.Extents.Extent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Stores the pages of a new version, its page map and its record in segments. One object makes one
 * attempt. Not thread-safe.
 */
final class SnapshotUpload {
  private final Segments segments;
  private final Uploads uploads;
  private final SegmentWriter writer;
  private final int pageSize;
  private final List<Extent> stored = new ArrayList<>();
  private final boolean remember;

  /** What was stored. */
  record Result(FrameRef place, VersionRecord record) {}

  /**
   * @param uuid of the database
   * @param epoch of the head
   * @param segmentBytes the most bytes of a segment
   * @param remember whether the pages go into the cache
   */
  SnapshotUpload(
      Segments segments,
      Uploads uploads,
      Nonce uuid,
      long epoch,
      int segmentBytes,
      int pageSize,
      boolean remember) {
    this.segments = segments;
    this.uploads = uploads;
    this.writer = new SegmentWriter(uuid, epoch, Nonce.fresh(), segmentBytes, uploads::start);
    this.pageSize = pageSize;
    this.remember = remember;
  }

  /** Stores pages, ascending, in groups of neighbours. */
  void pages(long[] numbers, LongFunction<byte[]> content) {
    int most = PageGroup.pagesPerGroup(pageSize);
    for (int from = 0; from < numbers.length; from += most) {
      long[] group = Arrays.copyOfRange(numbers, from, Math.min(numbers.length, from + most));
      byte[] bytes = new byte[group.length * pageSize];
      for (int i = 0; i < group.length; i++) {
        System.arraycopy(content.apply(group[i]), 0, bytes, i * pageSize, pageSize);
      }
      PageGroup pages = new PageGroup(pageSize, group, bytes);
      FrameRef frame = writer.add(Frames.PAGE_GROUP, pages.encode());
      for (int i = 0; i < group.length; i++) {
        add(new Extent(group[i], 1, frame, i));
      }
      if (remember) {
        segments.remember(frame, pages);
      }
    }
  }

  /** Removes what was stored, where the input of a whole database fails. */
  void undo() {
    uploads.undo();
  }

  private void add(Extent page) {
    int last = stored.size() - 1;
    Extent before = last < 0 ? null : stored.get(last);
    if (before != null && page.continues(before)) {
      stored.set(
          last, new Extent(before.first(), before.count() + 1, before.group(), before.position()));
    } else {
      stored.add(page);
    }
  }

  /**
   * Stores the map and the record, and waits until everything is stored.
   *
   * @param before the version before; for a replacement of the whole file, without its map
   * @param place of its record
   * @param pageCount of the new version
   * @param zerosFrom the first page of the version before that is not to be seen any more; 0 if all
   *     are
   * @param time of the commit
   * @param notBefore versions that were replaced before that are forgotten
   * @param early pages that most readers need, among those that were stored
   * @param map the version before, unless its map is left out
   */
  Result finish(
      VersionRecord before,
      FrameRef place,
      long pageCount,
      long zerosFrom,
      Instant time,
      Instant notBefore,
      long[] early,
      @Nullable Snapshot map) {
    stored.sort(Comparator.comparingLong(Extent::first));
    Extents.Builder pages = new Extents.Builder();
    stored.forEach(pages::add);
    Extents own = pages.build();
    if (zerosFrom > 0) {
      Extent cut = new Extent(zerosFrom, Extents.MAX_PAGE - zerosFrom + 1, null, 0);
      own = own.over(new Extents.Builder().add(cut).build());
    }
    MapWriter.Result written =
        new MapWriter(
                writer,
                run -> {
                  if (map == null) {
                    throw new IllegalStateException("a run without its version");
                  }
                  return map.load(run);
                })
            .write(before, own, pageCount);
    VersionRecord record =
        new VersionRecord(
            before.uuid(),
            before.version() + 1,
            writer.nonce(),
            time.isBefore(before.time()) ? before.time() : time,
            pageSize,
            pageCount,
            written.changes(),
            written.runs(),
            before.nextPast(place, notBefore),
            LongStream.concat(
                    before.early().stream().mapToLong(Long::longValue), Arrays.stream(early))
                .filter(page -> page <= pageCount)
                .sorted()
                .distinct()
                .limit(VersionRecord.MAX_EARLY)
                .boxed()
                .toList());
    FrameRef newPlace = writer.add(Frames.RECORD, record.encode());
    writer.finish();
    uploads.finish();
    return new Result(newPlace, record);
  }
}
