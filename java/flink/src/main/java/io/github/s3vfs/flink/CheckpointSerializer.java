package io.github.s3vfs.flink;

import java.io.IOException;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/**
 * What this connector has in checkpoints, as bytes of one version. Immutable.
 *
 * @param <T> of what is stored
 */
abstract class CheckpointSerializer<T> implements SimpleVersionedSerializer<T> {
  private static final int VERSION = 1;
  private static final int FIRST_ROOM = 128;

  abstract void write(DataOutputSerializer out, T value) throws IOException;

  abstract T read(DataInputDeserializer in) throws IOException;

  @Override
  public final int getVersion() {
    return VERSION;
  }

  @Override
  public final byte[] serialize(T value) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(FIRST_ROOM);
    write(out, value);
    return out.getCopyOfBuffer();
  }

  @Override
  public final T deserialize(int version, byte[] bytes) throws IOException {
    if (version != VERSION) {
      throw new IOException("a checkpoint of version " + version + " of this connector");
    }
    return read(new DataInputDeserializer(bytes));
  }

  /** Bytes with their number in front. */
  static void writeBytes(DataOutputSerializer out, byte[] bytes) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  static byte[] readBytes(DataInputDeserializer in) throws IOException {
    byte[] bytes = new byte[in.readInt()];
    in.readFully(bytes);
    return bytes;
  }
}
