package io.github.s3vfs.simulation;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.internal.layout.Session;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A write transaction, as SQLite makes one; it is committed, or rolled back. */
final class Writing implements Action {
  private final boolean alwaysCommits;

  Writing(boolean alwaysCommits) {
    this.alwaysCommits = alwaysCommits;
  }

  @Override
  public boolean run(Worker worker) {
    Worker.Connection connection = worker.connection();
    if (connection == null) {
      return false;
    }
    State base = Reading.begin(worker, connection);
    boolean done = base != null && write(worker, connection.session, base);
    connection.session.endRead();
    return done;
  }

  private boolean write(Worker worker, Session session, State base) {
    worker.pause();
    boolean[] begun = new boolean[1];
    ErrorKind failure =
        worker.attempt("begins to write", base, () -> begun[0] = session.beginWrite(false));
    if (failure != null || !begun[0]) {
      worker.simulation().counts().add(failure == null ? "busy" : "not begun");
      return false;
    }
    SimulatedProcess process = worker.process();
    Commit commit =
        worker
            .history()
            .commit(
                process.name(),
                Content.changed(
                    base.content(),
                    worker.history().nextCommit(),
                    worker.simulation().conditions().largePages(),
                    worker.random()),
                base);
    boolean done = false;
    if (fill(worker, session, base, commit.content()) && (alwaysCommits || !worker.oneOf(6))) {
      worker.pause();
      done = commit(worker, session, base, commit);
    }
    if (!done && worker.oneOf(2)) {
      playBack(worker, session, base, commit.content());
    }
    ErrorKind unused = worker.attempt("ends its write", base, session::endWrite);
    if (commit.told() == Commit.Told.NOTHING) {
      commit.tell(Commit.Told.REFUSED);
    }
    return done;
  }

  /** Writes what has changed; whether that was possible. What is cut off, the header tells. */
  private static boolean fill(Worker worker, Session session, State from, byte[] content) {
    byte[] base = from.content();
    byte[] expected = base.clone();
    int pages = content.length / Content.PAGE;
    for (int page = 1; page <= pages; page++) {
      if (!Content.isSame(base, content, page)) {
        int at = (page - 1) * Content.PAGE;
        if (!write(worker, session, from, content, at)) {
          return false;
        }
        expected = Arrays.copyOf(expected, Math.max(expected.length, at + Content.PAGE));
        System.arraycopy(content, at, expected, at, Content.PAGE);
      }
    }
    return !worker.oneOf(4) || Reading.compare(worker, session, from, expected, "its own writes");
  }

  private static boolean write(Worker worker, Session session, State base, byte[] content, int at) {
    return worker.attempt(
            "writes", base, () -> session.write(ByteBuffer.wrap(content, at, Content.PAGE), at))
        == null;
  }

  private static boolean commit(Worker worker, Session session, State base, Commit commit) {
    @Nullable ErrorKind failure = committed(worker, base, commit, session::sync);
    if (failure == null) {
      if (worker.oneOf(2)) {
        session.truncate(commit.content().length);
      }
      session.committed();
    }
    return failure == null;
  }

  /** Runs what commits, and compares what it tells with what is true. */
  static @Nullable ErrorKind committed(
      Worker worker, @Nullable State base, Commit commit, Runnable task) {
    SimulatedProcess process = worker.process();
    process.committing(commit);
    ErrorKind failure;
    try {
      failure = worker.attempt("makes " + commit, base, task);
    } finally {
      process.committing(null);
    }
    Counts counts = worker.simulation().counts();
    if (failure == null) {
      commit.tell(Commit.Told.DONE);
      State state = commit.state();
      if (state != null) {
        process.see(state);
      }
      counts.add("commits");
    } else if (failure == ErrorKind.CONFLICT || failure == ErrorKind.BUSY) {
      commit.tell(Commit.Told.REFUSED);
      counts.add("refused commits");
    } else {
      commit.tell(Commit.Told.UNKNOWN);
      process.unknown().add(commit);
      counts.add("unknown commits");
    }
    return failure;
  }

  /** Plays SQLite's journal back. */
  private static void playBack(Worker worker, Session session, State from, byte[] content) {
    byte[] base = from.content();
    int pages = Math.min(base.length, content.length) / Content.PAGE;
    for (int page = 1; page <= pages; page++) {
      if (!Content.isSame(base, content, page)
          && !write(worker, session, from, base, (page - 1) * Content.PAGE)) {
        return;
      }
    }
    session.truncate(base.length);
    ErrorKind unused = worker.attempt("plays back", from, session::sync);
  }

  @Override
  public String toString() {
    return "a write transaction";
  }
}
