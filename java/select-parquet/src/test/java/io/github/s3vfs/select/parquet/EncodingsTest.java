package io.github.s3vfs.select.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.select.SelectError;
import io.github.s3vfs.select.SelectException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.api.Binary;
import org.junit.jupiter.api.Test;

/** Whatever the pages are like, the values are the same. */
class EncodingsTest {
  private static final int ROWS = 800;

  private static final String SCHEMA =
      "optional boolean flag; required int32 i; optional int64 l; optional float f;"
          + " required double d; optional binary s (STRING); required binary p (STRING);"
          + " optional fixed_len_byte_array(4) x; optional int64 few; repeated int32 many;";

  private static String text(int i) {
    return i % 11 == 0 ? "" : "text " + i * 7919 % 1000;
  }

  private static void fill(Group row, int i) {
    if (i % 5 != 0) {
      row.add("flag", i % 3 == 0);
      row.add("l", i * 1_000_003L - 5_000_000);
    }
    row.add("i", i * 31 - 1000);
    if (i % 7 != 3) {
      row.add("f", i / 4f);
      row.add("s", text(i));
      row.add(
          "x",
          Binary.fromConstantByteArray("%04d".formatted(i).getBytes(StandardCharsets.US_ASCII)));
    }
    row.add("d", i / 8.0);
    row.add("p", "common prefix " + i / 10);
    if (i > 300) {
      row.add("few", (long) (i / 100));
    }
    for (int j = 0; j < i % 4; j++) {
      row.add("many", i + j);
    }
  }

  private static String line(int i) {
    boolean a = i % 5 != 0;
    boolean b = i % 7 != 3;
    StringBuilder many = new StringBuilder();
    for (int j = 0; j < i % 4; j++) {
      many.append(j == 0 ? "" : ",").append(i + j);
    }
    String list = i % 4 > 1 ? "\"[" + many + "]\"" : "[" + many + "]";
    return (a ? i % 3 == 0 : "")
        + ","
        + (i * 31 - 1000)
        + ","
        + (a ? i * 1_000_003L - 5_000_000 : "")
        + ","
        + (b ? number(i / 4.0) : "")
        + ","
        + number(i / 8.0)
        + ","
        + (b ? text(i) : "")
        + ","
        + ("common prefix " + i / 10)
        + ","
        + (b ? "%04d".formatted(i) : "")
        + ","
        + (i > 300 ? i / 100 : "")
        + ","
        + list
        + "\n";
  }

  private static String number(double value) {
    String text = Double.toString(value);
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }

  private static ParquetFile file(int variant) {
    ParquetFile file = ParquetFile.of(SCHEMA).pageRows(variant % 2 == 0 ? 100 : 20_000);
    return switch (variant % 5) {
      case 0 -> file;
      case 1 -> file.withoutDictionary();
      case 2 -> file.version2();
      case 3 -> file.version2().withoutDictionary();
      default -> file.byteStreamSplit();
    };
  }

  @Test
  void allCodecsAndEncodings() {
    StringBuilder expected = new StringBuilder();
    for (int i = 0; i < ROWS; i++) {
      expected.append(line(i));
    }
    for (CompressionCodecName codec : ParquetFile.codecs()) {
      boolean all = codec == CompressionCodecName.UNCOMPRESSED;
      for (int variant = 0; variant < 10; variant += all ? 1 : 4) {
        byte[] data = file(variant).codec(codec).groupRows(333).rows(ROWS, EncodingsTest::fill);
        assertEquals(
            expected.toString(),
            Queries.run("select * from s3object", data),
            codec + ", variant " + variant);
      }
    }
  }

  /** Rows that no expression asks for are skipped, within pages and whole pages. */
  @Test
  void valuesAreFoundBehindSkippedOnes() {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    for (int variant = 0; variant < 10; variant++) {
      byte[] data = file(variant).rows(ROWS, EncodingsTest::fill);
      for (int round = 0; round < 3; round++) {
        int from = random.nextInt(ROWS);
        int modulus = 1 + random.nextInt(400);
        StringBuilder expected = new StringBuilder();
        for (int i = from; i < ROWS; i++) {
          if ((i * 31 - 1000) % modulus == 0) {
            expected.append(line(i));
          }
        }
        String query =
            "select * from s3object where i >= %d and i %% %d = 0"
                .formatted(from * 31 - 1000, modulus);
        assertEquals(
            expected.toString(),
            Queries.run(query, data),
            "seed " + seed + ", variant " + variant + ": " + query);
      }
    }
  }

  @Test
  void otherCodecsAreRefusedByName() {
    for (CompressionCodecName codec :
        new CompressionCodecName[] {
          CompressionCodecName.BROTLI, CompressionCodecName.LZO, CompressionCodecName.LZ4
        }) {
      byte[] data =
          ParquetFile.of("required int32 a;").codec(codec).rows(2, (row, i) -> row.add("a", i));
      assertEquals("2", Queries.run("select count(*) from s3object", data));
      SelectException e = Queries.failure(() -> Queries.run("select a from s3object", data));
      assertEquals(SelectError.PARQUET_UNSUPPORTED_CODEC, e.error());
      assertEquals("ParquetUnsupportedCompressionCodec", e.code());
      assertTrue(
          e.getMessage().contains("column a") && e.getMessage().contains(codec.name()),
          e.getMessage());
    }
  }
}
