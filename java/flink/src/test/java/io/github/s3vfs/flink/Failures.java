package io.github.s3vfs.flink;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.functions.RichMapFunction;

/**
 * Passes elements on, and fails when it was told to: once, at the next element but some. What it
 * was told is known to all tasks of this JVM.
 *
 * @param <T> of the elements
 */
final class Failures<T> extends RichMapFunction<T, T> {
  private static final long serialVersionUID = 1;
  private static final AtomicBoolean ARMED = new AtomicBoolean();
  private static final AtomicInteger AFTER = new AtomicInteger();
  private static final AtomicLong PASSED = new AtomicLong();
  private static final AtomicInteger FAILED = new AtomicInteger();

  /** The next element but some fails. */
  static void arm(int after) {
    AFTER.set(after);
    ARMED.set(true);
  }

  /** Nothing fails any more; how often it has. */
  static int disarm() {
    ARMED.set(false);
    return FAILED.getAndSet(0);
  }

  /** How many elements were passed on. */
  static long passed() {
    return PASSED.get();
  }

  @Override
  public T map(T element) {
    long unused = PASSED.incrementAndGet();
    if (ARMED.get() && AFTER.getAndDecrement() <= 0 && ARMED.compareAndSet(true, false)) {
      int unusedToo = FAILED.incrementAndGet();
      throw new IllegalStateException("as the test has told it to");
    }
    return element;
  }
}
