package io.github.s3vfs.flink;

import org.apache.flink.api.common.functions.MapFunction;

/**
 * Passes elements on, and takes a millisecond for each third, so that there are checkpoints.
 *
 * @param <T> of the elements
 */
final class Slow<T> implements MapFunction<T, T> {
  private static final long serialVersionUID = 1;

  private int count;

  @Override
  public T map(T element) throws InterruptedException {
    if (++count % 3 == 0) {
      Thread.sleep(1);
    }
    return element;
  }
}
