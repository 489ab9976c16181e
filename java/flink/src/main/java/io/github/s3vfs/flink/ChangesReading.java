package io.github.s3vfs.flink;

import io.github.s3vfs.changelog.Change;
import io.github.s3vfs.changelog.ChangelogDatabase;
import io.github.s3vfs.changelog.ChangelogReader;
import io.github.s3vfs.changelog.ReaderOptions;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;

/** Reads all changes of a table. What was told of is the state of its reader. */
final class ChangesReading implements SplitReading {
  private final SqliteTable table;
  private final SqliteSourceOptions options;
  private final SqliteSplit split;
  private byte[] state;
  private boolean changed;
  private @Nullable ChangelogReader reader;

  ChangesReading(SqliteTable table, SqliteSourceOptions options, SqliteSplit split) {
    this.table = table;
    this.options = options;
    this.split = split;
    this.state = split.state();
  }

  private ChangelogReader opened() {
    ChangelogReader open = reader;
    if (open == null) {
      ReaderOptions reading =
          ReaderOptions.defaults()
              .name("source of " + table.name())
              .maxBatchChanges(options.batchSize())
              .busyTimeout(options.busyTimeout());
      ChangelogDatabase database = table.database();
      if (state.length == 0) {
        open = ChangelogReader.open(database, table.name(), table.schema(), reading);
      } else {
        InputStream saved = new InflaterInputStream(new ByteArrayInputStream(state));
        open = ChangelogReader.restore(database, table.name(), table.schema(), reading, saved);
      }
      reader = open;
    }
    return open;
  }

  @Override
  public List<Change> next() {
    List<Change> changes = opened().poll().changes();
    changed |= !changes.isEmpty();
    return changes;
  }

  @Override
  public boolean isFinished() {
    return false;
  }

  @Override
  public boolean hasBegun() {
    return reader != null;
  }

  @Override
  public SqliteSplit position(byte[] pending) {
    if (changed && reader != null) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      Deflater fast = new Deflater(Deflater.BEST_SPEED);
      try (OutputStream out = new DeflaterOutputStream(bytes, fast, 1 << 16)) {
        reader.saveState(out);
      } catch (IOException e) {
        throw new UncheckedIOException(e); // not of memory
      } finally {
        fast.end();
      }
      state = bytes.toByteArray();
      changed = false;
    }
    return split.at(null, state, pending);
  }

  @Override
  public long stateBytes() {
    return reader == null ? 0 : reader.stateBytes();
  }

  @Override
  public void close() {
    ChangelogReader open = reader;
    reader = null;
    if (open != null) {
      open.close();
    }
  }
}
