package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.internal.layout.snapshot.Extents.Extent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongFunction;
import java.util.stream.LongStream;

/**
 * Stores the pages of a version, its page map and its record in segments. Where the head has
 * changed meanwhile, the map and the record can be stored again, in further segments, for the new
 * one. Not thread-safe.
 */
final class SnapshotUpload {
  private final Segments segments;
  private final Uploads uploads;
  private final SegmentWriter writer;
  private final int pageSize;
  private final List<Extent> stored = new ArrayList<>();

  /**
   * What was stored.
   *
   * @param bytes of all segments
   */
  record Result(FrameRef place, VersionRecord record, long bytes) {}

  /**
   * What a commit makes of the version before.
   *
   * @param pageCount of the new version
   * @param wholeFile whether nothing of the version before is kept
   * @param zerosFrom the first page of the version before that is not to be seen any more; 0 if all
   *     are
   * @param early pages that most readers need, among those that were stored; the most needed first
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Change(long pageCount, boolean wholeFile, long zerosFrom, long[] early) {}

  /**
   * @param uuid in the checksums of the database's frames
   * @param epoch of the head
   * @param nonce of the commit
   * @param segmentBytes the most bytes of a segment
   */
  SnapshotUpload(
      Segments segments,
      Uploads uploads,
      Nonce uuid,
      long epoch,
      Nonce nonce,
      int segmentBytes,
      int pageSize) {
    this.segments = segments;
    this.uploads = uploads;
    this.writer = new SegmentWriter(uuid, epoch, nonce, segmentBytes, uploads::start);
    this.pageSize = pageSize;
  }

  /** That its segments are named by. */
  long epoch() {
    return writer.epoch();
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
        Extents.append(stored, new Extent(group[i], 1, frame, i));
      }
      segments.remember(frame, pages);
    }
  }

  /**
   * Waits for what is under way, and removes what was stored, where no version will refer to it.
   */
  void undo() {
    uploads.undo();
  }

  /** The pages that were stored. */
  Extents stored() {
    stored.sort(Comparator.comparingLong(Extent::first));
    Extents.Builder pages = new Extents.Builder();
    stored.forEach(pages::add);
    return pages.build();
  }

  /**
   * Stores the map and the record of the next version, and waits until everything is stored.
   *
   * @param from the head that the commit is made from
   * @param now by the store's clock
   */
  Result commit(Head from, Change change, Instant now) {
    VersionRecord before = change.wholeFile() ? from.record().withoutMap() : from.record();
    Extents own = stored();
    if (change.zerosFrom() > 0) {
      long count = Extents.MAX_PAGE - change.zerosFrom() + 1;
      Extent cut = new Extent(change.zerosFrom(), count, null, 0);
      own = own.over(new Extents.Builder().add(cut).build());
    }
    List<Long> early =
        LongStream.concat(
                before.early().stream().mapToLong(Long::longValue), Arrays.stream(change.early()))
            .filter(page -> page <= change.pageCount())
            .distinct()
            .limit(VersionRecord.MAX_EARLY)
            .sorted()
            .boxed()
            .toList();
    List<Long> inner = LongStream.of(change.early()).sorted().boxed().toList();
    MapWriter.Result map = map(before, own, change.pageCount(), early, inner);
    return finish(
        new VersionRecord(
            before.uuid(),
            before.version() + 1,
            writer.epoch(),
            writer.nonce(),
            now.isBefore(before.time()) ? before.time() : now,
            pageSize,
            change.pageCount(),
            map.changes(),
            map.runs(),
            before.nextPast(from.place(), from.upkeep().oldest()),
            early,
            before.origin()));
  }

  /**
   * Stores the map and the record of the same version with pages at other places, and waits until
   * everything is stored.
   *
   * @param own of the pages that were stored, those that the version has
   */
  Result compact(Head from, Extents own) {
    writer.finish(); // so that no segment with pages has a record, which is soon of no use
    VersionRecord before = from.record();
    MapWriter.Result map = map(before, own, before.pageCount(), before.early(), before.early());
    return finish(before.withMap(map.changes(), map.runs()));
  }

  /**
   * Stores the record of the first version of a copy, and waits until that is done.
   *
   * @param from the head that the commit is made from
   * @param copied the version that was copied
   * @param origin of the copy
   * @param now by the store's clock
   */
  Result copy(Head from, VersionRecord copied, Origin origin, Instant now) {
    return finish(
        new VersionRecord(
            from.record().uuid(),
            from.record().version() + 1,
            writer.epoch(),
            writer.nonce(),
            now,
            pageSize,
            copied.pageCount(),
            copied.changes(),
            copied.runs(),
            List.of(),
            copied.early(),
            origin));
  }

  private MapWriter.Result map(
      VersionRecord before, Extents own, long pageCount, List<Long> early, List<Long> inner) {
    return new MapWriter(writer, run -> segments.run(before.origin(), run))
        .write(before, own, pageCount, early, inner);
  }

  private Result finish(VersionRecord record) {
    FrameRef place = writer.add(Frames.RECORD, record.encode());
    writer.finish();
    uploads.finish();
    return new Result(place, record, writer.total());
  }
}
