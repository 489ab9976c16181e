package io.github.s3vfs.flink;

import io.github.s3vfs.changelog.ChangelogException;
import io.github.s3vfs.changelog.ChangelogWriter;
import io.github.s3vfs.changelog.WriterOptions.InitMode;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.api.connector.sink2.SupportsWriterState;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessage;
import org.apache.flink.streaming.api.connector.sink2.CommittableWithLineage;
import org.apache.flink.streaming.api.connector.sink2.SupportsPreCommitTopology;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.table.data.RowData;
import org.apache.flink.types.Row;

/**
 * Writes a stream into a SQLite table, each element exactly once: what comes between two
 * checkpoints waits in memory, becomes part of the checkpoint, and is written when that is
 * complete, in one transaction with the checkpoint's number. Whoever finds that number in the
 * database need not write the rows again. So rows appear when a checkpoint is complete, or at the
 * end of a job without checkpoints; without them a job that does not end writes nothing. Immutable.
 *
 * <p>SQLite has one writer: the parallelism must be 1, {@code
 * stream.sinkTo(sink).setParallelism(1)}.
 *
 * <p>In the mode {@code UPSERT} an element of the kind UPDATE_BEFORE says nothing, one of the kind
 * DELETE deletes the row of its key, and others replace it. In the mode {@code STREAM} each one
 * becomes a row, with the time of its batch in milliseconds since 1970, which is another one for
 * each, and 1 or -1.
 *
 * @param <T> of the elements
 */
public final class SqliteSink<T>
    implements Sink<T>,
        SupportsWriterState<T, SqliteSinkState>,
        SupportsCommitter<SqliteCommittable>,
        SupportsPreCommitTopology<SqliteCommittable, SqliteCommittable> {
  private static final long serialVersionUID = 1;

  private final SqliteTable table;
  private final SqliteSinkOptions options;
  private final ElementFormat<T> format;

  private SqliteSink(SqliteTable table, SqliteSinkOptions options, ElementFormat<T> format) {
    this.table = table;
    this.options = options;
    this.format = format;
    if (options.mode() == SqliteSinkOptions.Mode.UPSERT && table.key().isEmpty()) {
      throw new IllegalArgumentException(table + ": the mode UPSERT needs a key");
    }
  }

  /**
   * A sink of rows: by the names of their fields, where they were made {@code withNames}, else by
   * the order of these. A row, also one in another one, has all fields of its type and no others.
   *
   * @param table to be written to; its key is of importance in the mode {@code UPSERT} only
   * @param options how to write
   * @return the sink
   * @throws IllegalArgumentException if the mode is {@code UPSERT} and there is no key
   */
  public static SqliteSink<Row> rows(SqliteTable table, SqliteSinkOptions options) {
    return new SqliteSink<>(table, options, new RowFormat(table.type()));
  }

  /** Of the Table API. */
  static SqliteSink<RowData> internal(SqliteTable table, SqliteSinkOptions options) {
    return new SqliteSink<>(table, options, new RowDataFormat(table.type()));
  }

  @Override
  public StatefulSinkWriter<T, SqliteSinkState> createWriter(WriterInitContext context)
      throws IOException {
    checkParallelism(context);
    String sink = UUID.randomUUID().toString();
    SinkBook book = new SinkBook(table, sink, context.getJobInfo().getJobId().toString());
    within(
        options.init(),
        connection -> {
          take(connection, table, options.init(), book);
          return true;
        });
    return new SqliteSinkWriter<>(
        table, options, format, new SqliteSinkState(sink, 0), context.metricGroup());
  }

  /**
   * The table belongs to a sink from now on. One that was made in the transaction before may have
   * rows already, of the sink that it belonged to: it is as new again.
   */
  static void take(Connection connection, SqliteTable table, InitMode init, SinkBook book)
      throws SQLException {
    ColumnTypes.check(connection, table);
    if (init == InitMode.REPLACE) {
      try (Statement statement = connection.createStatement()) {
        String name = table.name().replace("\"", "\"\"");
        int unused = statement.executeUpdate("DELETE FROM main.\"" + name + "\"");
      }
    }
    book.take(connection);
  }

  @Override
  public StatefulSinkWriter<T, SqliteSinkState> restoreWriter(
      WriterInitContext context, Collection<SqliteSinkState> states) throws IOException {
    if (states.isEmpty() || context.getRestoredCheckpointId().isEmpty()) {
      return createWriter(context);
    }
    checkParallelism(context);
    SqliteSinkState state = states.iterator().next();
    long restored = context.getRestoredCheckpointId().getAsLong();
    String job = context.getJobInfo().getJobId().toString();
    SinkBook book = new SinkBook(table, state.sink(), job);
    within(
        InitMode.DEFAULT,
        connection -> {
          ColumnTypes.check(connection, table);
          book.resume(connection, restored, options.mode());
          return true;
        });
    return new SqliteSinkWriter<>(table, options, format, state, context.metricGroup());
  }

  /** Checks the table, and does something in a transaction. */
  private void within(InitMode init, ChangelogWriter.Within within) throws IOException {
    try (ChangelogWriter writer =
        ChangelogWriter.open(
            table.database(), table.name(), table.schema(), options.writer(table, init))) {
      writer.writeWithin(0, List.of(), within);
    } catch (ChangelogException e) {
      throw new IOException("cannot write to " + table + ": " + e.getMessage(), e);
    }
  }

  private void checkParallelism(WriterInitContext context) {
    int parallelism = context.getTaskInfo().getNumberOfParallelSubtasks();
    if (parallelism != 1) {
      throw new IllegalArgumentException(
          table
              + ": SQLite has one writer, and the sink's parallelism is "
              + parallelism
              + ": set it to 1");
    }
  }

  @Override
  public Committer<SqliteCommittable> createCommitter(CommitterInitContext context) {
    return new SqliteCommitter(table, options, context);
  }

  /** Tells what is to be written which checkpoint it is part of. */
  @Override
  public DataStream<CommittableMessage<SqliteCommittable>> addPreCommitTopology(
      DataStream<CommittableMessage<SqliteCommittable>> committables) {
    return committables
        .map(SqliteSink::withCheckpoint)
        .returns(committables.getType())
        .name("Checkpoint");
  }

  private static CommittableMessage<SqliteCommittable> withCheckpoint(
      CommittableMessage<SqliteCommittable> message) {
    return message instanceof CommittableWithLineage<SqliteCommittable> found
        ? found.map(committable -> committable.at(found.getCheckpointId()))
        : message;
  }

  @Override
  public SimpleVersionedSerializer<SqliteSinkState> getWriterStateSerializer() {
    return new SinkSerializers.States();
  }

  @Override
  public SimpleVersionedSerializer<SqliteCommittable> getCommittableSerializer() {
    return new SinkSerializers.Committables();
  }

  @Override
  public SimpleVersionedSerializer<SqliteCommittable> getWriteResultSerializer() {
    return new SinkSerializers.Committables();
  }
}
