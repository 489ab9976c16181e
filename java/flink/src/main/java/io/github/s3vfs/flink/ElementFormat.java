package io.github.s3vfs.flink;

import java.io.Serializable;
import java.util.List;
import org.apache.flink.types.RowKind;
import org.jspecify.annotations.Nullable;

/**
 * How rows of change streams become elements of a stream, and the other way round. For one thread
 * at a time.
 *
 * @param <T> of the elements
 */
interface ElementFormat<T> extends Serializable {
  /**
   * The element of a row.
   *
   * @throws IllegalArgumentException if a value does not fit its type; the message names the column
   */
  T element(RowKind kind, List<@Nullable Object> values);

  /** What an element says of its row. */
  RowKind kind(T element);

  /**
   * The row of an element.
   *
   * @throws IllegalArgumentException if it is none of its type
   */
  List<@Nullable Object> values(T element);
}
