package io.github.s3vfs.scenario;

import io.github.s3vfs.scenario.DocumentedSegments.Frame;
import io.github.s3vfs.scenario.DocumentedSegments.Segment;
import io.github.s3vfs.scenario.DocumentedVersion.Past;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads a database of layout {@code snapshot} as docs/FORMAT.md describes it, without a line of the
 * code that wrote it; every checksum and every count is looked at. Anything that is not as
 * described is an {@link IllegalStateException} or an {@link IndexOutOfBoundsException}.
 */
final class DocumentedDatabase {
  private final String key;
  private final Function<String, byte @Nullable []> objects;

  /** The version that was last compacted, or looked at for that. */
  final long compacted;

  /** The newest version. */
  final DocumentedVersion newest;

  /**
   * @param key the key prefix of the database
   * @param objects an object's content, or null
   */
  DocumentedDatabase(String key, Function<String, byte @Nullable []> objects) {
    this.key = key;
    this.objects = objects;
    byte[] head = objects.apply(key + "/head");
    if (head == null) {
      throw new IllegalStateException("no head");
    }
    DocumentedBytes in = new DocumentedBytes(head, "head");
    in.check(head.length <= 65_536, head.length + " bytes");
    in.check(Arrays.equals(in.take(8), "S3VFHEA1".getBytes(StandardCharsets.US_ASCII)), "magic");
    in.check(in.u32() == DocumentedBytes.crc(Arrays.copyOfRange(head, 12, head.length)), "CRC");
    in.varint(); // writes
    in.take(16); // nonce
    long epoch = in.varint();
    long floor = in.varint();
    in.check(floor <= epoch, "floor " + floor + " above epoch " + epoch);
    long oldest = in.varint();
    long collected = in.varint();
    in.varint(); // when
    in.varint(); // bytes
    compacted = in.varint();
    int claimed = in.u8();
    in.check(claimed <= 1, "claim " + claimed);
    if (claimed == 1) {
      in.take(16);
      in.varint();
      in.take(in.varint());
    }
    Segment segment = Segment.read(in);
    Frame place = Frame.read(in, segment);
    byte[] record = in.take(in.varint());
    for (int left = in.count(); left > 0; left--) {
      in.check(in.varint() % 2 == 0, "an unknown section");
      in.take(in.varint());
    }
    in.end();
    newest = version(new DocumentedBytes(record, "the head's record"));
    if (newest.version > 0) {
      DocumentedBytes stored = newest.segments.frame(place, DocumentedSegments.RECORD);
      in.check(
          Arrays.equals(record, stored.take(stored.left())), "the record is not the segment's");
      in.check(
          compacted == newest.version || segment.nonce().equals(newest.nonce),
          "the commit's nonce is not the segment's");
      in.check(newest.epoch >= floor || collected == newest.version, "a commit below the floor");
      in.check(oldest <= newest.version, "no version is kept");
    }
  }

  /** Any version, by the records' lists of earlier ones. */
  DocumentedVersion at(long wanted) {
    DocumentedVersion version = newest;
    while (version.version > wanted) {
      Past past = version.towards(wanted);
      DocumentedVersion earlier =
          version(newest.segments.frame(past.record(), DocumentedSegments.RECORD));
      boolean same =
          earlier.isOf(newest.uuid)
              && earlier.version == past.version()
              && earlier.time == past.time();
      if (!same) {
        throw new IllegalStateException(past + " is not what is there");
      }
      version = earlier;
    }
    return version;
  }

  private DocumentedVersion version(DocumentedBytes in) {
    return new DocumentedVersion(in, this::segments);
  }

  private DocumentedSegments segments(DocumentedSegments.Origin origin) {
    return new DocumentedSegments(key, origin, objects);
  }
}
