package io.github.s3vfs.select;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
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
      boolean told =
          cut.error() == SelectError.TRUNCATED_INPUT
              || cut.error() == SelectError.INVALID_COMPRESSION_FORMAT;
      assertTrue(told, length + ": " + cut.getMessage());
    }
    byte[] changed = bytes.clone();
    for (int i = bytes.length / 2; i < bytes.length / 2 + 20; i++) {
      changed[i] ^= 0x55;
    }
    SelectException e = Queries.failure(() -> Conformance.run(QUERY, changed, options));
    assertTrue(e.error().phase() == SelectError.Phase.RUN, e.getMessage());
  }
}
