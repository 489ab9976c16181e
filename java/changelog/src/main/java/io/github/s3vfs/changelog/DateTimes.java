package io.github.s3vfs.changelog;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/**
 * Dates with times as text: {@code 2026-01-31T12:00:00.000000000}, and the same with {@code +0000}.
 * Read with a space in place of the T, with fewer digits of the fraction or none, and with any
 * offset, with a colon or without.
 */
final class DateTimes {
  private static final int FRACTION = 19;

  private DateTimes() {}

  /** The text of a date with a time. */
  static String write(LocalDateTime time) throws BadValue {
    if (time.getYear() < 0 || time.getYear() > 9999) {
      throw new BadValue("a year of four digits from value '" + time + "'");
    }
    StringBuilder out = new StringBuilder(34);
    pad(out, time.getYear(), 4).append('-');
    pad(out, time.getMonthValue(), 2).append('-');
    pad(out, time.getDayOfMonth(), 2).append('T');
    pad(out, time.getHour(), 2).append(':');
    pad(out, time.getMinute(), 2).append(':');
    pad(out, time.getSecond(), 2).append('.');
    return pad(out, time.getNano(), 9).toString();
  }

  /** The text of a moment. */
  static String write(Instant time) throws BadValue {
    try {
      return write(LocalDateTime.ofInstant(time, ZoneOffset.UTC)) + "+0000";
    } catch (DateTimeException e) {
      throw new BadValue("a year of four digits from value '" + time + "'");
    }
  }

  private static StringBuilder pad(StringBuilder out, int number, int digits) {
    String text = Integer.toString(number);
    return out.append("000000000", 0, digits - text.length()).append(text);
  }

  /** Reads a date with a time, and nothing else. */
  static LocalDateTime local(LogicalType type, String text) throws BadValue {
    int end = fractionEnd(text);
    if (end != text.length()) {
      throw BadValue.of(type, text);
    }
    return local(type, text, end);
  }

  /** Reads a date with a time and an offset. */
  static Instant instant(LogicalType type, String text) throws BadValue {
    int end = fractionEnd(text);
    LocalDateTime local = local(type, text, end);
    String offset = text.substring(end);
    boolean colon = offset.length() == 6 && offset.charAt(3) == ':';
    char sign = offset.isEmpty() ? ' ' : offset.charAt(0);
    if ((offset.length() != 5 && !colon) || (sign != '+' && sign != '-')) {
      throw BadValue.of(type, text);
    }
    int hours = number(type, text, end + 1, 2);
    int minutes = number(type, text, text.length() - 2, 2);
    if (hours > 23 || minutes > 59) {
      throw BadValue.of(type, text);
    }
    long seconds = (hours * 60L + minutes) * 60L;
    return local.toInstant(ZoneOffset.UTC).minusSeconds(sign == '-' ? -seconds : seconds);
  }

  private static int fractionEnd(String text) {
    int end = FRACTION;
    if (end < text.length() && text.charAt(end) == '.') {
      do {
        end++;
      } while (end < text.length() && Character.digit(text.charAt(end), 10) >= 0);
    }
    return Math.min(end, text.length());
  }

  private static LocalDateTime local(LogicalType type, String text, int end) throws BadValue {
    boolean separated =
        text.length() >= FRACTION
            && text.charAt(4) == '-'
            && text.charAt(7) == '-'
            && (text.charAt(10) == 'T' || text.charAt(10) == ' ')
            && text.charAt(13) == ':'
            && text.charAt(16) == ':';
    int digits = end - FRACTION - 1;
    if (!separated || digits == 0 || digits > 9) {
      throw BadValue.of(type, text);
    }
    int nanos = digits < 0 ? 0 : number(type, text, FRACTION + 1, digits);
    for (int i = digits; i < 9 && i >= 0; i++) {
      nanos *= 10;
    }
    try {
      return LocalDateTime.of(
          number(type, text, 0, 4),
          number(type, text, 5, 2),
          number(type, text, 8, 2),
          number(type, text, 11, 2),
          number(type, text, 14, 2),
          number(type, text, 17, 2),
          nanos);
    } catch (DateTimeException e) {
      throw BadValue.of(type, text);
    }
  }

  private static int number(LogicalType type, String text, int from, int digits) throws BadValue {
    int number = 0;
    for (int i = from; i < from + digits; i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        throw BadValue.of(type, text);
      }
      number = number * 10 + (c - '0');
    }
    return number;
  }
}
