package io.github.s3vfs.changelog;

import io.github.s3vfs.changelog.ChangelogException.Kind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes changes into a table. A batch is one transaction (or several of {@code maxBatchSize}
 * events), begun with BEGIN IMMEDIATE: writers of one database take turns, in this process and in
 * others. A transaction that another writer of S3 was faster than is begun again. When {@link
 * #write} returns, the batch is committed; when it fails, the transaction that was under way has
 * changed nothing, and the batch may be written again. For one thread at a time.
 */
public final class ChangelogWriter implements AutoCloseable {
  /** How many rows are handed to the driver at a time. */
  private static final int ROWS = 1_000;

  private final ChangelogDatabase database;
  private final WriterOptions options;
  private final WriterSql sql;
  private final EventCells cells;
  private final OpenConnection connection;
  private @Nullable PreparedStatement upsert;
  private @Nullable PreparedStatement upserts;
  private @Nullable PreparedStatement delete;
  private boolean closed;

  private ChangelogWriter(
      ChangelogDatabase database,
      String table,
      TableSchema schema,
      WriterOptions options,
      WriterChecks checks,
      OpenConnection connection) {
    this.database = database;
    this.options = options;
    this.sql = WriterSql.of(table, schema, checks);
    this.cells = new EventCells(schema, checks.key());
    this.connection = connection;
  }

  /**
   * Opens the database, which is created if it is missing or empty, and checks the table.
   *
   * @param database where the table is
   * @param table its name, in the schema {@code main}; case does not matter
   * @param schema the columns of an event's row
   * @param options how to write
   * @return the writer
   * @throws ChangelogException one of the kinds that are about writers and destinations, {@code
   *     NOT_A_DATABASE}, {@code OPEN_FAILED}, {@code BUSY} or {@code DATABASE_FAILED}; then the
   *     table is as it was
   */
  public static ChangelogWriter open(
      ChangelogDatabase database, String table, TableSchema schema, WriterOptions options) {
    OpenConnection connection = null;
    try {
      WriterChecks checks = new WriterChecks(table, schema, options);
      connection = database.open(options.busyTimeout());
      ChangelogWriter writer =
          new ChangelogWriter(database, table, schema, options, checks, connection);
      writer.prepare(table, checks);
      return writer;
    } catch (SQLException e) {
      OpenConnection.closeAfter(connection, e);
      throw Failing.of(database, e).of(options.name());
    } catch (ChangelogException e) {
      OpenConnection.closeAfter(connection, e);
      throw e.of(options.name());
    }
  }

  private void prepare(String table, WriterChecks checks) throws SQLException {
    connection.execute("PRAGMA schema_version");
    boolean changes = options.initMode() != WriterOptions.InitMode.DEFAULT;
    transaction(
        changes ? "BEGIN IMMEDIATE" : "BEGIN",
        () -> {
          TableShape found = TableShape.of(connection.jdbc(), table);
          checks.before(found);
          if (options.initMode() == WriterOptions.InitMode.REPLACE) {
            connection.execute("DROP TABLE IF EXISTS main." + Names.quoted(table));
          }
          if (changes) {
            connection.execute("CREATE TABLE IF NOT EXISTS " + sql.create());
          }
          checks.after(changes ? TableShape.of(connection.jdbc(), table) : found);
        });
    Connection jdbc = connection.jdbc();
    upsert = jdbc.prepareStatement(sql.upsert());
    upserts = jdbc.prepareStatement(sql.upserts());
    delete = sql.delete() == null ? null : jdbc.prepareStatement(sql.delete());
  }

  /**
   * Writes the changes of a reader.
   *
   * @param time of the batch, for the column {@code time} of a stream of changes
   * @param batch of rows with the same columns
   * @throws ChangelogException as {@link #write(long, Collection)}
   */
  public void write(long time, ChangeBatch batch) {
    write(time, batch.changes().stream().map(RowEvent::of).toList());
  }

  /**
   * Writes events. In the mode SNAPSHOT all rows that go are taken out before the first is put in,
   * so the order of the events is of no importance; of a key there is at most one row that comes.
   *
   * @param time of the batch, for the column {@code time} of a stream of changes
   * @param events in order
   * @throws ChangelogException {@code ROW_HAS_ERRORS} or {@code INVALID_VALUE} if an event cannot
   *     be written, and then nothing is; {@code CONSTRAINT} if the table refuses one; {@code BUSY};
   *     {@code DATABASE_GONE} if the file was deleted or moved: open another writer; {@code
   *     DATABASE_FAILED}. Of a batch larger than {@code maxBatchSize}, transactions before the one
   *     that failed are committed
   */
  public void write(long time, Collection<RowEvent> events) {
    write(time, events, null);
  }

  /** What a program does itself in the transaction of a batch. */
  @FunctionalInterface
  public interface Within {
    /**
     * Runs before the first event is written; again, where the transaction is begun again.
     *
     * @param connection in the transaction, which it must not end; not to be kept
     * @return whether the events are to be written; what it has written itself is committed either
     *     way
     * @throws SQLException to undo all of it
     */
    boolean run(Connection connection) throws SQLException;
  }

  /**
   * Writes events as {@link #write(long, Collection)}, in one transaction with what the program has
   * to say of its own, as how far it has come: neither is there without the other.
   *
   * @param time of the batch
   * @param events in order
   * @param within runs first
   * @throws ChangelogException as the other one; {@code INVALID_BATCH_SIZE} if there are more than
   *     {@code maxBatchSize} events
   */
  public void writeWithin(long time, Collection<RowEvent> events, Within within) {
    if (events.size() > options.maxBatchSize()) {
      throw new ChangelogException(
              Kind.INVALID_BATCH_SIZE,
              List.of(),
              events.size() + " events do not go into one transaction")
          .of(options.name());
    }
    write(time, events, within);
  }

  private void write(long time, Collection<RowEvent> events, @Nullable Within within) {
    try {
      if (closed) {
        throw new ChangelogException(Kind.CLOSED, List.of(), "the writer was closed");
      }
      List<RowEvent> gone = new ArrayList<>();
      List<RowEvent> come = new ArrayList<>(events.size());
      for (RowEvent event : events) {
        (delete != null && event.diff() < 0 ? gone : come).add(event);
      }
      write(gone, come, event -> cells.row(event, time), within);
    } catch (SQLException e) {
      throw Failing.of(database, e).of(options.name());
    } catch (ChangelogException e) {
      throw e.of(options.name());
    }
  }

  private void write(
      List<RowEvent> gone, List<RowEvent> come, Cells coming, @Nullable Within within)
      throws SQLException {
    int cut = gone.size();
    int total = cut + come.size();
    if (total > options.maxBatchSize()) {
      // A bad event is found before anything is committed.
      gone.forEach(cells::key);
      come.forEach(coming::of);
    }
    int length = within == null ? total : Math.max(total, 1);
    for (long from = 0; from < length; from += options.maxBatchSize()) {
      int start = (int) from;
      int end = (int) Math.min(total, from + options.maxBatchSize());
      List<RowEvent> goes = gone.subList(Math.min(start, cut), Math.min(end, cut));
      List<RowEvent> comes = come.subList(Math.max(start - cut, 0), Math.max(end - cut, 0));
      int grouped = comes.size() - comes.size() % sql.rows();
      transaction(
          "BEGIN IMMEDIATE",
          () -> {
            if (within == null || within.run(connection.jdbc())) {
              run(delete, 1, goes, cells::key);
              run(upserts, sql.rows(), comes.subList(0, grouped), coming);
              run(upsert, 1, comes.subList(grouped, comes.size()), coming);
            }
          });
    }
  }

  /** What an event binds to the parameters of a statement. */
  private interface Cells {
    /**
     * The values.
     *
     * @throws ChangelogException if it cannot be written
     */
    @Nullable Object[] of(RowEvent event);
  }

  /** Runs a statement that takes some rows at a time. */
  private static void run(
      @Nullable PreparedStatement statement, int rows, List<RowEvent> events, Cells cells)
      throws SQLException {
    if (statement == null || events.isEmpty()) {
      return;
    }
    // Without the proxy of a connection to S3, or of a pool, where nothing is sent.
    PreparedStatement binding = statement.unwrap(PreparedStatement.class);
    int parameter = 0;
    int bound = 0;
    int waiting = 0;
    try {
      for (RowEvent event : events) {
        for (Object cell : cells.of(event)) {
          binding.setObject(++parameter, cell);
        }
        if (++bound == rows) {
          binding.addBatch();
          waiting += bound;
          bound = 0;
          parameter = 0;
        }
        if (waiting >= ROWS) {
          int[] unused = statement.executeBatch();
          waiting = 0;
        }
      }
      if (waiting > 0) {
        int[] unused = statement.executeBatch();
      }
    } finally {
      statement.clearBatch();
    }
  }

  private interface Work {
    void run() throws SQLException;
  }

  /** Runs work in a transaction; again, where another writer of S3 was faster. */
  private void transaction(String begin, Work work) throws SQLException {
    long deadline = System.nanoTime() + Durations.nanos(options.busyTimeout());
    while (true) {
      try {
        connection.execute(begin);
        work.run();
        connection.execute("COMMIT");
        return;
      } catch (SQLException e) {
        rollBack(e);
        if (!Failing.lost(e) || System.nanoTime() - deadline > 0) {
          throw e;
        }
      } catch (RuntimeException | Error e) {
        rollBack(e);
        throw e;
      }
    }
  }

  private void rollBack(Throwable failure) {
    try {
      connection.rollBack();
    } catch (SQLException e) {
      failure.addSuppressed(e);
    }
  }

  /**
   * Closes the connection. Closing again does nothing.
   *
   * @throws ChangelogException {@code DATABASE_FAILED} if that fails
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try (connection) {
      for (PreparedStatement each : Arrays.asList(upsert, upserts, delete)) {
        if (each != null) {
          each.close();
        }
      }
    } catch (SQLException e) {
      throw Failing.of(database, e).of(options.name());
    }
  }
}
