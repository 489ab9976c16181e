package io.github.s3vfs.flink;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/** What a sink has in checkpoints, as bytes. */
final class SinkSerializers {
  private SinkSerializers() {}

  /** Of what is to be written. */
  static final class Committables extends CheckpointSerializer<SqliteCommittable> {
    @Override
    void write(DataOutputSerializer out, SqliteCommittable committable) throws IOException {
      out.writeUTF(committable.sink());
      out.writeLong(committable.checkpoint());
      out.writeLong(committable.time());
      writeBytes(out, committable.rows());
    }

    @Override
    SqliteCommittable read(DataInputDeserializer in) throws IOException {
      return new SqliteCommittable(in.readUTF(), in.readLong(), in.readLong(), readBytes(in));
    }
  }

  /** Of a writer's state. */
  static final class States extends CheckpointSerializer<SqliteSinkState> {
    @Override
    void write(DataOutputSerializer out, SqliteSinkState state) throws IOException {
      out.writeUTF(state.sink());
      out.writeLong(state.time());
    }

    @Override
    SqliteSinkState read(DataInputDeserializer in) throws IOException {
      return new SqliteSinkState(in.readUTF(), in.readLong());
    }
  }
}
