package io.github.s3vfs.simulation;

import io.github.s3vfs.ErrorKind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** Replaces the whole database. */
final class Replacing implements Action {
  @Override
  public boolean run(Worker worker) {
    SimulatedProcess process = worker.process();
    long number = worker.history().nextCommit();
    byte[] content = Content.fresh(number, worker.random());
    Commit commit = worker.history().commit(process.name(), content, null);
    List<Commit> unknown = List.copyOf(process.unknown());
    ErrorKind failure =
        Writing.committed(
            worker, worker.history().newest(), commit, () -> replace(worker, content));
    if (failure == null) {
      Reading.settle(process, unknown);
      worker.simulation().counts().add("replacements");
    }
    return failure == null;
  }

  private static void replace(Worker worker, byte[] content) {
    try {
      worker.process().volume().replace(new ByteArrayInputStream(content), null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return "a replacement";
  }
}
