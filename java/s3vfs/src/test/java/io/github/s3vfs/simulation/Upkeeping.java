package io.github.s3vfs.simulation;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.internal.layout.snapshot.SnapshotVolume;
import java.util.function.ToLongFunction;

/**
 * A compaction or a collection.
 *
 * @param what it is, for the log and the counts
 * @param task does it; how much was done
 */
record Upkeeping(String what, ToLongFunction<SnapshotVolume> task) implements Action {
  private static final int LONGEST_PAUSE_MILLIS = 5_000;

  static final Upkeeping COMPACTION = new Upkeeping("compactions", SnapshotVolume::compact);
  static final Upkeeping COLLECTION = new Upkeeping("collections", SnapshotVolume::collect);

  @Override
  public boolean run(Worker worker) {
    worker.sleep(LONGEST_PAUSE_MILLIS);
    long[] done = new long[1];
    ErrorKind failure =
        worker.attempt(what, null, () -> done[0] = task.applyAsLong(worker.process().volume()));
    if (failure == null) {
      worker.process().note(what + ": " + done[0]);
      worker.simulation().counts().add(done[0] > 0 ? what : "idle " + what);
    }
    return failure == null;
  }
}
