package io.github.s3vfs.simulation;

import org.jspecify.annotations.Nullable;

/** Decodes a frame that has come. */
final class Decoding implements Choice {
  private final SimulatedProcess process;
  private final Runnable task;
  private boolean over;

  Decoding(SimulatedProcess process, Runnable task) {
    this.process = process;
    this.task = task;
  }

  @Override
  public long readyAt() {
    return 0;
  }

  @Override
  public @Nullable Actor happen() {
    over = true;
    if (!process.hasCrashed()) {
      task.run();
    }
    return null;
  }

  @Override
  public boolean isOver() {
    return over;
  }
}
