package io.github.s3vfs.csv;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * What happens to records that do not fit the table: too many or too few fields, a value that is
 * not of its column's type, a constraint. What is no CSV at all always ends the import.
 *
 * @param max how many are left out; one more ends the import. 0 or more
 * @param listener is told of each that is left out, in the importing thread; an exception ends the
 *     import
 */
public record BadRows(long max, Consumer<BadRow> listener) {
  /** The first one ends the import. */
  public static final BadRows FAIL = skip(0);

  /**
   * Checks the bound.
   *
   * @throws S3VfsException {@code INVALID} if it is negative
   */
  public BadRows {
    Objects.requireNonNull(listener, "listener");
    if (max < 0) {
      throw new S3VfsException(ErrorKind.INVALID, "at most " + max + " bad rows is not possible");
    }
  }

  /**
   * They are left out; the result tells of the first ones.
   *
   * @param max how many
   * @return the policy
   */
  public static BadRows skip(long max) {
    return new BadRows(max, row -> {});
  }
}
