package io.github.s3vfs.flink;

import io.github.s3vfs.changelog.TableRange;
import io.github.s3vfs.changelog.TableScan;
import io.github.s3vfs.flink.SqliteSourceOptions.Mode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.util.FlinkRuntimeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Divides a table, once for a job, and hands the splits to readers that ask. Runs in the job
 * manager. For the coordinator's thread; the table is looked at on another one.
 */
final class SqliteEnumerator implements SplitEnumerator<SqliteSplit, SqliteSourceState> {
  private static final Logger LOG = LoggerFactory.getLogger(SqliteEnumerator.class);
  private static final int FOR_EACH_READER = 2;

  private final SplitEnumeratorContext<SqliteSplit> context;
  private final SqliteTable table;
  private final SqliteSourceOptions options;
  private final Deque<SqliteSplit> splits = new ArrayDeque<>();
  private final Set<Integer> waiting = new LinkedHashSet<>();
  private boolean planned;

  SqliteEnumerator(
      SplitEnumeratorContext<SqliteSplit> context,
      SqliteTable table,
      SqliteSourceOptions options,
      @Nullable SqliteSourceState state) {
    this.context = context;
    this.table = table;
    this.options = options;
    if (state != null) {
      planned = state.planned();
      splits.addAll(state.splits());
    }
  }

  @Override
  public void start() {
    if (planned) {
      return;
    }
    if (options.mode() == Mode.CHANGELOG) {
      planned(List.of(SqliteSplit.changes()));
    } else {
      context.callAsync(this::plan, this::planned);
    }
  }

  private List<SqliteSplit> plan() {
    int most =
        options.splits() > 0 ? options.splits() : FOR_EACH_READER * context.currentParallelism();
    List<SqliteSplit> made = new ArrayList<>();
    List<TableRange> ranges =
        TableScan.ranges(
            table.database(), table.name(), table.schema(), most, options.busyTimeout());
    for (TableRange each : ranges) {
      made.add(SqliteSplit.of(made.size(), each));
    }
    LOG.info("{} is read in {} splits: {}", table, made.size(), made);
    return made;
  }

  private void planned(@Nullable List<SqliteSplit> made, @Nullable Throwable failure) {
    if (failure != null || made == null) {
      throw new FlinkRuntimeException("cannot read " + table + ": " + failure, failure);
    }
    planned(made);
  }

  private void planned(List<SqliteSplit> made) {
    splits.addAll(made);
    planned = true;
    List<Integer> asked = List.copyOf(waiting);
    waiting.clear();
    asked.forEach(this::answer);
  }

  @Override
  public void handleSplitRequest(int subtask, @Nullable String host) {
    if (planned) {
      answer(subtask);
    } else {
      boolean unused = waiting.add(subtask);
    }
  }

  private void answer(int subtask) {
    if (!context.registeredReaders().containsKey(subtask)) {
      return; // it has failed since it asked
    }
    SqliteSplit next = splits.poll();
    if (next == null) {
      context.signalNoMoreSplits(subtask);
    } else {
      context.assignSplit(next, subtask);
    }
  }

  @Override
  public void addSplitsBack(List<SqliteSplit> back, int subtask) {
    back.forEach(splits::addFirst);
  }

  @Override
  public void addReader(int subtask) {
    // it asks
  }

  @Override
  public SqliteSourceState snapshotState(long checkpointId) {
    return new SqliteSourceState(planned, List.copyOf(splits));
  }

  @Override
  public void close() {
    splits.clear();
  }
}
