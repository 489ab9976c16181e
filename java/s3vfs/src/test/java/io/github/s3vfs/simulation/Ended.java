package io.github.s3vfs.simulation;

/** Unwinds the thread of an actor whose process has crashed, or whose simulation is over. */
final class Ended extends Error {
  private static final long serialVersionUID = 1;

  Ended() {
    super("the process has crashed", null, false, false);
  }
}
