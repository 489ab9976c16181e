package io.github.s3vfs.select;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Compressed objects are read as what they were made of. */
class CompressionTest {
  private static final String QUERY = "select count(*), sum(int(_1)) from stdin";

  private static OutputStream compressor(Compression compression, OutputStream out)
      throws IOException {
    return switch (compression) {
      case NONE -> out;
      case GZIP -> new GZIPOutputStream(out);
      case BZIP2 -> new BZip2CompressorOutputStream(out, 1);
      case ZSTD -> new ZstdOutputStream(out);
    };
  }

  private static byte[] compressed(Compression compression, String... parts) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (String part : parts) {
      OutputStream out = compressor(compression, bytes);
      out.write(Queries.bytes(part));
      out.close();
    }
    return bytes.toByteArray();
  }

  private static String rows(int from, int to) {
    StringBuilder rows = new StringBuilder();
    for (int i = from; i < to; i++) {
      rows.append(i).append(",text of row ").append(i % 17).append('\n');
    }
    return rows.toString();
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void partsOneAfterTheOtherAreReadAsOne(Compression compression) throws IOException {
    SelectOptions options = Queries.CSV.withCompression(compression);
    byte[] bytes = compressed(compression, rows(0, 30_000), rows(30_000, 60_000));
    assertEquals("60000,1799970000", Conformance.run(QUERY, bytes, options));
    assertEquals("0,null", Conformance.run(QUERY, compressed(compression, ""), options));
    assertEquals("0,null", Conformance.run(QUERY, new byte[0], options));
  }

  /** An object whose second half can not be had. */
  private static final class Half implements ObjectSource {
    private final byte[] bytes;

    Half(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public long size() {
      return bytes.length;
    }

    @Override
    public InputStream open(long offset, long length) throws IOException {
      int half = bytes.length / 2;
      return new FilterInputStream(ObjectSource.of(bytes).open(offset, length)) {
        private long at = offset;

        @Override
        public int read(byte[] target, int start, int count) throws IOException {
          if (at >= half) {
            throw new IllegalStateException("on purpose");
          }
          int found = super.read(target, start, (int) Math.min(count, half - at));
          at += found;
          return found;
        }
      };
    }

    @Override
    public String name() {
      return "half";
    }
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void whatASourceThrowsIsNoDamage(Compression compression) throws IOException {
    SelectOptions options = Queries.CSV.withCompression(compression);
    Half half = new Half(compressed(compression, rows(0, 5_000)));
    IllegalStateException e =
        assertThrows(
            IllegalStateException.class,
            () -> {
              try (SelectRows rows = S3Select.query(QUERY, half, options)) {
                rows.next();
              }
            });
    assertEquals("on purpose", e.getMessage());
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void anInterruptedThreadReadsNothing(Compression compression) throws IOException {
    SelectOptions options = Queries.CSV.withCompression(compression);
    byte[] bytes = compressed(compression, rows(0, 5_000));
    Thread.currentThread().interrupt();
    SelectException e = Queries.failure(() -> Conformance.run(QUERY, bytes, options));
    assertTrue(Thread.interrupted());
    assertEquals(SelectError.INTERRUPTED, e.error());
  }

  @ParameterizedTest
  @EnumSource(
      value = Compression.class,
      names = {"GZIP", "BZIP2", "ZSTD"})
  void damagedBytesAreTold(Compression compression) throws IOException {
    SelectOptions options = Queries.CSV.withCompression(compression);
    byte[] bytes = compressed(compression, rows(0, 5_000));
    SelectException plain =
        Queries.failure(() -> Conformance.run(QUERY, Queries.bytes(rows(0, 100)), options));
    assertEquals("InvalidCompressionFormat", plain.code());
    for (int length : new int[] {1, 5, 20, bytes.length / 2, bytes.length - 1}) {
      SelectException cut =
          Queries.failure(() -> Conformance.run(QUERY, Arrays.copyOf(bytes, length), options));
      assertEquals("TruncatedInput", cut.code(), length + ": " + cut.getMessage());
    }
    byte[] changed = bytes.clone();
    for (int i = bytes.length / 2; i < bytes.length / 2 + 20; i++) {
      changed[i] ^= 0x55;
    }
    SelectException e = Queries.failure(() -> Conformance.run(QUERY, changed, options));
    assertTrue(e.error().phase() == SelectError.Phase.RUN, e.getMessage());
  }

  /** Gives its bytes one at a time, and never says how many there are. */
  private record Dripping(ObjectSource source) implements ObjectSource {
    @Override
    public long size() {
      return source.size();
    }

    @Override
    public InputStream open(long offset, long length) throws IOException {
      return new FilterInputStream(source.open(offset, length)) {
        @Override
        public int read(byte[] target, int start, int count) throws IOException {
          return super.read(target, start, Math.min(count, 1));
        }

        @Override
        public int available() {
          return 0;
        }
      };
    }

    @Override
    public String name() {
      return "dripping";
    }
  }

  private static String lines(ObjectSource source, Compression compression) {
    StringBuilder lines = new StringBuilder();
    try (SelectRows rows =
        S3Select.query("select _1 from stdin", source, Queries.CSV.withCompression(compression))) {
      while (rows.next()) {
        lines.append(rows.getString(0)).append(' ');
      }
    }
    return lines.toString();
  }

  @ParameterizedTest
  @EnumSource(
      value = Compression.class,
      names = {"GZIP", "BZIP2", "ZSTD"})
  void everyEndThatIsNotBehindAPartIsTold(Compression compression) throws IOException {
    byte[] first = compressed(compression, "1\n2\n");
    byte[] all = compressed(compression, "1\n2\n", "333\n444\n");
    for (int length = 1; length <= all.length; length++) {
      ObjectSource cut = ObjectSource.of(Arrays.copyOf(all, length));
      for (ObjectSource source : List.of(cut, new Dripping(cut))) {
        if (length == first.length || length == all.length) {
          String expected = length == all.length ? "1 2 333 444 " : "1 2 ";
          assertEquals(expected, lines(source, compression));
        } else {
          SelectException e = Queries.failure(() -> lines(source, compression));
          assertEquals("TruncatedInput", e.code(), length + ": " + e.getMessage());
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Compression.class,
      names = {"GZIP", "ZSTD"})
  void manySmallPartsAreAllRead(Compression compression) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = 0; i < 20_000; i++) {
      all.write(compressed(compression, i + "\n"));
    }
    SelectOptions options = Queries.CSV.withCompression(compression);
    assertEquals("20000,199990000", Conformance.run(QUERY, all.toByteArray(), options));
  }

  @Test
  void framesOfZstandardMayHaveChecksumsAndBeSkipped() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try (ZstdOutputStream frame = new ZstdOutputStream(all)) {
      frame.setChecksum(true);
      frame.write(Queries.bytes(rows(0, 30_000)));
    }
    all.write(new byte[] {0x5A, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 'a', 'b', 'c'});
    all.write(compressed(Compression.ZSTD, "x".repeat(300_000) + "\n"));
    byte[] bytes = all.toByteArray();
    SelectOptions options = Queries.CSV.withCompression(Compression.ZSTD);
    String count = "select count(*) from stdin";
    assertEquals("30001", Conformance.run(count, bytes, options));
    for (int less : new int[] {1, 3, 20}) {
      byte[] cut = Arrays.copyOf(bytes, bytes.length - less);
      SelectException e = Queries.failure(() -> Conformance.run(count, cut, options));
      assertEquals("TruncatedInput", e.code());
    }
  }

  @Test
  void zerosBehindGzipArePaddingAndOtherBytesAnError() throws IOException {
    byte[] packed = compressed(Compression.GZIP, "1\n");
    byte[] padded = Arrays.copyOf(packed, packed.length + 100_000);
    assertEquals("1 ", lines(ObjectSource.of(padded), Compression.GZIP));
    for (int at : new int[] {packed.length, packed.length + 1, padded.length - 1}) {
      byte[] damaged = padded.clone();
      damaged[at] = 0x1E;
      SelectException e = Queries.failure(() -> lines(ObjectSource.of(damaged), Compression.GZIP));
      assertEquals("InvalidCompressionFormat", e.code());
    }
    byte[] sum = packed.clone();
    sum[packed.length - 5] ^= 1;
    SelectException e = Queries.failure(() -> lines(ObjectSource.of(sum), Compression.GZIP));
    assertEquals("InvalidCompressionFormat", e.code());
  }

  @Test
  void headersOfGzipMayHaveAllTheirParts() throws IOException {
    byte[] packed = compressed(Compression.GZIP, "1\n");
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.write(new byte[] {0x1F, (byte) 0x8B, 8, 2 | 4 | 8 | 16, 1, 2, 3, 4, 0, 3});
    all.write(new byte[] {5, 0, 'e', 'x', 't', 'r', 'a', 'n', 'a', 0, 'c', 0});
    CRC32 crc = new CRC32();
    crc.update(all.toByteArray());
    all.write((int) crc.getValue());
    all.write((int) crc.getValue() >> 8);
    int sum = all.size() - 1;
    all.write(packed, 10, packed.length - 10);
    all.write(packed);
    assertEquals("1 1 ", lines(ObjectSource.of(all.toByteArray()), Compression.GZIP));
    byte[] damaged = all.toByteArray();
    damaged[sum] ^= 1;
    SelectException e = Queries.failure(() -> lines(ObjectSource.of(damaged), Compression.GZIP));
    assertEquals("InvalidCompressionFormat", e.code());
  }
}
