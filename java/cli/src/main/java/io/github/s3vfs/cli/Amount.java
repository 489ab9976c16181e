package io.github.s3vfs.cli;

import java.util.Locale;

/** Numbers as people read them. */
final class Amount {
  private Amount() {}

  /** As in "12.3 MB"; below 1,000 bytes exactly. */
  static String bytes(long bytes) {
    if (bytes < 1_000) {
      return bytes + " bytes";
    }
    double value = bytes / 1e3;
    String[] units = {"kB", "MB", "GB", "TB", "PB", "EB"};
    int unit = 0;
    while (value >= 999.95 && unit < units.length - 1) {
      value /= 1e3;
      unit++;
    }
    return String.format(Locale.ROOT, "%.1f %s", value, units[unit]);
  }

  /** With thousands separated. */
  static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  /** As in "1 row" and "2 rows". */
  static String of(long count, String thing) {
    return count(count) + " " + thing + (count == 1 ? "" : "s");
  }
}
