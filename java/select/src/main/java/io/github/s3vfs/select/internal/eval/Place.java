package io.github.s3vfs.select.internal.eval;

import io.github.s3vfs.select.SelectException;

/** Where an expression is in the query, and in which row it is computed, for its errors. */
@FunctionalInterface
public interface Place {
  /** An error of one of its operators, the first of which is 0, with the place. */
  SelectException of(int operator, SelectException e);
}
