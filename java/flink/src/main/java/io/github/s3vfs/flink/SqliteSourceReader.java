package io.github.s3vfs.flink;

import io.github.s3vfs.changelog.TableRange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.metrics.Counter;
import org.jspecify.annotations.Nullable;

/**
 * Emits what a {@link SplitFetcher} reads, one split after the other. For the task's thread.
 *
 * @param <T> of the elements
 */
final class SqliteSourceReader<T> implements SourceReader<T, SqliteSplit> {
  private final SourceReaderContext context;
  private final SqliteTable table;
  private final SqliteSourceOptions options;
  private final AcceptedRows<T> accepted;
  private final Counter records;
  private final Deque<SqliteSplit> splits = new ArrayDeque<>();
  private final Deque<AcceptedRows.Item<T>> emitting = new ArrayDeque<>();
  private @Nullable SplitFetcher<T> fetcher;
  private boolean noMoreSplits;

  /** Completed when splits come, or it is known that none will. */
  private CompletableFuture<Void> arrival = new CompletableFuture<>();

  SqliteSourceReader(
      SourceReaderContext context,
      SqliteTable table,
      SqliteSourceOptions options,
      ElementFormat<T> format) {
    this.context = context;
    this.table = table;
    this.options = options;
    Counter bad = context.metricGroup().getNumRecordsInErrorsCounter();
    this.accepted = new AcceptedRows<>(table, format, options.badRows(), bad::inc);
    this.records = context.metricGroup().getIOMetricGroup().getNumRecordsInCounter();
    context
        .metricGroup()
        .gauge("sqliteStateBytes", () -> fetcher == null ? 0L : fetcher.stateBytes());
    context
        .metricGroup()
        .gauge("sqliteLastLookMillis", () -> fetcher == null ? 0L : fetcher.lastLookMillis());
  }

  @Override
  public void start() {
    if (splits.isEmpty()) {
      context.sendSplitRequest();
    }
  }

  @Override
  public InputStatus pollNext(ReaderOutput<T> output) throws Exception {
    AcceptedRows.Item<T> item = emitting.poll();
    if (item != null) {
      records.inc();
      output.collect(item.element());
      return InputStatus.MORE_AVAILABLE;
    }
    SplitFetcher<T> fetching = fetcher;
    if (fetching == null) {
      return next();
    }
    if (fetching.take(emitting)) {
      return InputStatus.MORE_AVAILABLE;
    }
    if (fetching.isFinished()) {
      fetching.close();
      fetcher = null;
      return next();
    }
    return InputStatus.NOTHING_AVAILABLE;
  }

  /** Begins with the next split. */
  private InputStatus next() throws IOException {
    SqliteSplit split = splits.poll();
    if (split == null) {
      if (!noMoreSplits) {
        return InputStatus.NOTHING_AVAILABLE;
      }
      return InputStatus.END_OF_INPUT;
    }
    for (RowBytes.Entry row : RowBytes.read(split.pending())) {
      emitting.add(accepted.item(row));
    }
    TableRange range = split.range();
    SplitReading reading =
        range == null
            ? new ChangesReading(table, options, split)
            : new RangeReading(table, options, split, range);
    fetcher = new SplitFetcher<>(table, reading, accepted, options);
    if (splits.isEmpty() && range != null && !noMoreSplits) {
      context.sendSplitRequest(); // so that it is there in time
    }
    return InputStatus.MORE_AVAILABLE;
  }

  @Override
  public List<SqliteSplit> snapshotState(long checkpointId) {
    List<SqliteSplit> state = new ArrayList<>();
    SplitFetcher<T> fetching = fetcher;
    if (fetching != null) {
      state.add(
          fetching.position(
              ready -> {
                ByteArrayOutputStream pending = new ByteArrayOutputStream();
                emitting.forEach(each -> add(pending, each));
                ready.forEach(each -> add(pending, each));
                return pending.toByteArray();
              }));
    }
    state.addAll(splits);
    return state;
  }

  private static void add(ByteArrayOutputStream pending, AcceptedRows.Item<?> item) {
    pending.writeBytes(RowBytes.of(item.row().kind(), item.row().values()));
  }

  @Override
  public CompletableFuture<Void> isAvailable() {
    SplitFetcher<T> fetching = fetcher;
    if (!emitting.isEmpty() || (!splits.isEmpty() && fetching == null)) {
      return CompletableFuture.completedFuture(null);
    }
    return fetching == null ? arrival : fetching.available();
  }

  @Override
  public void addSplits(List<SqliteSplit> more) {
    splits.addAll(more);
    arrived();
  }

  private void arrived() {
    CompletableFuture<Void> before = arrival;
    arrival = noMoreSplits ? before : new CompletableFuture<>();
    boolean unused = before.complete(null);
  }

  @Override
  public void notifyNoMoreSplits() {
    noMoreSplits = true;
    arrived();
  }

  @Override
  public void close() {
    SplitFetcher<T> fetching = fetcher;
    fetcher = null;
    if (fetching != null) {
      fetching.close();
    }
  }
}
