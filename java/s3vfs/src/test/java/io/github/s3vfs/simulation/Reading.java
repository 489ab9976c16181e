package io.github.s3vfs.simulation;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.internal.layout.Session;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A read transaction; it must see one committed state, and no old one. */
final class Reading implements Action {
  private static final long CONNECT_SERVES_NANOS = 1_000_000_000;

  @Override
  public boolean run(Worker worker) {
    Worker.Connection connection = worker.connection();
    if (connection == null) {
      return false;
    }
    State state = begin(worker, connection);
    for (int i = worker.random().nextInt(3); state != null && i > 0; i--) {
      worker.pause();
      if (!compare(worker, connection.session, state)) {
        break;
      }
    }
    connection.session.endRead();
    if (state != null) {
      worker.simulation().counts().add("reads");
    }
    return state != null;
  }

  /** Begins a read transaction; what it sees, or null if it fails. */
  static @Nullable State begin(Worker worker, Worker.Connection connection) {
    SimulatedProcess process = worker.process();
    State least = least(worker, connection);
    List<Commit> unknown = List.copyOf(process.unknown());
    ErrorKind failure =
        worker.attempt(
            "begins to read",
            null,
            () -> {
              boolean unused = connection.session.beginRead();
            });
    if (failure != null) {
      return null;
    }
    connection.used = true;
    settle(process, unknown);
    State state = identify(worker, connection.session, least);
    if (state == null) {
      return null;
    }
    process.note("sees " + state);
    if (state.index() < least.index()) {
      throw new Violation(process + " sees " + state + ", which is older than " + least);
    }
    process.see(state);
    return state;
  }

  /** The oldest state that may be seen. */
  private static State least(Worker worker, Worker.Connection connection) {
    History history = worker.history();
    State newest =
        connection.staleness.equals(Duration.ZERO)
            ? history.newest()
            : history.newestBefore(worker.process().now() - connection.staleness.toNanos());
    long sinceConnected = worker.process().now() - connection.connectedAt;
    if (!connection.used && sinceConnected < CONNECT_SERVES_NANOS) {
      State then =
          connection.staleness.equals(Duration.ZERO)
              ? connection.newestThen
              : history.newestBefore(connection.connectedAt - connection.staleness.toNanos());
      newest = then.index() < newest.index() ? then : newest;
    }
    State seen = worker.process().seen();
    return seen.index() > newest.index() ? seen : newest;
  }

  /** It has read the head: what was unknown is known to it, and changes no more. */
  static void settle(SimulatedProcess process, List<Commit> unknown) {
    for (Commit commit : unknown) {
      if (commit.told() == Commit.Told.UNKNOWN) {
        commit.tell(Commit.Told.SETTLED);
      }
      process.unknown().remove(commit);
    }
  }

  /** The state that a session sees, by its first page. */
  private static @Nullable State identify(Worker worker, Session session, State least) {
    if (session.size() == 0) {
      List<State> states = worker.history().states();
      for (State state : states.subList(least.index(), states.size())) {
        if (state.isEmpty()) {
          return state;
        }
      }
      throw new Violation(worker.process() + " sees nothing, and there was a database");
    }
    ByteBuffer start = ByteBuffer.allocate(Content.PAGE);
    ErrorKind failure =
        worker.attempt(
            "reads its first page",
            null,
            () -> {
              int unused = session.read(start, 0);
            });
    if (failure != null) {
      return null;
    }
    State state = worker.history().of(Content.commit(start.array()));
    if (state == null) {
      throw new Violation(worker.process() + " sees what was never committed");
    }
    if (session.size() != state.content().length) {
      throw new Violation(worker.process() + " sees the wrong length of " + state);
    }
    return compare(worker, session, state) ? state : null;
  }

  /** Compares some of the file, or all, with what it must be; whether it could be read. */
  static boolean compare(Worker worker, Session session, State state) {
    return compare(worker, session, state, state.content(), state.toString());
  }

  static boolean compare(Worker worker, Session session, State state, byte[] content, String what) {
    boolean all = worker.oneOf(2);
    return worker.attempt(
            "compares " + what,
            state,
            () -> {
              for (int at = 0; at < content.length; at += Content.PAGE) {
                if (all || worker.oneOf(4)) {
                  comparePage(worker, session, content, at, what);
                }
              }
            })
        == null;
  }

  private static void comparePage(
      Worker worker, Session session, byte[] content, int at, String what) {
    ByteBuffer page = ByteBuffer.allocate(Content.PAGE);
    int count = session.read(page, at);
    if (count < Content.PAGE || !Content.isSame(page.array(), 0, content, at)) {
      throw new Violation(
          worker.process()
              + " sees something else on page "
              + (at / Content.PAGE + 1)
              + " of "
              + what);
    }
  }

  @Override
  public String toString() {
    return "a read transaction";
  }
}
