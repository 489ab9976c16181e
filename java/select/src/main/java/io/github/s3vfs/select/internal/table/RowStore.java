package io.github.s3vfs.select.internal.table;

import io.github.s3vfs.table.spi.SqlValue;
import java.util.Arrays;
import java.util.List;

/**
 * Rows in memory, for a table that is gone through again and again because it is joined, and where
 * to find those with some value in a column.
 */
final class RowStore {
  private static final List<SqlValue.Type> TYPES = List.of(SqlValue.Type.values());

  private final int cells;
  private final long maxBytes;

  /** Two for each cell: the type with the number of bytes above it, and the value. */
  private long[] values = new long[64];

  private int used;
  private byte[] heap = new byte[1024];
  private int heapUsed;
  private long[] rowids = new long[16];
  private int rows;

  /** The column that rows are found by; -1 for none. */
  private int keyCell = -1;

  /** For each hash the last row that has it, and for each row the one before: plus 1. */
  private int[] last = {};

  private int[] before = {};
  private final Cell probe = new Cell();

  RowStore(int cells, long maxBytes) {
    this.cells = cells;
    this.maxBytes = maxBytes;
  }

  int rows() {
    return rows;
  }

  long rowid(int row) {
    return rowids[row];
  }

  private static int code(SqlValue.Type type) {
    return TYPES.indexOf(type);
  }

  /** Takes a row; false if there is no room for it. */
  boolean add(long rowid, Cell[] row) {
    for (Cell cell : row) {
      if (used + 2 > values.length) {
        values = Arrays.copyOf(values, values.length * 2);
      }
      int length = cell.type == SqlValue.Type.TEXT ? cell.end - cell.start : 0;
      values[used] = code(cell.type) | (long) length << 32;
      values[used + 1] =
          switch (cell.type) {
            case REAL -> Double.doubleToRawLongBits(cell.real);
            case TEXT -> heapUsed;
            default -> cell.number;
          };
      used += 2;
      if (length > 0) {
        if (length > heap.length - heapUsed) {
          heap = Arrays.copyOf(heap, Math.max(heapUsed + length, heap.length * 2));
        }
        System.arraycopy(cell.bytes, cell.start, heap, heapUsed, length);
        heapUsed += length;
      }
    }
    if (rows == rowids.length) {
      rowids = Arrays.copyOf(rowids, rows * 2);
    }
    rowids[rows++] = rowid;
    return values.length * 8L + heap.length + rowids.length * 16L <= maxBytes;
  }

  /** Puts a cell of a row into another one; the bytes are this store's. */
  void get(int row, int cell, Cell out) {
    int at = 2 * (row * cells + cell);
    out.type = TYPES.get((int) values[at]);
    long value = values[at + 1];
    switch (out.type) {
      case REAL -> out.real = Double.longBitsToDouble(value);
      case TEXT -> out.setText(heap, (int) value, (int) value + (int) (values[at] >>> 32));
      default -> out.number = value;
    }
  }

  /** The last row that may have a value, as {@link Condition#key} gives it; -1 for none. */
  int find(int cell, Cell key) {
    if (keyCell != cell) {
      index(cell);
    }
    return last[slot(key)] - 1;
  }

  /** The row in front of one that was found, of the same hash; -1 for none. */
  int before(int row) {
    return before[row] - 1;
  }

  private void index(int cell) {
    keyCell = cell;
    last = new int[Math.max(2, Integer.highestOneBit(rows) * 2)];
    before = new int[rows];
    for (int row = 0; row < rows; row++) {
      get(row, cell, probe);
      if (probe.type != SqlValue.Type.NULL) {
        probe.toNumber(Affinity.NUMERIC);
        int slot = slot(probe);
        before[row] = last[slot];
        last[slot] = row + 1;
      }
    }
  }

  /** Equal numbers have one hash, and so have equal texts. */
  private int slot(Cell cell) {
    int hash =
        switch (cell.type) {
          case INTEGER -> Double.hashCode((double) cell.number + 0.0);
          case REAL -> Double.hashCode(cell.real + 0.0);
          default -> hash(cell.bytes, cell.start, cell.end);
        };
    hash *= 0x9E3779B9;
    return (hash ^ hash >>> 16) & (last.length - 1);
  }

  private static int hash(byte[] b, int start, int end) {
    int hash = 1;
    for (int i = start; i < end; i++) {
      hash = 31 * hash + b[i];
    }
    return hash;
  }
}
