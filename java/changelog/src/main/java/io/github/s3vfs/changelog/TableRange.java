package io.github.s3vfs.changelog;

/**
 * A part of a table, for a {@link TableScan}. Immutable.
 *
 * @param version of the database, in the layout {@code snapshot}; 0 for the newest of a database
 *     that keeps no versions
 * @param first the first rowid; {@link Long#MIN_VALUE} if there is no bound
 * @param last the last rowid; {@link Long#MAX_VALUE} if there is no bound
 * @param skipped how many rows at the beginning are left out, of a table or view without rowids
 */
public record TableRange(long version, long first, long last, long skipped) {

  /** All rows of a version. */
  static TableRange whole(long version) {
    return new TableRange(version, Long.MIN_VALUE, Long.MAX_VALUE, 0);
  }

  /** Whether no row can be in it. */
  public boolean isEmpty() {
    return first > last;
  }

  /** What is behind a rowid. */
  TableRange behind(long rowid) {
    return rowid == Long.MAX_VALUE
        ? new TableRange(version, 1, 0, 0)
        : new TableRange(version, rowid + 1, last, 0);
  }

  /** What is behind one more row, without rowids. */
  TableRange behindOne() {
    return new TableRange(version, first, last, skipped + 1);
  }
}
