package io.github.s3vfs.select.internal.eval;

import io.github.s3vfs.select.SelectError;
import io.github.s3vfs.select.SelectException;
import io.github.s3vfs.select.internal.io.ByteSink;
import java.time.Instant;

/** Timestamps as text: ISO 8601, whole or from the end shortened, with or without separators. */
public final class Timestamps {
  private static final int MIN_OFFSET = -12 * 60;
  private static final int MAX_OFFSET = 14 * 60;
  private static final int[] NANOS = {
    0, 100_000_000, 10_000_000, 1_000_000, 100_000, 10_000, 1_000, 100, 10, 1
  };

  private Timestamps() {}

  /** Reads a timestamp, all of the bytes. */
  public static void parse(byte[] b, int start, int end, Value out) {
    if (!tryParse(b, start, end, out)) {
      throw new SelectException(
          SelectError.INVALID_TIMESTAMP, "to_timestamp failed : input date-time is illegal");
    }
  }

  /** The instant now, in seconds and UTC. */
  public static Value now(Instant instant) {
    Value value = new Value();
    value.setTimestamp(instant.getEpochSecond(), 0, 0, false);
    return value;
  }

  private static int two(byte[] b, int at) {
    int high = b[at] - '0';
    int low = b[at + 1] - '0';
    return high < 0 || high > 9 || low < 0 || low > 9 ? -1 : high * 10 + low;
  }

  private static boolean tryParse(byte[] b, int start, int end, Value out) {
    if (end - start < 4) {
      return false;
    }
    int century = two(b, start);
    int decade = two(b, start + 2);
    int year = century * 100 + decade;
    if (century < 0 || decade < 0 || year < Calendar.MIN_YEAR) {
      return false;
    }
    int at = start + 4;
    if (ends(b, at, end)) {
      return date(out, year, 1, 1);
    }
    boolean separated = b[at] == '-';
    at += separated ? 1 : 0;
    int month = at + 2 <= end ? two(b, at) : -1;
    if (month < 1 || month > 12) {
      return false;
    }
    at += 2;
    if (separated && ends(b, at, end)) {
      return date(out, year, month, 1);
    } else if (separated && (at >= end || b[at++] != '-')) {
      return false;
    }
    int day = at + 2 <= end ? two(b, at) : -1;
    if (day < 1 || day > Calendar.daysOfMonth(year, month)) {
      return false;
    }
    at += 2;
    if (ends(b, at, end)) {
      return date(out, year, month, day);
    }
    return b[at] == 'T' && time(b, at + 1, end, out, year, month, day);
  }

  /** Whether there is nothing more, or only the T. */
  private static boolean ends(byte[] b, int at, int end) {
    return at == end || (at + 1 == end && b[at] == 'T');
  }

  private static boolean date(Value out, int year, int month, int day) {
    fill(out, year, month, day, 0, 0, 0);
    out.zulu = false;
    return true;
  }

  private static void fill(
      Value out, int year, int month, int day, int second, int nanos, int offset) {
    out.kind = Kind.TIMESTAMP;
    out.number = Calendar.days(year, month, day) * Calendar.DAY_SECONDS + second - offset * 60L;
    out.nanos = nanos;
    out.offsetMinutes = offset;
    out.year = year;
    out.month = month;
    out.day = day;
  }

  private static boolean time(
      byte[] b, int from, int end, Value out, int year, int month, int day) {
    int at = from;
    int hour = at + 2 <= end ? two(b, at) : -1;
    at += 2;
    boolean separated = at < end && b[at] == ':';
    at += separated ? 1 : 0;
    int minute = at + 2 <= end ? two(b, at) : -1;
    at += 2;
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59) {
      return false;
    }
    int second = 0;
    int nanos = 0;
    if (at < end && (separated ? b[at] == ':' : b[at] >= '0' && b[at] <= '9')) {
      at += separated ? 1 : 0;
      second = at + 2 <= end ? two(b, at) : -1;
      at += 2;
      if (second < 0 || second > 59) {
        return false;
      }
      if (at < end && b[at] == '.') {
        int first = ++at;
        while (at < end && b[at] >= '0' && b[at] <= '9') {
          nanos = nanos * 10 + b[at++] - '0';
          if (at - first > 9) {
            return false;
          }
        }
        if (at == first) {
          return false;
        }
        nanos *= NANOS[at - first];
      }
    }
    int offset = 0;
    out.zulu = at + 1 == end && b[at] == 'Z';
    if (!out.zulu && at < end) {
      offset = offset(b, at, end);
      if (offset < MIN_OFFSET || offset > MAX_OFFSET) {
        return false;
      }
    }
    fill(out, year, month, day, (hour * 60 + minute) * 60 + second, nanos, offset);
    return true;
  }

  /** In minutes; {@link Integer#MAX_VALUE} if it is none. */
  private static int offset(byte[] b, int at, int end) {
    int separator = end - at == 6 && b[at + 3] == ':' ? 1 : 0;
    if (end - at != 5 + separator || (b[at] != '+' && b[at] != '-')) {
      return Integer.MAX_VALUE;
    }
    int hours = two(b, at + 1);
    int minutes = two(b, at + 3 + separator);
    if (hours < 0 || minutes < 0 || minutes > 59) {
      return Integer.MAX_VALUE;
    }
    int offset = hours * 60 + minutes;
    return b[at] == '-' ? -offset : offset;
  }

  /** Writes a timestamp: microseconds or nanoseconds if there are some, and the offset. */
  static void write(Value value, ByteSink sink) {
    int second = Calendar.secondOfDay(value);
    writeYear(value.year, sink);
    sink.put('-');
    sink.putPadded(value.month, 2);
    sink.put('-');
    sink.putPadded(value.day, 2);
    sink.put('T');
    sink.putPadded(second / 3600, 2);
    sink.put(':');
    sink.putPadded(second / 60 % 60, 2);
    sink.put(':');
    sink.putPadded(second % 60, 2);
    if (value.nanos != 0) {
      sink.put('.');
      if (value.nanos % 1000 == 0) {
        sink.putPadded(value.nanos / 1000, 6);
      } else {
        sink.putPadded(value.nanos, 9);
      }
    }
    if (value.zulu) {
      sink.put('Z');
    } else {
      writeOffset(value.offsetMinutes, true, sink);
    }
  }

  /** Years that are not of four digits, which only Parquet has, with their sign. */
  private static void writeYear(int year, ByteSink sink) {
    if (year >= 0 && year <= Calendar.MAX_YEAR) {
      sink.putPadded(year, 4);
    } else {
      sink.put(year < 0 ? '-' : '+');
      int size = Math.abs(year);
      sink.putPadded(size, Math.max(4, Integer.toString(size).length()));
    }
  }

  static void writeOffset(int minutes, boolean colon, ByteSink sink) {
    sink.put(minutes < 0 ? '-' : '+');
    sink.putPadded(Math.abs(minutes) / 60, 2);
    if (colon) {
      sink.put(':');
    }
    sink.putPadded(Math.abs(minutes) % 60, 2);
  }
}
