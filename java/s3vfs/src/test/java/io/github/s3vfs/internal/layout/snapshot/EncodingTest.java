package io.github.s3vfs.internal.layout.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EncodingTest {
  private static final long SEED = Long.getLong("s3vfs.test.seed", System.nanoTime());
  private static final int ROUNDS = Boolean.getBoolean("s3vfs.test.thorough") ? 20_000 : 500;

  @Test
  void numbersAreWrittenAsTheDocumentSays() {
    byte[] bytes =
        new Encoder()
            .u8(0xab)
            .u32(0x01020304)
            .u64(0x05060708_090a0b0cL)
            .varint(0)
            .varint(127)
            .varint(128)
            .varint(300)
            .varint(Long.MAX_VALUE)
            .toBytes();
    assertEquals(
        "ab0102030405060708090a0b0c007f8001ac02ffffffffffffffff7f",
        HexFormat.of().formatHex(bytes));
    assertThrows(IllegalArgumentException.class, () -> new Encoder().varint(-1));
  }

  @Test
  void whatIsWrittenIsRead() {
    for (int round = 0; round < ROUNDS; round++) {
      long seed = SEED + round;
      String what = "-Ds3vfs.test.seed=" + seed;
      Random random = new Random(seed);
      RandomValues values = new RandomValues(random);
      int byteValue = random.nextInt(256);
      int word = random.nextInt();
      long number = values.number();
      byte[] block = new byte[random.nextInt(300)];
      random.nextBytes(block);
      Nonce nonce = values.nonce();
      SegmentName segment = values.segment();
      Encoder encoder = new Encoder().u8(byteValue).u32(word).varint(number).u64(number);
      encoder.block(block).nonce(nonce).segment(segment);
      assertEquals(encoder.size(), encoder.toBytes().length, what);
      Decoder decoder = new Decoder(encoder.toBytes(), what);
      assertEquals(byteValue, decoder.u8(), what);
      assertEquals(word, decoder.u32(), what);
      assertEquals(number, decoder.varint(), what);
      assertEquals(number, decoder.u64(), what);
      assertArrayEquals(block, decoder.block("a block"), what);
      assertEquals(nonce, decoder.nonce(), what);
      assertEquals(segment, decoder.segment(), what);
      decoder.end();
    }
  }

  @Test
  void structuresAreReadAsTheyWereWritten() {
    for (int round = 0; round < ROUNDS; round++) {
      long seed = SEED + round;
      String what = "-Ds3vfs.test.seed=" + seed;
      RandomValues values = new RandomValues(new Random(seed));
      Head head = values.head();
      assertEquals(head, Head.decode(head.encode(), what), what);
      VersionRecord record = values.record();
      assertEquals(record, VersionRecord.decode(new Decoder(record.encode(), what)), what);
      MapIndex index = values.index(50);
      Encoder encoder = new Encoder();
      index.writeTo(encoder);
      assertEquals(index, MapIndex.decode(new Decoder(encoder.toBytes(), what)), what);
    }
  }

  @Test
  void sectionsThatAreNotKnownArePassedOverIfTheirTagIsEven() {
    byte[] content = {1, 2, 3};
    byte[] even =
        new Encoder()
            .varint(3)
            .varint(4)
            .block(content)
            .varint(2)
            .block(content)
            .varint(300)
            .block(content)
            .toBytes();
    Decoder decoder = new Decoder(even, "it");
    Decoder found = decoder.sections(2, 4).get(2L);
    assertArrayEquals(content, found == null ? null : found.bytes(3));
    decoder.end();
    assertEquals(Map.of(), new Decoder(even, "it").sections(6));
    byte[] odd = new Encoder().varint(1).varint(301).block(content).toBytes();
    S3VfsException e = assertThrows(S3VfsException.class, () -> new Decoder(odd, "it").sections(2));
    assertEquals(ErrorKind.UNSUPPORTED, e.kind());
  }

  @Test
  void tooLongNumbersAndMissingBytesAreDamage() {
    byte[] ten = new byte[10];
    Arrays.fill(ten, (byte) 0x80);
    for (byte[] bytes : List.of(ten, Arrays.copyOf(ten, 9), Arrays.copyOf(ten, 3), new byte[0])) {
      S3VfsException e =
          assertThrows(S3VfsException.class, () -> new Decoder(bytes, "it").varint());
      assertEquals(ErrorKind.CORRUPT, e.kind());
    }
  }

  @Test
  void aSegmentsKeyIsItsName() {
    SegmentName name = new SegmentName(0x1f, new Nonce(1, -1), 0xa0);
    assertEquals("a/b/s/000000000000001f-0000000000000001ffffffffffffffff-00a0", name.key("a/b"));
    for (int round = 0; round < ROUNDS; round++) {
      long seed = SEED + round;
      SegmentName each = new RandomValues(new Random(seed)).segment();
      assertEquals(
          each, SegmentName.parse("key-1", each.key("key-1")), "-Ds3vfs.test.seed=" + seed);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a/s/",
        "a/head",
        "b/s/000000000000001f-0000000000000001ffffffffffffffff-00a0",
        "a/s/000000000000001F-0000000000000001ffffffffffffffff-00a0",
        "a/s/000000000000001f-0000000000000001ffffffffffffffff-00A0",
        "a/s/00000000000001f-0000000000000001ffffffffffffffff-00a0",
        "a/s/000000000000001f-0000000000000001ffffffffffffffff",
        "a/s/000000000000001f-0000000000000001ffffffffffffffff-00a0-",
        "a/s/000000000000001f-0000000000000001ffffffffffffffff-00a0/x",
        "a/s/000000000000001f-0000000000000001ffffffffffffffff-000a0",
        "a/s/000000000000001f-0000000000000001fffffffffffffff-00a0",
        "a/s/000000000000001f-000000000000000gffffffffffffffff-00a0",
        "a/s/-000000000000001f-0000000000000001ffffffffffffffff-00a0",
        "a/s/ffffffffffffffff-0000000000000001ffffffffffffffff-00a0",
      })
  void otherKeysAreNoSegments(String key) {
    assertNull(SegmentName.parse("a", key));
  }
}
