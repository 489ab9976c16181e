package io.github.s3vfs.csv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;

/** Every member of a compressed source is read, or the source is refused. */
class GzipInputTest {
  private static final int BUFFER = 32 << 10; // of SourceInput
  private static final int FHCRC = 2;
  private static final int FEXTRA = 4;
  private static final int FNAME = 8;
  private static final int FCOMMENT = 16;

  /** Hands out few bytes at a time, and does not tell of more. */
  private static InputStream slow(byte[] bytes, int atOnce) {
    return new ByteArrayInputStream(bytes) {
      @Override
      public synchronized int read(byte[] target, int offset, int length) {
        return super.read(target, offset, Math.min(length, atOnce));
      }

      @Override
      public synchronized int available() {
        return 0;
      }
    };
  }

  private static byte[] text(InputStream source) throws IOException {
    try (InputStream text = new SourceInput(source).text(Compression.GZIP)) {
      return text.readAllBytes();
    }
  }

  private static String text(byte[] bytes) throws IOException {
    return new String(text(new ByteArrayInputStream(bytes)), StandardCharsets.UTF_8);
  }

  private static void assertDamaged(byte[] bytes, String which) {
    CsvException e =
        assertThrows(CsvException.class, () -> text(new ByteArrayInputStream(bytes)), which);
    assertEquals("the compressed source is cut off or damaged", e.getMessage(), which);
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  /** A member with all that a header can have. */
  private static byte[] member(int flags, int nameLength, String text) {
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    header.writeBytes(new byte[] {0x1f, (byte) 0x8b, 8, (byte) flags, 1, 2, 3, 4, 0, 3});
    if ((flags & FEXTRA) != 0) {
      header.writeBytes(new byte[] {3, 1});
      header.writeBytes(new byte[259]);
    }
    if ((flags & FNAME) != 0) {
      header.writeBytes("n".repeat(nameLength).getBytes(StandardCharsets.US_ASCII));
      header.write(0);
    }
    if ((flags & FCOMMENT) != 0) {
      header.writeBytes(new byte[] {'c', 0});
    }
    if ((flags & FHCRC) != 0) {
      long crc = crc(header.toByteArray());
      header.write((int) crc);
      header.write((int) (crc >> 8));
    }
    byte[] bytes = Sql.utf8(text);
    return joined(header.toByteArray(), deflated(bytes), trailer(bytes));
  }

  private static byte[] deflated(byte[] bytes) {
    Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
    deflater.setInput(bytes);
    deflater.finish();
    byte[] deflated = new byte[bytes.length + 100];
    int length = deflater.deflate(deflated);
    deflater.end();
    return Arrays.copyOf(deflated, length);
  }

  private static byte[] trailer(byte[] bytes) {
    return ByteBuffer.allocate(8)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt((int) crc(bytes))
        .putInt(bytes.length)
        .array();
  }

  private static long crc(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return crc.getValue();
  }

  @Test
  void aSourceThatIsCutOffAnywhereButBetweenMembersIsRefused() throws Exception {
    List<byte[]> members =
        List.of(
            CsvImportTest.gzip("first\n"),
            member(FHCRC | FEXTRA | FNAME | FCOMMENT, 5, "second\n"),
            CsvImportTest.gzip(""),
            CsvImportTest.gzip("third\n"));
    byte[] whole = joined(members.toArray(byte[][]::new));
    Set<Integer> ends = new HashSet<>();
    int end = 0;
    for (byte[] member : members) {
      end += member.length;
      ends.add(end);
    }
    for (int length = 2; length <= whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      if (ends.contains(length)) {
        assertTrue("first\nsecond\nthird\n".startsWith(text(cut)));
      } else {
        assertDamaged(cut, "cut to " + length);
      }
    }
    assertEquals("first\nsecond\nthird\n", text(whole));
  }

  @Test
  void aHeaderThatIsDamagedIsRefused() throws Exception {
    byte[] first = CsvImportTest.gzip("first\n");
    byte[] second = member(FHCRC | FEXTRA | FNAME | FCOMMENT, 5, "second\n");
    int header = second.length - deflated(Sql.utf8("second\n")).length - 8;
    for (int i = 0; i < header; i++) {
      for (int bit = 0; bit < 8; bit++) {
        byte[] damaged = joined(first, second);
        damaged[first.length + i] ^= (byte) (1 << bit);
        assertDamaged(damaged, "byte " + i + ", bit " + bit);
      }
    }
    for (int flag : new int[] {0x20, 0x40, 0x80}) {
      assertDamaged(joined(first, member(flag, 0, "second\n")), "reserved flag " + flag);
    }
    assertEquals("first\nsecond\n", text(joined(first, member(1, 0, "second\n")))); // FTEXT
  }

  @Test
  void aTrailerThatIsDamagedIsRefused() throws Exception {
    byte[] first = CsvImportTest.gzip("first\n");
    byte[] second = CsvImportTest.gzip("second\n");
    for (int i = 1; i <= 8; i++) {
      byte[] damaged = joined(first, second);
      damaged[first.length - i] ^= 1;
      assertDamaged(damaged, "byte " + i + " from the end of the first");
      damaged = joined(first, second);
      damaged[damaged.length - i] ^= 1;
      assertDamaged(damaged, "byte " + i + " from the end of the second");
    }
  }

  @Test
  void behindTheLastMemberThereMayBeZerosAndNothingElse() throws Exception {
    byte[] member = CsvImportTest.gzip("text\n");
    for (int zeros : new int[] {1, 2, 511, 100_000}) {
      assertEquals("text\n", text(joined(member, new byte[zeros])));
      assertDamaged(joined(member, new byte[zeros], member), zeros + " zeros in between");
      assertDamaged(joined(member, new byte[zeros], new byte[] {1}), zeros + " zeros, and a one");
    }
    assertDamaged(joined(member, Sql.utf8("x")), "a letter");
    assertDamaged(joined(member, Sql.utf8("plain text\n")), "a text");
  }

  @Test
  void manySmallMembersAreAllRead() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    StringBuilder expected = new StringBuilder();
    for (int i = 0; i < 20_000; i++) {
      String line = i % 3 == 0 ? "" : i + "\n";
      bytes.writeBytes(CsvImportTest.gzip(line));
      expected.append(line);
    }
    assertEquals(expected.toString(), text(bytes.toByteArray()));
    assertArrayEquals(Sql.utf8(expected.toString()), text(slow(bytes.toByteArray(), 7)));
  }

  @Test
  void membersMayEndAnywhereInABuffer() throws Exception {
    int rest = member(FNAME, 0, "first\n").length;
    byte[] second = CsvImportTest.gzip("second\n");
    for (int size : new int[] {512, 8192, BUFFER, 2 * BUFFER}) {
      for (int end = size - 30; end <= size + 30; end++) {
        byte[] first = member(FNAME, end - rest, "first\n");
        assertEquals(end, first.length);
        byte[] both = joined(first, second);
        assertEquals("first\nsecond\n", text(both));
        assertArrayEquals(Sql.utf8("first\nsecond\n"), text(slow(both, size)));
        assertDamaged(Arrays.copyOf(both, end + 1), "one byte behind " + end);
      }
    }
  }

  @Test
  void aStreamThatHandsOutSingleBytesIsReadToItsEnd() throws Exception {
    byte[] members = CsvImportTest.gzip("first\n", "second\n", "third\n");
    assertArrayEquals(Sql.utf8("first\nsecond\nthird\n"), text(slow(members, 1)));
  }
}
