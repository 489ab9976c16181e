package io.github.s3vfs.changelog;

import io.github.s3vfs.changelog.ChangelogException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells how a table has changed since it was last looked at: the first look tells of every row.
 * What was told is the reader's state: hashes in memory (48 to 72 bytes for each row), values in a
 * file. Several writes between two looks are one change of each row that they have changed.
 *
 * <p>In each look rows that are new or were changed come first, and then those that are gone. A row
 * whose key another one has is told with errors in place of the key, once, and taken back when the
 * key is its own. A value that does not fit its column's type is an error of that column, and the
 * row is told.
 *
 * <p>While the batches of a look are fetched, a read transaction is open: in a local database that
 * is not in WAL mode, writers wait for its end.
 *
 * <p>After a failure the state is kept, and the next call looks again. For one thread at a time.
 *
 * <p>With a state directory, a batch is on disk before it is handed out. What was handed out and
 * not saved when a process ended is told of again by the next reader: the same changes, in the same
 * order, and only then what has changed since.
 */
public final class ChangelogReader implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ChangelogReader.class);

  /** What may go away by itself, as a file does that is being replaced. */
  private static final Set<Kind> PASSING =
      Set.of(
          Kind.BUSY,
          Kind.DATABASE_FAILED,
          Kind.OPEN_FAILED,
          Kind.DATABASE_GONE,
          Kind.NOT_A_DATABASE);

  private final ReaderOptions options;
  private final TableSource source;
  private final RowState state;
  private @Nullable Diff diff;

  /** To be handed out as soon as the state has it. */
  private @Nullable ChangeBatch waiting;

  /** To be thrown by the next call: the changes before it had to be handed out. */
  private @Nullable RuntimeException failure;

  private boolean closed;

  private ChangelogReader(ReaderOptions options, TableSource source, RowState state) {
    this.options = options;
    this.source = source;
    this.state = state;
  }

  /**
   * Opens the database, for reading, and checks the table. With a state directory that a reader of
   * the same table and schema has left, goes on where that one has saved its state.
   *
   * @param database where the table is
   * @param table the name of a table or view in the schema {@code main}; case does not matter
   * @param schema the columns to be read; with a key, that identifies a row, else the rowid does
   * @param options how to read
   * @return the reader
   * @throws ChangelogException one of the kinds that are about readers and states, {@code
   *     NOT_A_DATABASE}, {@code OPEN_FAILED}, {@code BUSY} or {@code DATABASE_FAILED}
   */
  public static ChangelogReader open(
      ChangelogDatabase database, String table, TableSchema schema, ReaderOptions options) {
    return open(database, table, schema, options, null);
  }

  /**
   * As the other one, going on where another reader has saved its state.
   *
   * @param database where the table is
   * @param table the name of a table or view
   * @param schema the columns to be read
   * @param options how to read; what is in the state directory is replaced
   * @param saved what {@link #saveState(OutputStream)} has written; read to its end, not closed
   * @return the reader
   * @throws ChangelogException as the other one
   */
  public static ChangelogReader restore(
      ChangelogDatabase database,
      String table,
      TableSchema schema,
      ReaderOptions options,
      InputStream saved) {
    return open(database, table, schema, options, saved);
  }

  private static ChangelogReader open(
      ChangelogDatabase database,
      String table,
      TableSchema schema,
      ReaderOptions options,
      @Nullable InputStream saved) {
    TableSource source = new TableSource(database, table, schema, options.busyTimeout());
    try {
      source.connect();
      RowState state = RowState.open(options.stateDirectory(), saved, describe(table, schema));
      source.asOf(state.mark().database(), state.mark().version());
      return new ChangelogReader(options, source, state);
    } catch (SQLException e) {
      source.disconnect();
      throw Failing.of(database, e).of(options.name());
    } catch (ChangelogException e) {
      source.disconnect();
      throw e.of(options.name());
    } catch (RuntimeException | Error e) {
      source.disconnect();
      throw e;
    }
  }

  private static String describe(String table, TableSchema schema) {
    return schema.columns().stream()
        .map(
            column ->
                Names.quoted(Names.folded(column.name()))
                    + " "
                    + column.type()
                    + (column.primaryKey() ? " key" : ""))
        .collect(Collectors.joining(", ", Names.quoted(Names.folded(table)) + "(", ")"));
  }

  /**
   * The next changes, or none: what is there now, without waiting for more.
   *
   * @return at most {@code maxBatchChanges} changes
   * @throws ChangelogException {@code BUSY}, {@code DATABASE_FAILED}, {@code OPEN_FAILED}, {@code
   *     DATABASE_GONE} or {@code NOT_A_DATABASE}, which may pass; {@code TABLE_NOT_FOUND}, {@code
   *     MISSING_COLUMN}, {@code SCHEMA_CHANGED} and the others about the table if its schema has
   *     changed; {@code STATE_FAILED} if the state's file cannot be written, {@code CLOSED}
   */
  public ChangeBatch poll() {
    if (closed) {
      throw new ChangelogException(Kind.CLOSED, List.of(), "the reader was closed")
          .of(options.name());
    }
    if (waiting == null) {
      if (failure != null) {
        RuntimeException before = failure;
        failure = null;
        throw before;
      }
      ChangeBatch again = again();
      if (!again.isEmpty()) {
        return again;
      }
      waiting = next();
    }
    ChangeBatch batch = waiting;
    try {
      state.handOut(source.databaseId(), source.version(), batch);
    } catch (IOException e) {
      throw RowState.failed(e).of(options.name());
    }
    waiting = null;
    return batch;
  }

  /** What the reader before has handed out and not saved; none if there is nothing more. */
  private ChangeBatch again() {
    List<Change> changes = new ArrayList<>();
    if (!state.isBehind()) {
      return new ChangeBatch(changes, false);
    }
    try {
      StateMark end = state.tellAgain(source.codec(), changes, options.maxBatchChanges());
      if (end != null) {
        source.asOf(end.database(), end.version());
      } else if (!changes.isEmpty()) {
        source.asOf("", -1);
      }
      return new ChangeBatch(changes, end != null && end.complete());
    } catch (IOException e) {
      source.asOf("", -1);
      return failed(changes, RowState.failed(e));
    }
  }

  private ChangeBatch next() {
    List<Change> changes = new ArrayList<>();
    try {
      if (diff == null) {
        diff = source.look(state);
      }
      if (diff == null) {
        return new ChangeBatch(changes, false);
      }
      boolean done =
          diff.fill(
              changes, options.maxBatchChanges(), Durations.nanos(options.autocommitDuration()));
      if (done) {
        diff.close();
        diff = null;
        source.looked();
        state.tidy();
      }
      // Also behind a batch of a look before, that has not come to its end.
      return new ChangeBatch(changes, done && (!changes.isEmpty() || !state.isWhole()));
    } catch (SQLException e) {
      return failed(changes, Failing.of(source.database(), e));
    } catch (IOException e) {
      return failed(changes, RowState.failed(e));
    } catch (RuntimeException e) {
      return failed(changes, e);
    }
  }

  private ChangeBatch failed(List<Change> changes, RuntimeException e) {
    if (e instanceof ChangelogException known) {
      ChangelogException unused = known.of(options.name());
    }
    disconnect();
    if (changes.isEmpty()) {
      throw e;
    }
    failure = e;
    return new ChangeBatch(changes, false);
  }

  /** Ends a look that is under way. */
  private void disconnect() {
    Diff unfinished = diff;
    diff = null;
    try {
      if (unfinished != null) {
        unfinished.close();
      }
    } catch (SQLException e) {
      LOG.debug("Cannot close a query", e);
    }
    source.disconnect();
  }

  /**
   * The next changes; waits for some, and looks every {@code pollInterval}. Failures that may pass
   * are logged, and it looks again.
   *
   * @param timeout how long to wait
   * @return none if there were none until then, or if the thread was interrupted, which it still is
   * @throws ChangelogException as {@link #poll()}; one that may pass if it has not until the end
   */
  public ChangeBatch poll(Duration timeout) {
    long deadline = System.nanoTime() + Durations.nanos(timeout);
    while (!Thread.currentThread().isInterrupted()) {
      ChangelogException passing = null;
      try {
        ChangeBatch batch = poll();
        if (!batch.isEmpty() || batch.complete()) {
          return batch;
        }
      } catch (ChangelogException e) {
        if (!PASSING.contains(e.kind())) {
          throw e;
        }
        LOG.warn("Cannot look at a table, and will try again: {}", e.getMessage());
        passing = e;
      }
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0 && passing != null) {
        throw passing;
      }
      if (left <= 0 || !slept(Math.min(left, Durations.millis(options.pollInterval())))) {
        break;
      }
    }
    return new ChangeBatch(List.of(), false);
  }

  private static boolean slept(long millis) {
    try {
      Thread.sleep(millis);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * Saves the state into its directory: the next reader tells of no change again that was handed
   * out before this call. Writes what has changed since the last call, and waits until it is on
   * disk.
   *
   * @throws ChangelogException {@code STATE_FAILED}
   */
  public void saveState() {
    try {
      state.save(source.databaseId(), source.version());
    } catch (IOException e) {
      throw RowState.failed(e).of(options.name());
    }
  }

  /**
   * Saves the state, and copies it: for {@link #restore}.
   *
   * @param out gets about as many bytes as the table has; not closed
   * @throws ChangelogException {@code STATE_FAILED}
   */
  public void saveState(OutputStream out) {
    saveState();
    try {
      state.copyTo(out);
    } catch (IOException e) {
      throw RowState.failed(e).of(options.name());
    }
  }

  /** Whether the last look was at a part of the table. */
  boolean sawPart() {
    return source.sawPart();
  }

  /** How many bytes of memory the state takes, about. */
  public long stateBytes() {
    return state.table().bytes();
  }

  /** How many bytes the file of the state has. */
  public long stateFileBytes() {
    return state.fileBytes();
  }

  /**
   * Closes the connection and the state, without saving it. Closing again does nothing.
   *
   * @throws ChangelogException {@code STATE_FAILED}
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    disconnect();
    try {
      state.close();
    } catch (IOException e) {
      throw RowState.failed(e).of(options.name());
    }
  }
}
