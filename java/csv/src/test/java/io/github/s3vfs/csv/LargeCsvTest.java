package io.github.s3vfs.csv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.sql.Connection;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Three times as much as the heap of the tests. */
@Tag("thorough")
class LargeCsvTest {
  private static final long ROWS = 3L << 20;

  @Test
  void anExportNeedsNoMemoryForItsRows() throws Exception {
    try (Connection connection = Sql.memory()) {
      CsvExportResult result =
          CsvExport.query(
                  connection,
                  "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
                      + ROWS
                      + ") SELECT i, hex(zeroblob(500)) FROM n")
              .to(OutputStream.nullOutputStream());
      assertEquals(ROWS, result.rows());
      assertTrue(result.bytes() > ROWS * 1000, result::toString);
    }
  }

  @Test
  void anImportNeedsNoMemoryForItsRows() throws Exception {
    try (Connection connection = Sql.memory()) {
      Sql.execute(connection, "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT)");
      CsvImportResult result =
          CsvImport.into(connection, "t")
              .options(CsvImportOptions.builder().conflict(Conflict.IGNORE).build())
              .from(new SameRow());
      assertEquals(1, result.rows());
      assertEquals(ROWS - 1, result.ignored());
      assertTrue(result.bytes() > ROWS * 1000, result::toString);
    }
  }

  /** A header, and the same row again and again. */
  private static final class SameRow extends InputStream {
    private final byte[] header = Sql.utf8("a,b\n");
    private final byte[] row = Sql.utf8("1," + "x".repeat(1000) + "\n");
    private byte[] current = header;
    private int at;
    private long rows;

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      if (at == current.length) {
        if (rows == ROWS) {
          return -1;
        }
        rows++;
        current = row;
        at = 0;
      }
      int count = Math.min(length, current.length - at);
      System.arraycopy(current, at, target, offset, count);
      at += count;
      return count;
    }
  }
}
