package io.github.s3vfs.select.parquet;

import io.github.s3vfs.select.SelectError;
import io.github.s3vfs.select.SelectException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.parquet.bytes.ByteBufferInputStream;
import org.apache.parquet.bytes.BytesUtils;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.values.delta.DeltaBinaryPackingValuesReader;

/**
 * Checks the counts that the decoders of a page allocate by, from its first byte on: none may be
 * much more than the page has values, or bytes.
 */
final class EncodedSizes {
  /** The last run of a page may be filled up with this many values that do not count. */
  private static final int PADDING = 512;

  private static final int MAX_BLOCK = 1 << 16;

  /**
   * Bytes of memory that a decoder takes at once: an int for each value of a run that is packed,
   * also of no bits, and a long for each delta of a page. A page of so many longs has 256 MiB.
   */
  private static final int MAX_DECODED = 128 << 20;

  private final ByteBuffer bytes;
  private final int values;
  private final int maxValueBytes;

  EncodedSizes(byte[] bytes, int values, int maxValueBytes) {
    this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    this.values = values;
    this.maxValueBytes = maxValueBytes;
  }

  /** Levels of a page of version 1, which are in front of its values. */
  void levels(Encoding encoding, int maxLevel) throws IOException {
    if (maxLevel == 0) {
      return;
    }
    switch (encoding) {
      case RLE -> runsOfLength(maxLevel);
      case BIT_PACKED -> skip((values * (long) width(maxLevel) + 7) / 8);
      default -> throw new IOException("levels in the encoding " + encoding);
    }
  }

  /** Levels of a page of version 2: all bytes. */
  void runs(int maxLevel) throws IOException {
    if (maxLevel > 0) {
      runs(width(maxLevel), bytes);
    }
  }

  private static int width(int maxLevel) {
    return BytesUtils.getWidthFromMaxInt(maxLevel);
  }

  /** Values: what is left. */
  void values(Encoding encoding) throws IOException {
    switch (encoding) {
      case RLE -> runsOfLength(1);
      case PLAIN_DICTIONARY, RLE_DICTIONARY -> {
        if (bytes.hasRemaining()) {
          int width = Byte.toUnsignedInt(bytes.get());
          check(width <= 32, "indexes of " + width + " bits");
          runs(width, bytes);
        }
      }
      case DELTA_BINARY_PACKED, DELTA_LENGTH_BYTE_ARRAY -> deltas();
      case DELTA_BYTE_ARRAY -> prefixes();
      default -> {
        // Nothing there says how much there is.
      }
    }
  }

  private void runsOfLength(int maxLevel) throws IOException {
    need(4);
    int length = bytes.getInt();
    ByteBuffer runs = bytes.duplicate();
    skip(length);
    runs(width(maxLevel), runs.limit(bytes.position()));
  }

  private void runs(int width, ByteBuffer in) throws IOException {
    long seen = 0;
    while (seen < values && in.hasRemaining()) {
      int header = varInt(in);
      long count = Integer.toUnsignedLong(header) >>> 1;
      boolean packed = (header & 1) != 0;
      count = packed ? count * 8 : count;
      check(
          count > 0 && (packed ? count <= values - seen + PADDING : seen + count <= values + 8L),
          "a run of " + count + " values of " + (values - seen));
      check(
          !packed || count <= MAX_DECODED / Integer.BYTES,
          "a packed run of " + count + " values: it can have " + MAX_DECODED / Integer.BYTES);
      long length = packed ? count / 8 * width : (width + 7) / 8;
      // The last run may be cut off.
      in.position(in.position() + (int) Math.min(length, in.remaining()));
      seen += count;
    }
  }

  /** Goes past a sequence of deltas. */
  private void deltas() throws IOException {
    int block = varInt(bytes);
    int miniBlocks = varInt(bytes);
    int count = varInt(bytes);
    check(
        block > 0 && block <= MAX_BLOCK && miniBlocks > 0 && block % miniBlocks == 0,
        "blocks of " + block + " deltas in " + miniBlocks);
    check(count >= 0 && count <= values, "a sequence of " + count + " deltas of " + values);
    check(
        count <= MAX_DECODED / Long.BYTES,
        "a sequence of " + count + " deltas: it can have " + MAX_DECODED / Long.BYTES);
    varLong(bytes);
    int perMiniBlock = block / miniBlocks;
    long left = count - 1L;
    while (left > 0) {
      varLong(bytes);
      need(miniBlocks);
      int widths = bytes.position();
      skip(miniBlocks);
      for (int i = 0; i < miniBlocks && left > 0; i++) {
        skip(perMiniBlock / 8 * (long) bytes.get(widths + i));
        left -= perMiniBlock;
      }
    }
  }

  /** Lengths of prefixes, lengths of what follows them, and that. */
  private void prefixes() throws IOException {
    ByteBuffer first = bytes.duplicate();
    deltas();
    ByteBuffer second = bytes.duplicate();
    deltas();
    DeltaBinaryPackingValuesReader prefixes = reader(first);
    DeltaBinaryPackingValuesReader suffixes = reader(second);
    int count = count(first);
    check(count == count(second), "as many prefixes as suffixes are needed");
    long before = 0;
    for (int i = 0; i < count; i++) {
      int prefix = prefixes.readInteger();
      int suffix = suffixes.readInteger();
      check(
          prefix >= 0 && prefix <= before && suffix >= 0 && suffix <= bytes.remaining(),
          "a prefix of " + prefix + " bytes of " + before);
      before = (long) prefix + suffix;
      if (before > maxValueBytes) {
        throw new SelectException(
            SelectError.OVER_MAX_RECORD_SIZE,
            "a value of " + before + " bytes: the limit is " + maxValueBytes);
      }
    }
  }

  private DeltaBinaryPackingValuesReader reader(ByteBuffer from) throws IOException {
    DeltaBinaryPackingValuesReader reader = new DeltaBinaryPackingValuesReader();
    reader.initFromPage(values, ByteBufferInputStream.wrap(from.slice()));
    return reader;
  }

  private static int count(ByteBuffer deltas) throws IOException {
    varInt(deltas);
    varInt(deltas);
    return varInt(deltas);
  }

  private static int varInt(ByteBuffer in) throws IOException {
    return (int) varLong(in);
  }

  private static long varLong(ByteBuffer in) throws IOException {
    long value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      if (!in.hasRemaining()) {
        break;
      }
      byte b = in.get();
      value |= (long) (b & 0x7F) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw new EOFException("a number without its end");
  }

  private void skip(long count) throws IOException {
    need(count);
    bytes.position(bytes.position() + (int) count);
  }

  private void need(long count) throws IOException {
    check(count >= 0 && count <= bytes.remaining(), count + " bytes of " + bytes.remaining());
  }

  private static void check(boolean holds, String what) throws IOException {
    if (!holds) {
      throw new IOException(what);
    }
  }
}
