package io.github.s3vfs.select;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An object of any size is read with a heap of 64 MiB, in a process of its own. */
class BoundedMemoryTest {
  private static final long CSV_ROWS = 20_000_000;
  private static final long JSON_ROWS = 4_000_000;

  @TempDir Path directory;

  /** The same piece again and again, between a head and a tail. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Repeated(byte[] head, byte[] piece, long count, byte[] tail)
      implements ObjectSource {
    static Repeated of(String head, String piece, long count, String tail) {
      return new Repeated(Queries.bytes(head), Queries.bytes(piece), count, Queries.bytes(tail));
    }

    @Override
    public long size() {
      return head.length + piece.length * count + tail.length;
    }

    private byte at(long position) {
      if (position < head.length) {
        return head[(int) position];
      }
      long behind = position - head.length;
      long pieces = piece.length * count;
      return behind < pieces ? piece[(int) (behind % piece.length)] : tail[(int) (behind - pieces)];
    }

    @Override
    public InputStream open(long offset, long length) {
      return new InputStream() {
        private long position = offset;
        private final long end = Math.min(size(), offset + length);

        @Override
        public int read() {
          return position < end ? at(position++) & 0xFF : -1;
        }

        @Override
        public int read(byte[] target, int start, int count) {
          int given = (int) Math.min(count, end - position);
          for (int i = 0; i < given; i++) {
            target[start + i] = at(position++);
          }
          return given == 0 ? -1 : given;
        }
      };
    }

    @Override
    public String name() {
      return "repeated";
    }
  }

  /** The other process. */
  public static void main(String[] arguments) {
    StringBuilder result = new StringBuilder();
    try (SelectRows rows =
        S3Select.query(
            "select count(*), max(_2) from s3object where _1 = '12'",
            Repeated.of("", "12,some text\n", CSV_ROWS, ""),
            Queries.CSV)) {
      rows.next();
      result.append(rows.getLong(0)).append(rows.getString(1));
    }
    try (SelectRows rows =
        S3Select.query(
            "select count(*), sum(r.a.b) from s3object[*].rows r",
            Repeated.of("{\"rows\":[", "{\"a\":{\"b\":2},\"c\":[1,{}]},", JSON_ROWS, "{}]}"),
            Queries.DOCUMENT)) {
      rows.next();
      result.append(' ').append(rows.getLong(0)).append(' ').append(rows.getLong(1));
    }
    System.out.print(result);
  }

  @Test
  void largeObjectsFitIntoASmallHeap() throws Exception {
    Path out = directory.resolve("out");
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    Process process =
        new ProcessBuilder(
                java.toString(),
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                BoundedMemoryTest.class.getName())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    boolean ended = process.waitFor(5, TimeUnit.MINUTES);
    process.destroyForcibly();
    assertTrue(ended);
    assertEquals(
        CSV_ROWS + "some text " + (JSON_ROWS + 1) + " " + 2 * JSON_ROWS,
        Files.readString(out, StandardCharsets.UTF_8));
  }
}
