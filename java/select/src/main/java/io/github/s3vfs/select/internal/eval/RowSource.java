package io.github.s3vfs.select.internal.eval;

import java.io.Closeable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows, one after the other. All expressions of columns are made before the first. */
public interface RowSource extends Closeable {
  /** Goes on to the next row; false at the end. */
  boolean next();

  /** How many rows there have been, with this one. */
  long number();

  /** A column of the row that is read, or a path in it; null if there is no such column. */
  @Nullable Expr column(List<Step> path);

  /** A row of JSON itself if it is no object, otherwise a path in it. */
  default @Nullable Expr rowOr(List<Step> path) {
    return column(path);
  }

  /**
   * Says what the condition is, or that there is none. The columns that were asked for before are
   * those of the condition; rows that it excludes need not come.
   */
  default void condition(@Nullable Expr where) {}

  /** Whether rows are JSON. */
  boolean isJson();

  /** Says before the first row that {@link #starCount} and its like will be asked for. */
  void wantStar();

  /** How many columns this row has. */
  int starCount();

  /** One of them, from 0; valid until the next is asked for. */
  Value starValue(int index);

  /** Its name. */
  String starName(int index);

  /** How many bytes were read. */
  long bytesRead();
}
