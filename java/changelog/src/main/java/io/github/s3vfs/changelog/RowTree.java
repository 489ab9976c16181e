package io.github.s3vfs.changelog;

import java.util.List;

/**
 * The B-tree that has the rows of a table, down to the numbers of its leaves. What two versions
 * have on pages that are the same is the same.
 */
interface RowTree {
  /** The pages of a database. */
  interface Pages {
    /** A page, from 1. */
    byte[] page(long number);

    /** Pages that will be read. */
    default void prefetch(long[] numbers) {}
  }

  /** What a file has that is no tree of a table. */
  final class NoTree extends Exception {
    private static final long serialVersionUID = 1;

    NoTree(String message) {
      super(message);
    }
  }

  /** Rows that follow each other. */
  interface RowRange {
    /** A condition of SQL that they meet, and no others. */
    String where(ReaderTable table);

    /** The values of its parameters. */
    List<Object> values();
  }

  /**
   * All rows that may not be the same in this tree and in another one of the same table.
   *
   * @param changed pages that are not the same in both, ascending
   */
  List<? extends RowRange> rangesChangedFrom(RowTree before, long[] changed);
}
