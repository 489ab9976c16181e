package io.github.s3vfs.simulation;

import io.github.s3vfs.ErrorKind;

/** Deletes the database. */
final class Deleting implements Action {
  @Override
  public boolean run(Worker worker) {
    long start = worker.process().now();
    ErrorKind failure =
        worker.attempt(
            "deletes",
            null,
            () -> {
              boolean unused = worker.process().volume().delete();
            });
    if (failure == null) {
      worker.simulation().counts().add("deletions");
      if (!worker.history().wasAbsentSince(start)) {
        throw new Violation(worker.process() + " has deleted it, and it was there all the time");
      }
    }
    return failure == null;
  }

  @Override
  public String toString() {
    return "a deletion";
  }
}
