package io.github.s3vfs.simulation;

import java.util.ArrayList;
import java.util.List;

/** What has happened in a run, line by line. */
final class StepLog {
  private final List<String> lines = new ArrayList<>();

  /** Takes note of something. */
  void add(long nanos, String what) {
    long millis = nanos / 1_000_000;
    lines.add(millis / 1000 + "." + Long.toString(1000 + millis % 1000).substring(1) + ' ' + what);
  }

  int size() {
    return lines.size();
  }

  @Override
  public String toString() {
    return String.join("\n", lines);
  }
}
