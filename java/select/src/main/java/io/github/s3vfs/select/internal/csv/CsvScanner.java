package io.github.s3vfs.select.internal.csv;

import io.github.s3vfs.select.SelectError;
import io.github.s3vfs.select.SelectException;
import io.github.s3vfs.select.internal.eval.Value;
import io.github.s3vfs.select.internal.io.ByteInput;
import java.io.Closeable;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds records and fields, eight bytes at a time as long as there are no quotes or escapes. The
 * bytes lie in one array that moves on over the input; it grows up to the size of the longest
 * record.
 */
final class CsvScanner implements Closeable {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  static final int BUFFER = 256 << 10;

  /** Room behind the last byte, so that eight can be read at any. */
  private static final int SPARE = 32;

  /** No delimiter has more bytes. */
  private static final int DELIMITER = 64;

  private static final long ONES = 0x0101_0101_0101_0101L;
  private static final long LOW = 0x7F7F_7F7F_7F7F_7F7FL;

  private final ByteInput input;
  private final CsvFormat format;
  private final QuotedRecord quoted;
  private final RecordBuffer batch = new RecordBuffer();
  private final int maxRecordBytes;
  private final boolean simple;
  private final boolean dropsCarriageReturn;

  private final long fieldPattern;
  private final long recordPattern;
  private final long quotePattern;
  private final long escapePattern;
  private final boolean special;
  private final byte comment;
  private final boolean comments;

  private byte[] bytes;

  /** Where the next record begins, and behind the last byte. */
  private int position;

  private int limit;
  private boolean last;

  /** Where the array is in the input, and behind the range in it. */
  private long base;

  private long until;

  /** Of a record that is too long, told once those before it were taken. */
  private @Nullable SelectException failure;

  CsvScanner(ByteInput input, CsvFormat format, int maxRecordBytes, long until, int bufferBytes) {
    this.bytes = new byte[bufferBytes + SPARE];
    this.input = input;
    this.format = format;
    this.quoted = new QuotedRecord(format);
    this.maxRecordBytes = maxRecordBytes;
    this.until = until;
    this.simple = format.isSimple();
    this.dropsCarriageReturn = format.dropsCarriageReturn();
    this.fieldPattern = pattern(format.field());
    this.recordPattern = pattern(format.record());
    this.special = format.quote().length > 0 || format.escape().length > 0;
    this.quotePattern = pattern(format.quote().length > 0 ? format.quote() : format.escape());
    this.escapePattern = pattern(format.escape().length > 0 ? format.escape() : format.quote());
    this.comments = format.comment().length > 0;
    this.comment = comments ? format.comment()[0] : 0;
  }

  private static long pattern(byte[] character) {
    return character.length == 0 ? 0 : (character[0] & 0xFFL) * ONES;
  }

  RecordBuffer batch() {
    return batch;
  }

  byte[] bytes() {
    return bytes;
  }

  long bytesRead() {
    return input.count();
  }

  /** Makes the next batch; false if there are no more records. */
  boolean load() {
    batch.clear();
    throwFailure();
    while (base + position < until) {
      if (simple) {
        scan();
      } else {
        while (base + position < until && slow() && batch.records < RecordBuffer.RECORDS) {}
      }
      if (batch.records > 0) {
        return true;
      }
      throwFailure();
      if (base + position >= until || (!more() && position >= limit)) {
        return false;
      }
    }
    return false;
  }

  /** Goes behind the mark of UTF-8 at the start of an object. */
  void skipMark() {
    more();
    if (limit >= 3
        && bytes[0] == (byte) 0xEF
        && bytes[1] == (byte) 0xBB
        && bytes[2] == (byte) 0xBF) {
      position = 3;
      // The mark is of the first record.
      until = Math.max(until, 4);
    }
  }

  /** The fields of the first record, which then has been read. */
  List<String> takeRecord() {
    List<String> fields = new ArrayList<>();
    boolean found = true;
    while (batch.records == 0 && found) {
      found = slow();
      throwFailure();
      found = found || more() || position < limit;
    }
    Value value = new Value();
    for (int i = 0; i < batch.fields; i++) {
      value.setString(bytes, i == 0 ? batch.starts[0] : batch.ends[i - 1] + 1, batch.ends[i]);
      fields.add(value.text());
    }
    batch.clear();
    return fields;
  }

  /** Where the next record begins in the input. */
  long offset() {
    return base + position;
  }

  /**
   * Goes behind the first record delimiter that ends at an offset or behind it; the bytes in front
   * are of records that began before.
   */
  void skipToRecord(long least) {
    byte[] record = format.record();
    while (true) {
      int at = position;
      while (at + record.length <= limit) {
        if (!CsvFormat.at(bytes, at, limit, record)) {
          at++;
        } else {
          at += record.length;
          if (base + at >= least) {
            position = at;
            return;
          }
        }
      }
      position = at;
      if (!more()) {
        position = limit;
        return;
      }
    }
  }

  /** Fills the array, and keeps what is left in it; false if there was nothing more. */
  private boolean more() {
    if (last) {
      return false;
    }
    int kept = limit - position;
    if (kept > bytes.length - SPARE - (bytes.length >> 2)) {
      // The last bytes may be of a delimiter that is not whole.
      if (isTooLong(position, limit - DELIMITER)) {
        throwFailure();
      }
      int room = Math.min(bytes.length * 2, maxRecordBytes + maxRecordBytes / 2 + BUFFER);
      byte[] larger = new byte[room + SPARE];
      System.arraycopy(bytes, position, larger, 0, kept);
      bytes = larger;
    } else {
      System.arraycopy(bytes, position, bytes, 0, kept);
    }
    base += position;
    position = 0;
    limit = kept;
    while (limit < bytes.length - SPARE) {
      int count = input.read(bytes, limit, bytes.length - SPARE - limit);
      if (count < 0) {
        last = true;
        break;
      }
      limit += count;
    }
    Arrays.fill(bytes, limit, limit + SPARE, (byte) 0);
    return limit > kept;
  }

  /** Whether a record is too long, which then ends the batch. */
  private boolean isTooLong(int start, int end) {
    if (end - start <= maxRecordBytes) {
      return false;
    }
    failure =
        new SelectException(
            SelectError.OVER_MAX_RECORD_SIZE,
            "the record at byte "
                + (base + start)
                + " is longer than "
                + maxRecordBytes
                + " bytes, which is the limit");
    return true;
  }

  private void throwFailure() {
    if (failure != null) {
      throw failure;
    }
  }

  /** Takes records until the batch or the bytes end, or the range. */
  private void scan() {
    byte[] b = bytes;
    int start = position;
    int at = start;
    int end = last ? limit : limit - 8;
    int stop = (int) Math.min(Integer.MAX_VALUE, until - base);
    while (at < end) {
      long word = (long) LONGS.get(b, at);
      long records = matches(word, recordPattern);
      long structure = records | matches(word, fieldPattern);
      long others = special ? matches(word, quotePattern) | matches(word, escapePattern) : 0;
      if (others != 0) {
        structure &= (others & -others) - 1;
      }
      while (structure != 0) {
        long bit = structure & -structure;
        int found = at + (Long.numberOfTrailingZeros(structure) >>> 3);
        structure &= structure - 1;
        if (found >= limit) {
          break;
        }
        if ((records & bit) == 0) {
          batch.addEnd(found);
        } else {
          boolean room = finish(b, start, found);
          start = found + 1;
          if (!room || start >= stop) {
            position = start;
            return;
          }
        }
      }
      at += 8;
      if (others != 0 && at - 8 + (Long.numberOfTrailingZeros(others) >>> 3) < limit) {
        batch.dropFields();
        position = start;
        if (!slow() || position >= stop || batch.records == RecordBuffer.RECORDS) {
          return;
        }
        start = position;
        at = start;
      }
    }
    position = start;
    batch.dropFields();
    if (last && start < limit) {
      slow();
    }
  }

  /** Marks the bytes that are equal; exact, so that all of the marks can be used. */
  private static long matches(long word, long pattern) {
    long other = word ^ pattern;
    return ~(((other & LOW) + LOW) | other | LOW);
  }

  /** Takes a record; false if the batch has no room for another, or the record is too long. */
  private boolean finish(byte[] b, int start, int found) {
    int end = found;
    if (dropsCarriageReturn && end > start && b[end - 1] == '\r') {
      end--;
    }
    if (isTooLong(start, end)) {
      batch.dropFields();
      return false;
    }
    if (end == start || (comments && b[start] == comment && isComment(start, end))) {
      batch.dropFields();
      return true;
    }
    batch.addEnd(end);
    return batch.addRecord(start);
  }

  private boolean isComment(int start, int end) {
    return CsvFormat.at(bytes, start, end, format.comment());
  }

  /** Takes the record at the position byte by byte; false if it is not whole, or too long. */
  private boolean slow() {
    if (position >= limit) {
      return false;
    }
    int start = position;
    // Whatever quotes a comment has, it ends with its line.
    boolean isComment = comments && isComment(start, limit);
    boolean quotedRecords = format.quotedRecords() && !isComment;
    int end = quoted.end(bytes, start, limit, quotedRecords, last);
    if (end == QuotedRecord.MORE && last && quoted.openQuote()) {
      // Only where the quote is open up to the end of the input does the record close it.
      if (isTooLong(start, limit)) {
        return false;
      }
      end = quoted.end(bytes, start, limit, false, true);
    }
    if (end == QuotedRecord.MORE) {
      return false;
    }
    if (dropsCarriageReturn && end > start && bytes[end - 1] == '\r') {
      end--;
    }
    if (isTooLong(start, end)) {
      return false;
    }
    position = quoted.next();
    if (end == start || isComment) {
      return true;
    }
    quoted.split(bytes, start, end, batch);
    batch.addRecord(start);
    return true;
  }

  @Override
  public void close() {
    input.close();
  }
}
