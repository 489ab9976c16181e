package io.github.s3vfs.flink;

import io.github.s3vfs.changelog.Change;
import io.github.s3vfs.changelog.ChangelogException;
import io.github.s3vfs.changelog.TableRange;
import io.github.s3vfs.changelog.TableScan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.flink.types.RowKind;
import org.jspecify.annotations.Nullable;

/** Reads a range of a table. */
final class RangeReading implements SplitReading {
  private static final byte[] NONE = {};

  private final SqliteTable table;
  private final SqliteSourceOptions options;
  private final SqliteSplit split;
  private TableRange rest;

  /** Of the last row that was read, of a table WITHOUT ROWID. */
  private List<Object> lastKey;

  private @Nullable TableScan scan;
  private boolean begun;

  RangeReading(
      SqliteTable table, SqliteSourceOptions options, SqliteSplit split, TableRange range) {
    this.table = table;
    this.options = options;
    this.split = split;
    this.rest = range;
    this.lastKey = key(split.state());
  }

  private static List<Object> key(byte[] state) {
    try {
      List<RowBytes.Entry> entries = RowBytes.read(state);
      return entries.isEmpty() ? List.of() : List.copyOf(entries.get(0).values());
    } catch (IOException e) {
      throw new UncheckedIOException("the checkpoint has no key of a row", e);
    }
  }

  @Override
  public List<Change> next() {
    if (rest.isEmpty()) {
      return List.of(); // the version may not be kept any more
    }
    try {
      TableScan open = scan;
      if (open == null) {
        open =
            TableScan.open(
                table.database(),
                table.name(),
                table.schema(),
                rest,
                lastKey,
                options.busyTimeout());
        scan = open;
        begun = true;
      }
      List<Change> changes = open.next(options.batchSize());
      rest = open.rest();
      lastKey = open.lastKey();
      return changes;
    } catch (ChangelogException e) {
      close(); // another scan goes on with the rest
      throw e;
    }
  }

  @Override
  public boolean isFinished() {
    return rest.isEmpty();
  }

  @Override
  public boolean hasBegun() {
    return begun;
  }

  @Override
  public SqliteSplit position(byte[] pending) {
    byte[] key = lastKey.isEmpty() ? NONE : RowBytes.of(RowKind.INSERT, List.copyOf(lastKey));
    return split.at(rest, key, pending);
  }

  @Override
  public long stateBytes() {
    return 0;
  }

  @Override
  public void close() {
    TableScan open = scan;
    scan = null;
    if (open != null) {
      open.close();
    }
  }
}
