package io.github.s3vfs.select.internal.eval;

import io.github.s3vfs.select.internal.io.ByteSink;
import java.util.List;

/** The patterns of TO_STRING, by the table of Ceph's and AWS's documents. */
final class TimestampPattern {
  private static final List<String> MONTHS =
      List.of(
          "January",
          "February",
          "March",
          "April",
          "May",
          "June",
          "July",
          "August",
          "September",
          "October",
          "November",
          "December");

  private TimestampPattern() {}

  /** Writes a timestamp; what is not of the table is copied. */
  static void format(Value time, byte[] pattern, int start, int end, ByteSink sink) {
    int at = start;
    while (at < end) {
      byte letter = pattern[at];
      int run = 1;
      while (at + run < end && pattern[at + run] == letter) {
        run++;
      }
      int used = Math.min(run, longest(letter, run));
      write(time, letter, used, sink);
      at += used;
    }
  }

  /** How many of a run of letters belong together. */
  private static int longest(byte letter, int run) {
    return switch (letter) {
      case 'y' -> run >= 4 ? 4 : run >= 2 ? 2 : 1;
      case 'M', 'X', 'x' -> 5;
      case 'd', 'h', 'H', 'm', 's' -> 2;
      case 'S' -> run;
      default -> 1;
    };
  }

  private static void write(Value time, byte letter, int run, ByteSink sink) {
    int second = Calendar.secondOfDay(time);
    int hour = second / 3600;
    switch (letter) {
      case 'y' -> year(time.year, run, sink);
      case 'M' -> month(time.month, run, sink);
      case 'd' -> number(time.day, run, sink);
      case 'a' -> sink.put(hour < 12 ? "AM" : "PM");
      case 'h' -> number(hour % 12 == 0 ? 12 : hour % 12, run, sink);
      case 'H' -> number(hour, run, sink);
      case 'm' -> number(second / 60 % 60, run, sink);
      case 's' -> number(second % 60, run, sink);
      case 'S' -> fraction(time.nanos, run, sink);
      case 'n' -> sink.putLong(time.nanos);
      case 'X' -> upperOffset(time.offsetMinutes, run, sink);
      case 'x' -> lowerOffset(time.offsetMinutes, run, sink);
      default -> sink.put(letter);
    }
  }

  private static void number(int value, int digits, ByteSink sink) {
    if (digits == 2) {
      sink.putPadded(value, 2);
    } else {
      sink.putLong(value);
    }
  }

  private static void year(int year, int run, ByteSink sink) {
    if (run == 1) {
      sink.putLong(year);
    } else {
      sink.putPadded(year, run);
    }
  }

  private static void month(int month, int run, ByteSink sink) {
    String name = MONTHS.get(month - 1);
    switch (run) {
      case 1, 2 -> number(month, run, sink);
      case 3 -> sink.put(name.substring(0, 3));
      case 4 -> sink.put(name);
      default -> sink.put(name.charAt(0));
    }
  }

  /** S, SS and SSS are numbers of tenths, hundredths, thousandths; SSSSSS of nanoseconds. */
  private static void fraction(int nanos, int run, ByteSink sink) {
    switch (run) {
      case 1 -> sink.putLong(nanos / 100_000_000);
      case 2 -> sink.putLong(nanos / 10_000_000);
      case 3 -> sink.putLong(nanos / 1_000_000);
      case 6 -> sink.putLong(nanos);
      default -> {
        long scaled = nanos;
        for (int digits = run; digits < 9; digits++) {
          scaled /= 10;
        }
        sink.putPadded(scaled, Math.min(run, 9));
        for (int digits = 9; digits < run; digits++) {
          sink.put('0');
        }
      }
    }
  }

  private static void upperOffset(int minutes, int run, ByteSink sink) {
    if (minutes == 0) {
      sink.put('Z');
    } else if (run == 1) {
      sink.put(minutes < 0 ? '-' : '+');
      sink.putPadded(Math.abs(minutes) / 60, 2);
    } else {
      Timestamps.writeOffset(minutes, run % 2 == 1, sink);
    }
  }

  private static void lowerOffset(int minutes, int run, ByteSink sink) {
    if (run == 1) {
      sink.putLong(minutes / 60);
    } else if (run % 2 == 0) {
      sink.putLong(minutes / 60 * 100 + minutes % 60);
    } else {
      Timestamps.writeOffset(minutes, true, sink);
    }
  }
}
