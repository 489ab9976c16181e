package io.github.s3vfs.flink;

import io.github.s3vfs.changelog.ChangelogException;
import io.github.s3vfs.changelog.TableSchema;
import io.github.s3vfs.flink.SqliteSinkOptions.Mode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.connector.sink2.CommittingSinkWriter;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.groups.SinkWriterMetricGroup;
import org.apache.flink.types.RowKind;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what comes between two checkpoints: all of it, or the last of each key. For the task's
 * thread.
 *
 * @param <T> of the elements
 */
final class SqliteSinkWriter<T>
    implements StatefulSinkWriter<T, SqliteSinkState>, CommittingSinkWriter<T, SqliteCommittable> {
  private final SqliteTable table;
  private final TableSchema schema;
  private final int[] key;
  private final SqliteSinkOptions options;
  private final ElementFormat<T> format;
  private final String sink;
  private final Counter rows;
  private final Counter bytes;
  private final Map<ByteBuffer, byte[]> byKey = new LinkedHashMap<>();
  private final ByteArrayOutputStream all = new ByteArrayOutputStream();
  private long time;
  private long buffered;

  SqliteSinkWriter(
      SqliteTable table,
      SqliteSinkOptions options,
      ElementFormat<T> format,
      SqliteSinkState state,
      SinkWriterMetricGroup metrics) {
    this.table = table;
    this.schema = table.schema();
    this.key = table.keyIndexes();
    this.options = options;
    this.format = format;
    this.sink = state.sink();
    this.time = state.time();
    this.rows = metrics.getNumRecordsSendCounter();
    this.bytes = metrics.getNumBytesSendCounter();
    metrics.gauge("sqliteBufferedBytes", () -> buffered);
  }

  @Override
  public void write(T element, Context context) throws IOException {
    RowKind kind = format.kind(element);
    boolean upsert = options.mode() == Mode.UPSERT;
    if (upsert && kind == RowKind.UPDATE_BEFORE) {
      return;
    }
    List<@Nullable Object> values = format.values(element);
    try {
      SqliteCommittable.event(kind, values).check(schema);
    } catch (ChangelogException e) {
      throw new IOException(table + ": " + e.getMessage(), e);
    }
    byte[] row = RowBytes.of(kind, values);
    if (upsert) {
      byte[] keyBytes = keyOf(values);
      byte[] before = byKey.put(ByteBuffer.wrap(keyBytes), row);
      buffered += row.length + (before == null ? keyBytes.length : -before.length);
    } else {
      all.writeBytes(row);
      buffered += row.length;
    }
    rows.inc();
    if (buffered > options.maxBufferedBytes()) {
      throw new IOException(
          table
              + ": more than "
              + options.maxBufferedBytes()
              + " bytes wait for the next checkpoint: let checkpoints be more frequent, or raise"
              + " 'sink.max-buffered'");
    }
  }

  private byte[] keyOf(List<@Nullable Object> values) {
    List<@Nullable Object> found = new ArrayList<>(key.length);
    for (int each : key) {
      found.add(values.get(each));
    }
    return RowBytes.of(RowKind.INSERT, found);
  }

  @Override
  public void flush(boolean endOfInput) {
    // all is written behind the checkpoint
  }

  @Override
  public Collection<SqliteCommittable> prepareCommit() {
    byKey.values().forEach(all::writeBytes);
    byKey.clear();
    buffered = 0;
    if (all.size() == 0) {
      return List.of();
    }
    byte[] batch = all.toByteArray();
    all.reset();
    bytes.inc(batch.length);
    time = Math.max(time + 1, System.currentTimeMillis());
    return List.of(new SqliteCommittable(sink, 0, time, batch));
  }

  @Override
  public List<SqliteSinkState> snapshotState(long checkpointId) {
    return List.of(new SqliteSinkState(sink, time));
  }

  @Override
  public void close() {
    byKey.clear();
  }
}
