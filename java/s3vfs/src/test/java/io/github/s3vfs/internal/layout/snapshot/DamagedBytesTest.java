package io.github.s3vfs.internal.layout.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Whatever bytes are read, they are understood or refused; nothing else happens. */
class DamagedBytesTest {
  private static final long SEED = Long.getLong("s3vfs.test.seed", System.nanoTime());
  private static final int ROUNDS = Boolean.getBoolean("s3vfs.test.thorough") ? 20_000 : 300;

  /** The largest number that a varint can be. */
  private static final byte[] HUGE = new Encoder().varint(Long.MAX_VALUE).toBytes();

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Some bytes, and what reads them. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Encoded(String name, byte[] bytes, Consumer<byte[]> decoder, long mayAllocate) {}

  private static List<Encoded> encoded(Random random) {
    RandomValues values = new RandomValues(random);
    Head head = values.head();
    byte[] headBytes = head.encode();
    Encoder index = new Encoder();
    values.index(40).writeTo(index);
    PageGroup group = values.group(512 << random.nextInt(8));
    return List.of(
        new Encoded("head", headBytes, b -> Head.decode(b, "it"), 0),
        new Encoded(
            "head with a checksum that fits",
            Arrays.copyOfRange(headBytes, 12, headBytes.length),
            DamagedBytesTest::decodeHead,
            0),
        new Encoded(
            "record",
            values.record().encode(),
            b -> VersionRecord.decode(new Decoder(b, "it")).encode(),
            0),
        new Encoded(
            "leaf",
            values.extents(60).encode(),
            b -> Extents.decode(new Decoder(b, "it")).encode(),
            0),
        new Encoded(
            "index", index.toBytes(), b -> MapIndex.decode(new Decoder(b, "it")).find(7), 0),
        new Encoded(
            "group",
            group.encode(),
            b -> PageGroup.decode(ByteBuffer.wrap(b), "it"),
            2L * Frames.MAX_LENGTH));
  }

  private static void decodeHead(byte[] content) {
    byte[] whole =
        new Encoder()
            .bytes("S3VFHEA1".getBytes(java.nio.charset.StandardCharsets.US_ASCII))
            .u32(Frames.crc(content, 0, content.length))
            .bytes(content)
            .toBytes();
    Head.decode(whole, "it");
  }

  private static byte[] damaged(byte[] bytes, Random random) {
    byte[] copy = bytes.clone();
    int at = random.nextInt(bytes.length);
    switch (random.nextInt(6)) {
      case 0 -> copy = Arrays.copyOf(bytes, at);
      case 1 -> copy = Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(20));
      case 2 -> copy[at] ^= (byte) (1 << random.nextInt(8));
      case 3 -> copy[at] = (byte) random.nextInt();
      case 4 -> {
        int length = Math.min(HUGE.length, copy.length - at);
        System.arraycopy(HUGE, HUGE.length - length, copy, at, length);
      }
      default -> {
        copy = new byte[random.nextInt(300)];
        random.nextBytes(copy);
      }
    }
    return copy;
  }

  @Test
  void areRefusedAsDamageOrUnderstood() {
    for (int round = 0; round < ROUNDS; round++) {
      long seed = SEED + round;
      Random random = new Random(seed);
      for (Encoded each : encoded(random)) {
        String what = "-Ds3vfs.test.seed=" + seed + " " + each.name();
        each.decoder().accept(each.bytes());
        for (int i = 0; i < 20; i++) {
          byte[] bytes = damaged(each.bytes(), random);
          long most = each.mayAllocate() + 400L * bytes.length + (100 << 10);
          long before = THREADS.getCurrentThreadAllocatedBytes();
          read(each, bytes, what);
          long took = THREADS.getCurrentThreadAllocatedBytes() - before;
          assertTrue(took < most, what + " took " + took + " of " + most + " bytes");
        }
      }
    }
  }

  private static void read(Encoded each, byte[] bytes, String what) {
    try {
      each.decoder().accept(bytes);
    } catch (S3VfsException e) {
      assertTrue(
          e.kind() == ErrorKind.CORRUPT || e.kind() == ErrorKind.UNSUPPORTED, what + " " + e);
    } catch (RuntimeException | Error e) {
      fail(what, e);
    }
  }

  @Test
  void noCountIsBelieved() {
    List<Consumer<byte[]>> decoders =
        List.of(
            b -> Extents.decode(new Decoder(b, "it")),
            b -> MapIndex.decode(new Decoder(b, "it")),
            b -> new Decoder(b, "it").sections(2),
            b -> new Decoder(b, "it").block("it"),
            b -> PageGroup.decode(ByteBuffer.wrap(b), "it"));
    for (Consumer<byte[]> decoder : decoders) {
      for (int zeros = 0; zeros < 4; zeros++) {
        byte[] bytes = new Encoder().bytes(new byte[zeros]).bytes(HUGE).u64(0).toBytes();
        long before = THREADS.getCurrentThreadAllocatedBytes();
        try {
          decoder.accept(bytes);
        } catch (S3VfsException e) {
          assertEquals(ErrorKind.CORRUPT, e.kind());
        }
        assertTrue(THREADS.getCurrentThreadAllocatedBytes() - before < 1 << 20);
      }
    }
  }

  /** A leaf of one group and one extent. */
  private static byte[] leaf(long offset, long length, long pages, long position) {
    return new Encoder()
        .varint(1)
        .segment(new SegmentName(1, Nonce.ZERO, 0))
        .varint(1)
        .varint(0)
        .varint(offset)
        .varint(length)
        .varint(1)
        .varint(7)
        .varint(pages)
        .varint(1)
        .varint(position)
        .toBytes();
  }

  @Test
  void aMapLeadsToFramesAndPagesThatCanBe() {
    Extents.decode(new Decoder(leaf(8, 100, 1, 0), "it"));
    Extents.decode(new Decoder(leaf(1L << 40, Frames.MAX_LENGTH, 65_536, 65_535), "it"));
    for (byte[] bytes :
        List.of(
            leaf(7, 100, 1, 0),
            leaf(Long.MAX_VALUE, 100, 1, 0),
            leaf(8, 0, 1, 0),
            leaf(8, Frames.HEADER - 1, 1, 0),
            leaf(8, Frames.MAX_LENGTH + 1L, 1, 0),
            leaf(8, 100, 1, 65_536),
            leaf(8, 100, Extents.MAX_PAGE - 6, 0),
            leaf(8, 100, 1L << 31, 0))) {
      assertCorrupt(() -> Extents.decode(new Decoder(bytes, "it")), 0);
    }
  }

  @Test
  void everyFlippedBitOfAHeadIsSeen() {
    byte[] head = new RandomValues(new Random(SEED)).head().encode();
    Head.decode(head, "it");
    for (int bit = 0; bit < 8 * head.length; bit++) {
      byte[] flipped = flip(head, bit);
      assertCorrupt(() -> Head.decode(flipped, "it"), bit);
    }
  }

  @Test
  void everyFlippedBitOfAFrameIsSeenAndEveryOtherPlace() {
    Random random = new Random(SEED);
    RandomValues values = new RandomValues(random);
    byte[] body = values.record().encode();
    Nonce uuid = values.nonce();
    SegmentName segment = values.segment();
    byte[] frame = Frames.seal(uuid, segment, 12345, Frames.RECORD, body);
    FrameRef ref = new FrameRef(segment, 12345, frame.length);
    assertEquals(ByteBuffer.wrap(body), open(uuid, ref, Frames.RECORD, frame));
    for (int bit = 0; bit < 8 * frame.length; bit++) {
      byte[] flipped = flip(frame, bit);
      assertCorrupt(() -> open(uuid, ref, Frames.RECORD, flipped), bit);
    }
    SegmentName part =
        new SegmentName(segment.epoch(), segment.nonce(), (segment.part() + 1) % 100);
    SegmentName nonce = new SegmentName(segment.epoch(), values.nonce(), segment.part());
    assertCorrupt(() -> open(values.nonce(), ref, Frames.RECORD, frame), 0);
    for (FrameRef other :
        List.of(
            new FrameRef(part, 12345, frame.length),
            new FrameRef(nonce, 12345, frame.length),
            new FrameRef(segment, 12346, frame.length),
            new FrameRef(segment, 12345, frame.length - 1))) {
      assertCorrupt(() -> open(uuid, other, Frames.RECORD, frame), 0);
    }
    assertCorrupt(() -> open(uuid, ref, Frames.MAP_LEAF, frame), 0);
    for (int length = 0; length < frame.length; length++) {
      byte[] cut = Arrays.copyOf(frame, length);
      assertCorrupt(() -> open(uuid, ref, Frames.RECORD, cut), length);
      FrameRef shorter = new FrameRef(segment, 12345, length);
      assertCorrupt(() -> open(uuid, shorter, Frames.RECORD, cut), length);
    }
  }

  private static ByteBuffer open(Nonce uuid, FrameRef ref, int kind, byte[] frame) {
    return Frames.open(uuid, ref, kind, ByteBuffer.wrap(frame), "it");
  }

  private static byte[] flip(byte[] bytes, int bit) {
    byte[] flipped = bytes.clone();
    flipped[bit / 8] ^= (byte) (1 << bit % 8);
    return flipped;
  }

  private static void assertCorrupt(Runnable read, int at) {
    S3VfsException e =
        assertThrows(S3VfsException.class, read::run, "-Ds3vfs.test.seed=" + SEED + " at " + at);
    assertEquals(ErrorKind.CORRUPT, e.kind());
  }
}
