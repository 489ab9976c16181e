package io.github.s3vfs.scenario;

import com.github.luben.zstd.Zstd;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Segments and frames as docs/FORMAT.md describes them, layout {@code snapshot}. */
final class DocumentedSegments {
  static final int PAGE_GROUP = 1;
  static final int LEAF = 2;
  static final int INDEX = 3;
  static final int RECORD = 4;

  /** The name of a segment; the nonce in hexadecimal digits. */
  record Segment(long epoch, String nonce, long part) {
    static Segment read(DocumentedBytes in) {
      long epoch = in.varint();
      String nonce = HexFormat.of().formatHex(in.take(16));
      return new Segment(epoch, nonce, in.varint());
    }
  }

  /** Where a frame is. */
  record Frame(Segment segment, long offset, long length) {
    static Frame read(DocumentedBytes in, Segment segment) {
      long offset = in.varint();
      return new Frame(segment, offset, in.varint());
    }
  }

  /** One page of a page group. */
  record Page(long number, ByteBuffer bytes) {}

  /** What the frames of a database are sealed with, and which objects have them. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Origin(byte[] uuid, long copied, byte[] nonce) {
    static Origin own(byte[] uuid) {
      return new Origin(uuid, 0, new byte[16]);
    }

    static Origin read(DocumentedBytes in) {
      return new Origin(in.take(16), in.varint(), in.take(16));
    }

    private Segment object(Segment segment) {
      if (segment.epoch() >= copied) {
        return segment;
      }
      byte[] name = HexFormat.of().parseHex(segment.nonce());
      for (int i = 0; i < name.length; i++) {
        name[i] ^= nonce[i];
      }
      return new Segment(copied, HexFormat.of().formatHex(name), segment.part());
    }
  }

  private final String key;
  private final Origin origin;
  private final Function<String, byte @Nullable []> objects;
  private final TreeMap<String, List<Page>> groups = new TreeMap<>();

  DocumentedSegments(String key, Origin origin, Function<String, byte @Nullable []> objects) {
    this.key = key;
    this.origin = origin;
    this.objects = objects;
  }

  static List<Segment> table(DocumentedBytes in) {
    int count = in.count();
    List<Segment> segments = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      segments.add(Segment.read(in));
    }
    return segments;
  }

  /** A frame's body. */
  DocumentedBytes frame(Frame frame, int kind) {
    Segment segment = frame.segment();
    Segment stored = origin.object(segment);
    String name = String.format("%016x-%s-%04x", stored.epoch(), stored.nonce(), stored.part());
    byte[] object = objects.apply(key + "/s/" + name);
    if (object == null) {
      throw new IllegalStateException("no segment " + name);
    }
    DocumentedBytes in = new DocumentedBytes(object, frame.toString());
    in.check(
        Arrays.equals(in.take(8), "S3VFSEG1".getBytes(StandardCharsets.US_ASCII)), "no segment");
    in.check(frame.offset() >= 8, "a frame in the magic");
    in.take(frame.offset() - 8);
    DocumentedBytes whole = in.part(frame.length());
    long crc = whole.u32();
    byte[] rest = whole.take(whole.left());
    byte[] place =
        ByteBuffer.allocate(28)
            .put(HexFormat.of().parseHex(segment.nonce()))
            .putInt((int) segment.part())
            .putLong(frame.offset())
            .array();
    whole.check(crc == DocumentedBytes.crc(origin.uuid(), place, rest), "checksum of the frame");
    whole.check(rest[0] == kind, "a frame of kind " + rest[0] + ", not " + kind);
    return new DocumentedBytes(Arrays.copyOfRange(rest, 1, rest.length), frame.toString());
  }

  /** The pages of a group, in their order; looked at once. */
  List<Page> group(Frame frame) {
    return Objects.requireNonNull(
        groups.computeIfAbsent(frame.toString(), f -> pages(frame(frame, PAGE_GROUP))));
  }

  private static List<Page> pages(DocumentedBytes in) {
    int codec = in.u8();
    int pageSize = (int) in.varint();
    int count = in.count();
    long[] numbers = new long[count];
    for (int i = 0; i < count; i++) {
      long value = in.varint();
      in.check(value > 0, "a page number that is not greater than the one before");
      numbers[i] = value + (i == 0 ? 0 : numbers[i - 1]);
    }
    long[] checksums = new long[count];
    for (int i = 0; i < count; i++) {
      checksums[i] = in.u32();
    }
    byte[] payload = in.take(in.left());
    in.check(codec <= 1, "codec " + codec);
    byte[] plain = codec == 0 ? payload : Zstd.decompress(payload, count * pageSize);
    in.check(plain.length == count * pageSize, plain.length + " bytes of pages");
    List<Page> pages = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] page = Arrays.copyOfRange(plain, i * pageSize, (i + 1) * pageSize);
      in.check(DocumentedBytes.crc(page) == checksums[i], "checksum of page " + numbers[i]);
      pages.add(new Page(numbers[i], ByteBuffer.wrap(page)));
    }
    return pages;
  }
}
