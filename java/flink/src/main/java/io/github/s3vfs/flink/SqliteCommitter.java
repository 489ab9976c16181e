package io.github.s3vfs.flink;

import io.github.s3vfs.changelog.ChangelogException;
import io.github.s3vfs.changelog.ChangelogWriter;
import io.github.s3vfs.changelog.RowEvent;
import io.github.s3vfs.changelog.WriterOptions.InitMode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.groups.SinkCommitterMetricGroup;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what checkpoints have: a transaction for each, which has the checkpoint's number, too. For
 * the task's thread.
 */
final class SqliteCommitter implements Committer<SqliteCommittable> {
  private static final Logger LOG = LoggerFactory.getLogger(SqliteCommitter.class);

  private final SqliteTable table;
  private final SqliteSinkOptions options;
  private final String job;
  private final Counter rows;

  /** The checkpoint that the job goes on from; 0 if there is none. */
  private final long restored;

  private long lastCheckpoint;
  private long lastMillis;
  private @Nullable ChangelogWriter writer;

  SqliteCommitter(SqliteTable table, SqliteSinkOptions options, CommitterInitContext context) {
    this.table = table;
    this.options = options;
    this.job = context.getJobInfo().getJobId().toString();
    this.restored = context.getRestoredCheckpointId().orElse(0);
    SinkCommitterMetricGroup metrics = context.metricGroup();
    this.rows = metrics.counter("sqliteRowsCommitted");
    metrics.gauge("sqliteLastCheckpoint", () -> lastCheckpoint);
    metrics.gauge("sqliteCommitMillis", () -> lastMillis);
  }

  @Override
  public void commit(Collection<CommitRequest<SqliteCommittable>> requests) throws IOException {
    List<CommitRequest<SqliteCommittable>> ordered = new ArrayList<>(requests);
    ordered.sort(Comparator.comparingLong(each -> each.getCommittable().checkpoint()));
    for (CommitRequest<SqliteCommittable> each : ordered) {
      commit(each);
    }
  }

  private void commit(CommitRequest<SqliteCommittable> request) throws IOException {
    SqliteCommittable committable = request.getCommittable();
    List<RowEvent> events = committable.events();
    SinkBook book = new SinkBook(table, committable.sink(), job);
    boolean[] isNew = {false};
    long began = System.nanoTime();
    try {
      opened()
          .writeWithin(
              committable.time(),
              events,
              connection -> {
                isNew[0] =
                    book.advance(
                        connection,
                        committable.checkpoint(),
                        committable.time(),
                        committable.checkpoint() <= restored);
                return isNew[0];
              });
    } catch (ChangelogException e) {
      close();
      if (e.kind() == ChangelogException.Kind.BUSY) {
        LOG.warn("{} is busy, and {} waits: {}", table, committable, e.getMessage());
        request.retryLater();
        return;
      }
      throw new IOException(
          "cannot write " + committable + " to " + table + ": " + e.getMessage(), e);
    }
    lastMillis = (System.nanoTime() - began) / 1_000_000;
    lastCheckpoint = committable.checkpoint();
    if (isNew[0]) {
      rows.inc(events.size());
    } else {
      LOG.info("{} has {} already", table, committable);
      request.signalAlreadyCommitted();
    }
  }

  private ChangelogWriter opened() {
    ChangelogWriter open = writer;
    if (open == null) {
      open =
          ChangelogWriter.open(
              table.database(),
              table.name(),
              table.schema(),
              options.writer(table, InitMode.DEFAULT));
      writer = open;
    }
    return open;
  }

  @Override
  public void close() {
    ChangelogWriter open = writer;
    writer = null;
    if (open != null) {
      open.close();
    }
  }
}
