package io.github.s3vfs.simulation;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.internal.layout.PointInTime;
import io.github.s3vfs.internal.layout.Session;
import java.util.List;

/** Reads an earlier version, which must be there within the retention. */
final class ReadingPast implements Action {
  @Override
  public boolean run(Worker worker) {
    List<State> states = worker.history().states();
    State state = states.get(worker.random().nextInt(states.size()));
    if (state.isEmpty() || !state.uuid().equals(worker.history().newest().uuid())) {
      return false;
    }
    Session[] session = new Session[1];
    ErrorKind failure =
        worker.attempt(
            "connects to " + state,
            state,
            () ->
                session[0] =
                    worker
                        .process()
                        .volume()
                        .connectAt(new PointInTime.OfVersion(state.version())));
    if (failure == ErrorKind.EXPIRED) {
      worker.simulation().counts().add("expired");
    }
    if (failure != null || worker.history().isDeleted(state.uuid())) {
      return false;
    }
    if (session[0].size() != state.content().length) {
      throw new Violation(worker.process() + " sees the wrong length of " + state);
    }
    boolean read = Reading.compare(worker, session[0], state);
    if (read) {
      worker.simulation().counts().add("earlier versions read");
    }
    return read;
  }

  @Override
  public String toString() {
    return "a look at an earlier version";
  }
}
