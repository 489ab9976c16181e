package io.github.s3vfs.select.parquet;

import io.github.s3vfs.select.ObjectSource;
import io.github.s3vfs.select.SelectError;
import io.github.s3vfs.select.SelectException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.Util;
import org.apache.parquet.schema.MessageType;

/**
 * What the end of an object says of it: the metadata, four bytes of their length, {@code PAR1}.
 *
 * @param metadata as they are stored
 * @param schema the columns
 * @param groups the row groups, in order
 * @param tail with which it was read
 * @param end where the metadata begin, and row groups end
 */
record Footer(
    FileMetaData metadata, MessageType schema, List<RowGroup> groups, Tail tail, long end) {
  /** More metadata than this are not read, so that a damaged length does not fill the memory. */
  private static final int MAX_METADATA = 64 << 20;

  private static final byte[] MAGIC = {'P', 'A', 'R', '1'};
  private static final byte[] ENCRYPTED = {'P', 'A', 'R', 'E'};
  private static final int TRAILER = 8;

  /** Reads it: with one request, or two if it is longer than {@link Tail#SIZE}. */
  static Footer read(ObjectSource source) {
    if (source.size() < MAGIC.length + TRAILER) {
      throw notParquet(source, "is too short for it");
    }
    Tail tail = Tail.read(source);
    byte[] bytes = tail.bytes();
    int trailer = bytes.length - TRAILER;
    if (endsWith(bytes, ENCRYPTED)) {
      throw new SelectException(
          SelectError.PARQUET_UNSUPPORTED_CODEC,
          source.name() + ": Parquet with encrypted metadata (PARE) is not read");
    } else if (!endsWith(bytes, MAGIC)
        || (tail.start() == 0 && !Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length))) {
      throw notParquet(source, "does not begin and end with PAR1");
    }
    int length = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(trailer);
    if (length <= 0 || length > MAX_METADATA || length > source.size() - MAGIC.length - TRAILER) {
      throw Failures.damaged(
          source.name() + ": metadata of " + Integer.toUnsignedString(length) + " bytes");
    }
    long end = source.size() - TRAILER - length;
    byte[] stored =
        end >= tail.start()
            ? Arrays.copyOfRange(bytes, trailer - length, trailer)
            : joined(
                Tail.bytes(source, end, (int) (tail.start() - end)), Arrays.copyOf(bytes, trailer));
    try {
      FileMetaData metadata = Util.readFileMetaData(new ByteArrayInputStream(stored), length);
      MessageType schema = SchemaReader.read(metadata.getSchema());
      List<RowGroup> groups = RowGroup.read(metadata, schema, end);
      return new Footer(metadata, schema, groups, tail, end);
    } catch (IOException | RuntimeException e) {
      throw Failures.damaged(source.name() + ": metadata", e);
    }
  }

  private static boolean endsWith(byte[] bytes, byte[] magic) {
    int at = bytes.length - magic.length;
    return Arrays.equals(bytes, at, bytes.length, magic, 0, magic.length);
  }

  private static byte[] joined(byte[] first, byte[] second) {
    byte[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }

  private static SelectException notParquet(ObjectSource source, String why) {
    return new SelectException(
        SelectError.NOT_PARQUET, source.name() + " is not Parquet: it " + why);
  }
}
