package io.github.s3vfs.table.spi;

import java.util.Arrays;

/**
 * Rows on their way to SQLite. The first batch of a scan is small, so that a LIMIT costs little;
 * the others are of up to 1024 rows or 256 KiB, and one row. Belongs to one thread at a time.
 */
public final class RowBatch {
  private static final int FIRST_ROWS = 32;
  private static final int MOST_ROWS = 1024;
  private static final int MOST_BYTES = 256 << 10;
  private static final int CELL = 16;

  /** As SQLite numbers storage classes. */
  private static final long INTEGER = 1;

  private static final long FLOAT = 2;
  private static final long TEXT = 3;
  private static final long BLOB = 4;
  private static final long NULL = 5;

  private int wantedRows = FIRST_ROWS;
  private int[] cellOfColumn = {};
  private int rowCells;

  private long[] rowids = new long[FIRST_ROWS];
  private int rows;

  /** Two for each cell: the type with the number of bytes above it, and the value. */
  private long[] cells = new long[64];

  private int used;
  private byte[] heap = new byte[256];
  private int heapUsed;

  /** Where the row began that is being added. */
  private int rowUsed;

  private int rowHeap;

  /** An empty batch. */
  public RowBatch() {}

  /** Begins a scan: empties it, and makes it small. */
  public void restart() {
    wantedRows = FIRST_ROWS;
    clear();
  }

  /** Empties it, and makes it larger. */
  public void next() {
    wantedRows = Math.min(MOST_ROWS, wantedRows * 4);
    clear();
  }

  private void clear() {
    rows = 0;
    used = rowUsed = 0;
    heapUsed = rowHeap = 0;
  }

  /**
   * Says what the rows consist of; before the first one.
   *
   * @param cells for each column, which cell of a row it is, from 0; -1 for none. Not copied
   * @param count cells of a row
   */
  public void columns(int[] cells, int count) {
    cellOfColumn = cells;
    rowCells = count;
  }

  /**
   * Makes the first batch as large as what is wanted.
   *
   * @param most how many rows will be asked for, as far as is known
   */
  public void expect(long most) {
    wantedRows = (int) Math.max(1, Math.min(MOST_ROWS, most));
  }

  /**
   * Whether another row is welcome.
   *
   * @return false if it is full
   */
  public boolean wantsMore() {
    return rows < wantedRows && used * 8L + heapUsed < MOST_BYTES;
  }

  /** Adds a cell. */
  public void addNull() {
    add(NULL, 0);
  }

  /**
   * Adds a cell.
   *
   * @param value an INTEGER
   */
  public void add(long value) {
    add(INTEGER, value);
  }

  /**
   * Adds a cell.
   *
   * @param value a REAL; NaN is NULL to SQLite
   */
  public void add(double value) {
    add(FLOAT, Double.doubleToRawLongBits(value));
  }

  /**
   * Adds a cell.
   *
   * @param utf8 where a TEXT is
   * @param from its first byte
   * @param to behind its last byte
   */
  public void addText(byte[] utf8, int from, int to) {
    addBytes(TEXT, utf8, from, to);
  }

  /**
   * Adds a cell.
   *
   * @param value any value
   */
  public void add(SqlValue value) {
    switch (value.type()) {
      case NULL -> addNull();
      case INTEGER -> add(value.number());
      case REAL -> add(value.real());
      case TEXT -> addBytes(TEXT, value.bytes(), 0, value.bytes().length);
      case BLOB -> addBytes(BLOB, value.bytes(), 0, value.bytes().length);
    }
  }

  private void addBytes(long type, byte[] bytes, int from, int to) {
    int length = to - from;
    if (length > heap.length - heapUsed) {
      heap = Arrays.copyOf(heap, Math.max(Math.addExact(heapUsed, length), heap.length * 2));
    }
    System.arraycopy(bytes, from, heap, heapUsed, length);
    add(type | (long) length << 32, heapUsed);
    heapUsed += length;
  }

  private void add(long head, long value) {
    if (used + 2 > cells.length) {
      cells = Arrays.copyOf(cells, cells.length * 2);
    }
    cells[used] = head;
    cells[used + 1] = value;
    used += 2;
  }

  /**
   * Ends a row.
   *
   * @param rowid of the row, the same in all scans
   * @throws IllegalStateException if it has another number of cells than was said
   */
  public void endRow(long rowid) {
    if (used - rowUsed != 2 * rowCells) {
      throw new IllegalStateException(
          "a row of " + (used - rowUsed) / 2 + " cells in place of " + rowCells);
    }
    if (rows == rowids.length) {
      rowids = Arrays.copyOf(rowids, rows * 2);
    }
    rowids[rows++] = rowid;
    rowUsed = used;
    rowHeap = heapUsed;
  }

  /** Takes the cells back that were added since the last row. */
  public void dropRow() {
    used = rowUsed;
    heapUsed = rowHeap;
  }

  /**
   * How many rows there are.
   *
   * @return 0 or more
   */
  public int rows() {
    return rows;
  }

  /** Takes what it consists of, in order, for the native side. */
  public interface Target {
    /**
     * Takes numbers.
     *
     * @param numbers where they are
     * @param count from the first on
     */
    void ints(int[] numbers, int count);

    /**
     * Takes numbers.
     *
     * @param numbers where they are
     * @param count from the first on
     */
    void longs(long[] numbers, int count);

    /**
     * Takes bytes.
     *
     * @param bytes where they are
     * @param count from the first on
     */
    void bytes(byte[] bytes, int count);
  }

  /**
   * How many bytes {@link #write} writes.
   *
   * @return more than 0
   */
  public long size() {
    return header().length * 4L + rows * 8L + (long) rows * rowCells * CELL + heapUsed;
  }

  private int[] header() {
    return new int[4 + (cellOfColumn.length + 1 & ~1)];
  }

  /**
   * Writes it as S3Batch of native/s3vfs.h.
   *
   * @param last whether no rows follow
   * @param target for the bytes
   */
  public void write(boolean last, Target target) {
    int[] header = header();
    header[0] = rows;
    header[1] = rowCells;
    header[2] = last ? 1 : 0;
    header[3] = cellOfColumn.length;
    System.arraycopy(cellOfColumn, 0, header, 4, cellOfColumn.length);
    target.ints(header, header.length);
    target.longs(rowids, rows);
    target.longs(cells, rowUsed);
    target.bytes(heap, rowHeap);
  }
}
