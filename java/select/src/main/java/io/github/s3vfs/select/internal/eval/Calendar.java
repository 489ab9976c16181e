package io.github.s3vfs.select.internal.eval;

import java.util.Locale;

/**
 * Dates of the Gregorian calendar, and the parts of timestamps. The conversions between days and
 * dates are those of Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
 */
final class Calendar {
  static final int MIN_YEAR = 1400;
  static final int MAX_YEAR = 9999;
  static final int DAY_SECONDS = 86_400;

  private Calendar() {}

  /** Units of DATE_ADD, DATE_DIFF and EXTRACT. */
  enum Part {
    YEAR,
    MONTH,
    WEEK,
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    TIMEZONE_HOUR,
    TIMEZONE_MINUTE;

    /** By its name, which may be in the plural. */
    static Part of(String name) {
      String upper = name.toUpperCase(Locale.ROOT);
      for (Part part : values()) {
        if (upper.equals(part.name()) || upper.equals(part.name() + "S")) {
          return part;
        }
      }
      throw new IllegalArgumentException(name);
    }
  }

  static long days(int year, int month, int day) {
    long y = month <= 2 ? year - 1L : year;
    long era = Math.floorDiv(y, 400L);
    long yearOfEra = y - era * 400;
    long dayOfYear = (153L * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    long dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
    return era * 146_097 + dayOfEra - 719_468;
  }

  static int daysOfMonth(int year, int month) {
    return switch (month) {
      case 2 -> (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)) ? 29 : 28;
      case 4, 6, 9, 11 -> 30;
      default -> 31;
    };
  }

  /** Fills in the local date of a timestamp. */
  static void localDate(Value value) {
    long z = Math.floorDiv(localSeconds(value), (long) DAY_SECONDS) + 719_468;
    long era = Math.floorDiv(z, 146_097L);
    long dayOfEra = z - era * 146_097;
    long yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
    long dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    long shifted = (5 * dayOfYear + 2) / 153;
    value.day = (int) (dayOfYear - (153 * shifted + 2) / 5 + 1);
    value.month = (int) (shifted < 10 ? shifted + 3 : shifted - 9);
    value.year = (int) (yearOfEra + era * 400 + (value.month <= 2 ? 1 : 0));
  }

  static long localSeconds(Value value) {
    return value.number + value.offsetMinutes * 60L;
  }

  static int secondOfDay(Value value) {
    return (int) Math.floorMod(localSeconds(value), (long) DAY_SECONDS);
  }

  static long extract(Part part, Value value) {
    return switch (part) {
      case YEAR -> value.year;
      case MONTH -> value.month;
      case DAY -> value.day;
      case WEEK -> isoWeek(value);
      case HOUR -> secondOfDay(value) / 3600;
      case MINUTE -> secondOfDay(value) / 60 % 60;
      case SECOND -> secondOfDay(value) % 60;
      case TIMEZONE_HOUR -> value.offsetMinutes / 60;
      case TIMEZONE_MINUTE -> value.offsetMinutes % 60;
    };
  }

  private static int isoWeek(Value value) {
    long day = days(value.year, value.month, value.day);
    // 1970-01-01 was a Thursday, and a week belongs to the year of its Thursday.
    long thursday = day - Math.floorMod(day + 3, 7L) + 3;
    Value other = new Value();
    other.number = thursday * DAY_SECONDS;
    localDate(other);
    return (int) ((thursday - days(other.year, 1, 1)) / 7 + 1);
  }

  /** Adds units; a day that the month does not have becomes its last. */
  static void add(Part part, long quantity, Value value, Value out) {
    long seconds;
    if (part == Part.YEAR || part == Part.MONTH) {
      long months =
          Math.addExact(
              value.year * 12L + value.month - 1,
              part == Part.YEAR ? Math.multiplyExact(quantity, 12L) : quantity);
      long year = Math.floorDiv(months, 12L);
      if (year < MIN_YEAR || year > MAX_YEAR) {
        throw new ArithmeticException("year " + year);
      }
      int month = (int) Math.floorMod(months, 12L) + 1;
      int day = Math.min(value.day, daysOfMonth((int) year, month));
      seconds =
          days((int) year, month, day) * DAY_SECONDS
              + secondOfDay(value)
              - value.offsetMinutes * 60L;
    } else {
      seconds = Math.addExact(value.number, Math.multiplyExact(quantity, unit(part)));
    }
    long day = Math.floorDiv(seconds + value.offsetMinutes * 60L, (long) DAY_SECONDS);
    if (day < days(MIN_YEAR, 1, 1) || day > days(MAX_YEAR, 12, 31)) {
      throw new ArithmeticException("year is out of range");
    }
    out.setTimestamp(seconds, value.nanos, value.offsetMinutes, value.zulu);
  }

  private static long unit(Part part) {
    return switch (part) {
      case WEEK -> 7L * DAY_SECONDS;
      case DAY -> DAY_SECONDS;
      case HOUR -> 3600;
      case MINUTE -> 60;
      case SECOND -> 1;
      default -> throw new IllegalArgumentException(part.name());
    };
  }

  /** How many whole units are between two instants; negative if the second is before the first. */
  static long difference(Part part, Value from, Value to) {
    if (part == Part.YEAR || part == Part.MONTH) {
      long months = months(from, to);
      return part == Part.YEAR ? months / 12 : months;
    }
    long seconds = to.number - from.number;
    int nanos = to.nanos - from.nanos;
    if (seconds > 0 && nanos < 0) {
      seconds--;
    } else if (seconds < 0 && nanos > 0) {
      seconds++;
    }
    return seconds / unit(part);
  }

  /** Whole months, in the offset of the first: of the dates, less a day that is not full. */
  private static long months(Value from, Value to) {
    Value local = new Value();
    local.setTimestamp(to.number, to.nanos, from.offsetMinutes, false);
    long first = days(from.year, from.month, from.day);
    long last = days(local.year, local.month, local.day);
    int time = compareTimes(local, from);
    if (last > first && time < 0) {
      last--;
    } else if (last < first && time > 0) {
      last++;
    }
    local.setTimestamp(last * DAY_SECONDS, 0, 0, false);
    long months = (local.year - (long) from.year) * 12 + local.month - from.month;
    return (months * 32 + local.day - from.day) / 32;
  }

  private static int compareTimes(Value a, Value b) {
    int seconds = Integer.compare(secondOfDay(a), secondOfDay(b));
    return seconds != 0 ? seconds : Integer.compare(a.nanos, b.nanos);
  }
}
