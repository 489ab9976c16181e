package io.github.s3vfs.table.spi;

import java.util.List;

/**
 * What SQLite wants of a table.
 *
 * @param columnsUsed a bit for each of the first 63 columns that is used; bit 63 if a further one
 *     may be
 * @param ordered whether the rows will be sorted
 * @param constraints what rows have to fulfil, all of it
 */
public record ScanRequest(long columnsUsed, boolean ordered, List<Constraint> constraints) {
  /**
   * What a column is compared with.
   *
   * @param column from 0; negative for the rowid
   * @param operator how; SQLITE_INDEX_CONSTRAINT_EQ and its like
   * @param usable whether the value can be had; an IN never is
   * @param binary whether texts are compared by their bytes
   */
  public record Constraint(int column, int operator, boolean usable, boolean binary) {}

  /** The operator {@code =}. */
  public static final int EQ = 2;

  /** The operator {@code >}. */
  public static final int GT = 4;

  /** The operator {@code <=}. */
  public static final int LE = 8;

  /** The operator {@code <}. */
  public static final int LT = 16;

  /** The operator {@code >=}. */
  public static final int GE = 32;

  /** The operator {@code IS NOT NULL}. */
  public static final int IS_NOT_NULL = 70;

  /** The operator {@code IS NULL}. */
  public static final int IS_NULL = 71;

  /** Of no column: how many rows are wanted. */
  public static final int LIMIT = 73;

  /** Of no column: how many rows are skipped first. */
  public static final int OFFSET = 74;

  /**
   * Whether a column may be asked for.
   *
   * @param column from 0
   * @return its bit
   */
  public boolean uses(int column) {
    return (columnsUsed >>> Math.min(column, 63) & 1) != 0;
  }
}
