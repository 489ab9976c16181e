package io.github.s3vfs.scenario;

import java.util.ArrayDeque;

/** The last things that were done, for messages. For one thread. */
final class Transcript {
  private static final int KEPT = 40;
  private static final int LONGEST = 160;

  private final ArrayDeque<String> last = new ArrayDeque<>();

  void add(String what) {
    last.add(
        what.length() > LONGEST
            ? what.substring(0, 70) + " ... " + what.substring(what.length() - 80)
            : what);
    if (last.size() > KEPT) {
      last.remove();
    }
  }

  @Override
  public String toString() {
    return "\n  " + String.join("\n  ", last);
  }
}
