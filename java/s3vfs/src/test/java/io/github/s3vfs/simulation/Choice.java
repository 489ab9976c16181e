package io.github.s3vfs.simulation;

/** Something that may happen next. */
interface Choice {
  /**
   * When it may happen at the earliest, in simulated nanoseconds; {@link Long#MAX_VALUE}: never.
   */
  long readyAt();

  /** Lets it happen; an actor that is to run for that, or null. */
  @org.jspecify.annotations.Nullable
  Actor happen();

  /** Whether it will never happen again. */
  boolean isOver();
}
