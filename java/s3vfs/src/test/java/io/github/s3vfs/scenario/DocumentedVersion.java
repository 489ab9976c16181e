package io.github.s3vfs.scenario;

import io.github.s3vfs.scenario.DocumentedSegments.Frame;
import io.github.s3vfs.scenario.DocumentedSegments.Origin;
import io.github.s3vfs.scenario.DocumentedSegments.Segment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A version of a database, from its record, as docs/FORMAT.md describes it. */
final class DocumentedVersion {
  /** An earlier version. */
  record Past(long version, long time, Frame record) {}

  final byte[] uuid;
  final long version;
  final long epoch;
  final String nonce;
  final long time;
  final int pageSize;
  final long pageCount;
  final List<Past> past = new ArrayList<>();

  /** Has what it refers to. */
  final DocumentedSegments segments;

  /** Changes first, then the runs. */
  private final List<DocumentedMap> maps = new ArrayList<>();

  /**
   * @param body of a record
   * @param objects what the map refers to, by what the record says of it
   */
  DocumentedVersion(DocumentedBytes body, Function<Origin, DocumentedSegments> objects) {
    byte[] all = body.take(body.left());
    segments = objects.apply(origin(new DocumentedBytes(all, "a record")));
    DocumentedBytes in = new DocumentedBytes(all, "a record");
    uuid = in.take(16);
    version = in.varint();
    epoch = in.varint();
    nonce = HexFormat.of().formatHex(in.take(16));
    time = in.varint();
    pageSize = (int) in.varint();
    pageCount = in.varint();
    maps.add(DocumentedMap.changes(segments, in.part(in.varint())));
    for (int left = in.count(); left > 0; left--) {
      maps.add(DocumentedMap.run(segments, in));
    }
    for (int left = in.count(); left > 0; left--) {
      long earlier = in.varint();
      long then = in.varint();
      Segment segment = Segment.read(in);
      past.add(new Past(earlier, then, Frame.read(in, segment)));
    }
    sections(in);
    checkPast(in);
  }

  /** By the sections at the end, which come before any frame is read. */
  private static Origin origin(DocumentedBytes in) {
    Origin origin = Origin.own(in.take(16));
    in.varint();
    in.varint();
    in.take(16);
    in.varint();
    in.varint();
    in.varint();
    in.take(in.varint());
    for (int left = in.count(); left > 0; left--) {
      in.varint();
      in.varint();
      in.varint();
      in.u8();
      DocumentedSegments.table(in);
      for (int numbers = 4 * in.count(); numbers > 0; numbers--) {
        in.varint();
      }
    }
    for (int left = in.count(); left > 0; left--) {
      in.varint();
      in.varint();
      Frame.read(in, Segment.read(in));
    }
    for (int left = in.count(); left > 0; left--) {
      long tag = in.varint();
      DocumentedBytes content = in.part(in.varint());
      if (tag == 1) {
        origin = Origin.read(content);
        content.end();
        in.check(origin.copied() > 0, "a copy of the epoch 0");
      }
    }
    return origin;
  }

  private void sections(DocumentedBytes in) {
    for (int left = in.count(); left > 0; left--) {
      long tag = in.varint();
      DocumentedBytes content = in.part(in.varint());
      in.check(tag % 2 == 0 || tag == 1, "unknown section " + tag);
      if (tag == 2) {
        long page = 0;
        for (int pages = content.count(); pages > 0; pages--) {
          long difference = content.varint();
          content.check(difference > 0, "hints are not ascending");
          page += difference;
          content.check(page <= pageCount, "a hint at page " + page);
        }
        content.end();
      }
    }
    in.end();
  }

  private void checkPast(DocumentedBytes in) {
    List<Long> expected = new ArrayList<>();
    long oldest = past.isEmpty() ? version : past.get(past.size() - 1).version();
    for (long age = 1; age <= version - oldest; age++) {
      int log = 63 - Long.numberOfLeadingZeros(age);
      if (age <= 16 || (version - age) % (1L << (log - 3)) == 0) {
        expected.add(version - age);
      }
    }
    in.check(
        past.stream().map(Past::version).toList().equals(expected),
        "past is " + past + " and should be " + expected);
    long before = time;
    for (Past p : past) {
      in.check(p.time() <= before, "time goes back after version " + p.version());
      before = p.time();
    }
  }

  /** How many runs its map has. */
  int runs() {
    return maps.size() - 1;
  }

  /** The SQLite file. */
  byte[] file() {
    ByteBuffer file = ByteBuffer.allocate(Math.toIntExact(pageSize * pageCount));
    for (long page = 1; page <= pageCount; page++) {
      ByteBuffer bytes = page(page);
      if (bytes != null) {
        if (bytes.capacity() != pageSize) {
          throw new IllegalStateException("page " + page + " has " + bytes.capacity() + " bytes");
        }
        file.position((int) (page - 1) * pageSize);
        file.put(bytes.duplicate().rewind());
      }
    }
    return file.array();
  }

  /** A page's bytes; null for zeros. */
  private @Nullable ByteBuffer page(long number) {
    for (DocumentedMap map : maps) {
      if (map.has(number)) {
        return map.page(number);
      }
    }
    return null;
  }

  /** The oldest in the past that is not older than the one looked for. */
  Past towards(long wanted) {
    return past.stream()
        .filter(p -> p.version() >= wanted)
        .reduce((newer, older) -> older)
        .orElseThrow(() -> new IllegalStateException("no way to version " + wanted));
  }

  boolean isOf(byte[] other) {
    return Arrays.equals(uuid, other);
  }
}
