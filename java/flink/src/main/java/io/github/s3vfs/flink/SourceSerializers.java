package io.github.s3vfs.flink;

import io.github.s3vfs.changelog.TableRange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/** What a source has in checkpoints, as bytes. */
final class SourceSerializers {
  private SourceSerializers() {}

  /** Of splits. */
  static final class Splits extends CheckpointSerializer<SqliteSplit> {
    @Override
    void write(DataOutputSerializer out, SqliteSplit split) throws IOException {
      out.writeUTF(split.splitId());
      TableRange range = split.range();
      out.writeBoolean(range != null);
      if (range != null) {
        out.writeLong(range.version());
        out.writeLong(range.first());
        out.writeLong(range.last());
        out.writeLong(range.skipped());
      }
      writeBytes(out, split.state());
      writeBytes(out, split.pending());
    }

    @Override
    SqliteSplit read(DataInputDeserializer in) throws IOException {
      String id = in.readUTF();
      TableRange range =
          in.readBoolean()
              ? new TableRange(in.readLong(), in.readLong(), in.readLong(), in.readLong())
              : null;
      return new SqliteSplit(id, range, readBytes(in), readBytes(in));
    }
  }

  /** Of what the enumerator knows. */
  static final class States extends CheckpointSerializer<SqliteSourceState> {
    private final Splits splits = new Splits();

    @Override
    void write(DataOutputSerializer out, SqliteSourceState state) throws IOException {
      out.writeBoolean(state.planned());
      out.writeInt(state.splits().size());
      for (SqliteSplit each : state.splits()) {
        splits.write(out, each);
      }
    }

    @Override
    SqliteSourceState read(DataInputDeserializer in) throws IOException {
      boolean planned = in.readBoolean();
      int count = in.readInt();
      List<SqliteSplit> found = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        found.add(splits.read(in));
      }
      return new SqliteSourceState(planned, found);
    }
  }
}
