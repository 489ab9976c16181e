package io.github.s3vfs.simulation;

/** Something that a process does. */
interface Action {
  /**
   * Does it, and compares what it sees and is told with the history.
   *
   * @return whether it has succeeded
   */
  boolean run(Worker worker);
}
