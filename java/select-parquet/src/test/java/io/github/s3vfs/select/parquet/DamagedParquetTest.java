package io.github.s3vfs.select.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.select.Compression;
import io.github.s3vfs.select.ObjectSource;
import io.github.s3vfs.select.S3Select;
import io.github.s3vfs.select.SelectError;
import io.github.s3vfs.select.SelectException;
import io.github.s3vfs.select.SelectLimits;
import io.github.s3vfs.select.SelectRows;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.parquet.crypto.ColumnEncryptionProperties;
import org.apache.parquet.crypto.FileEncryptionProperties;
import org.apache.parquet.hadoop.metadata.ColumnPath;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.junit.jupiter.api.Test;

/** What is no Parquet, or not any more, is an error of the query, and nothing else. */
class DamagedParquetTest {
  private static final boolean THOROUGH = Boolean.getBoolean("s3vfs.test.thorough");

  private static final Set<SelectError> ERRORS =
      EnumSet.of(
          SelectError.NOT_PARQUET,
          SelectError.PARQUET_PARSING_ERROR,
          SelectError.PARQUET_UNSUPPORTED_CODEC,
          SelectError.UNSUPPORTED_PARQUET_TYPE,
          SelectError.OVER_MAX_RECORD_SIZE,
          SelectError.BINDING_DOES_NOT_EXIST);

  private static final String SCHEMA =
      "required int32 i; optional int64 l; optional binary s (STRING); required boolean b;"
          + " required double d; optional int64 t (TIMESTAMP(MICROS,true));"
          + " optional group list (LIST) { repeated group list { optional int32 element; } }";

  private static byte[] file(ParquetFile file) {
    return file.withoutChecksums()
        .pageRows(50)
        .groupRows(150)
        .rows(
            300,
            (row, i) -> {
              row.append("i", i).append("b", i % 3 == 0).append("d", i / 3.0);
              if (i % 4 != 0) {
                row.append("l", i * 100_000L).append("s", "text " + i).append("t", i * 1L);
              }
              row.addGroup("list").addGroup("list").add("element", i);
            });
  }

  private static List<byte[]> files() {
    List<byte[]> files = new ArrayList<>();
    files.add(file(ParquetFile.of(SCHEMA)));
    files.add(file(ParquetFile.of(SCHEMA).version2()));
    files.add(file(ParquetFile.of(SCHEMA).version2().withoutDictionary()));
    files.add(file(ParquetFile.of(SCHEMA).byteStreamSplit()));
    for (CompressionCodecName codec : ParquetFile.codecs()) {
      files.add(file(ParquetFile.of(SCHEMA).codec(codec)));
    }
    return files;
  }

  @Test
  void flippedBytes() {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    List<byte[]> files = files();
    int rounds = THOROUGH ? 40_000 : 1_500;
    int[] failed = new int[1];
    assertTimeoutPreemptively(
        Duration.ofMinutes(10),
        () -> {
          for (int round = 0; round < rounds; round++) {
            byte[] damaged = files.get(random.nextInt(files.size())).clone();
            int metadata = length(damaged);
            boolean inMetadata = random.nextBoolean();
            for (int i = random.nextInt(3); i >= 0; i--) {
              int at =
                  inMetadata
                      ? damaged.length - 1 - random.nextInt(metadata + 8)
                      : random.nextInt(damaged.length);
              damaged[at] =
                  random.nextBoolean()
                      ? (byte) random.nextInt()
                      : (byte) (damaged[at] ^ (1 << random.nextInt(8)));
            }
            failed[0] += query(damaged, "seed " + seed + ", round " + round) ? 0 : 1;
          }
        },
        "seed " + seed);
    assertTrue(failed[0] > rounds / 4, failed[0] + " of " + rounds + " failed, seed " + seed);
  }

  private static int length(byte[] file) {
    return ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt(file.length - 8);
  }

  @Test
  void truncatedFiles() {
    byte[] whole = file(ParquetFile.of(SCHEMA).codec(CompressionCodecName.SNAPPY));
    int metadata = length(whole);
    for (int cut = 0; cut < whole.length; cut += cut < whole.length - metadata ? 97 : 7) {
      SelectException e = damaged(Arrays.copyOf(whole, cut));
      assertEquals(SelectError.NOT_PARQUET, e.error(), "cut at " + cut);
      assertEquals("ParquetParsingError", e.code());
      assertEquals("InvalidRequest", e.error().cephCode());
    }
    // Pages that are cut out of the middle.
    int pages = whole.length - metadata - 8;
    List<RowGroup> groups = Footer.read(ObjectSource.of(whole)).groups();
    List<Chunk> last = groups.get(groups.size() - 1).chunks();
    long end = last.get(last.size() - 1).end();
    for (int cut = 4; cut < end; cut += 61) {
      byte[] shorter = new byte[whole.length - (pages - cut)];
      System.arraycopy(whole, 0, shorter, 0, cut);
      System.arraycopy(whole, pages, shorter, cut, metadata + 8);
      assertEquals(SelectError.PARQUET_PARSING_ERROR, damaged(shorter).error(), "cut at " + cut);
    }
  }

  private static SelectException damaged(byte[] data) {
    return Queries.failure(() -> Queries.run("select * from s3object", data));
  }

  /** Whether it could be read, whatever came out. */
  private static boolean query(byte[] data, String round) {
    String query = "select s.*, i + 1 from s3object s where l > 500 or l is null";
    try (SelectRows rows =
        S3Select.query(
            query,
            ObjectSource.of(data),
            Queries.PARQUET.withLimits(SelectLimits.DEFAULT.withMaxRowErrors(10)))) {
      rows.writeTo(OutputStream.nullOutputStream());
      return true;
    } catch (SelectException e) {
      boolean mistyped =
          e.error() == SelectError.TYPE_MISMATCH || e.error() == SelectError.INTEGER_OVERFLOW;
      assertTrue(mistyped || ERRORS.contains(e.error()), round + ": " + e.error() + " " + e);
      return false;
    } catch (RuntimeException | Error e) {
      throw new AssertionError(round, e);
    }
  }

  @Test
  void damagedBytesWithAChecksumAreFound() {
    byte[] data =
        ParquetFile.of("required binary s (STRING);")
            .withoutDictionary()
            .rows(10, (row, i) -> row.add("s", "unmistakable"));
    int at = new String(data, StandardCharsets.ISO_8859_1).indexOf("unmistakable");
    data[at] ^= 1;
    SelectException e = damaged(data);
    assertEquals(SelectError.PARQUET_PARSING_ERROR, e.error());
    assertTrue(
        e.getMessage().contains("column s") && e.getMessage().contains("checksum"), e.getMessage());
  }

  @Test
  void otherFormatsAreNotParquet() {
    for (String text :
        List.of("", "a", "a,b,c\n1,2,3\n", "PAR1 but not at its end", "notPAR1PAR1")) {
      SelectException e = damaged(text.getBytes(StandardCharsets.US_ASCII));
      assertTrue(e.getMessage().contains("memory"), e.getMessage());
      assertTrue(ERRORS.contains(e.error()), e.toString());
    }
    assertEquals(SelectError.NOT_PARQUET, damaged(new byte[100]).error());
  }

  @Test
  void encryptedFilesAndColumnsAreRefused() {
    byte[] key = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    byte[] all =
        ParquetFile.of("required int32 a;")
            .encrypted(FileEncryptionProperties.builder(key).build())
            .rows(3, (row, i) -> row.add("a", i));
    SelectException e = damaged(all);
    assertEquals(SelectError.PARQUET_UNSUPPORTED_CODEC, e.error());
    assertTrue(e.getMessage().contains("encrypted"), e.getMessage());
    ColumnPath secret = ColumnPath.get("secret");
    byte[] one =
        ParquetFile.of("required int32 a; required int32 secret;")
            .encrypted(
                FileEncryptionProperties.builder(key)
                    .withPlaintextFooter()
                    .withEncryptedColumns(
                        Map.of(
                            secret,
                            ColumnEncryptionProperties.builder(secret).withKey(key).build()))
                    .build())
            .rows(3, (row, i) -> row.append("a", i).append("secret", i));
    assertEquals("0\n1\n2\n", Queries.run("select a from s3object", one));
    SelectException column = damaged(one);
    assertEquals(SelectError.PARQUET_UNSUPPORTED_CODEC, column.error());
    assertTrue(column.getMessage().contains("column secret"), column.getMessage());
  }

  @Test
  void theObjectIsNotCompressedAsAWhole() {
    byte[] data = file(ParquetFile.of(SCHEMA));
    SelectException e =
        Queries.failure(
            () ->
                Queries.run(
                    "select * from s3object",
                    ObjectSource.of(data),
                    Queries.PARQUET.withCompression(Compression.GZIP)));
    assertEquals("InvalidRequest", e.code());
  }

  /** An object of which only the end can be had. */
  private static final class End implements ObjectSource {
    private final byte[] bytes;

    End(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public long size() {
      return bytes.length;
    }

    @Override
    public InputStream open(long offset, long length) throws IOException {
      if (offset >= bytes.length - Tail.SIZE) {
        return ObjectSource.of(bytes).open(offset, length);
      }
      return new InputStream() {
        @Override
        public int read() {
          throw new IllegalStateException("on purpose");
        }

        @Override
        public int read(byte[] target, int start, int count) {
          return read();
        }
      };
    }

    @Override
    public String name() {
      return "end";
    }
  }

  @Test
  void whatASourceThrowsIsNoDamage() {
    byte[] data =
        ParquetFile.of(
                "required int32 i; optional group list (LIST) { repeated group list {"
                    + " optional int32 element; } }")
            .withoutDictionary()
            .rows(
                100_000,
                (row, i) -> row.append("i", i).addGroup("list").addGroup("list").add("element", i));
    for (String query :
        List.of(
            "select i from s3object",
            "select * from s3object",
            "select list from s3object where i > 3")) {
      IllegalStateException e =
          assertThrows(
              IllegalStateException.class,
              () -> Queries.run(query, new End(data), Queries.PARQUET),
              query);
      assertEquals("on purpose", e.getMessage());
    }
  }

  @Test
  void anInterruptedThreadReadsNothing() {
    byte[] data = file(ParquetFile.of(SCHEMA));
    Thread.currentThread().interrupt();
    SelectException e = damaged(data);
    assertTrue(Thread.interrupted());
    assertEquals(SelectError.INTERRUPTED, e.error());
  }

  @Test
  void decompressedBytesHaveALimit() {
    byte[] data = file(ParquetFile.of(SCHEMA).codec(CompressionCodecName.ZSTD));
    SelectException e =
        Queries.failure(
            () ->
                Queries.run(
                    "select * from s3object",
                    ObjectSource.of(data),
                    Queries.PARQUET.withLimits(SelectLimits.DEFAULT.withMaxInputBytes(1000))));
    assertEquals(SelectError.OVER_MAX_INPUT_SIZE, e.error());
  }
}
