package io.github.s3vfs.changelog;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a reader tells, as text: {@code +[1, a]}, {@code -[1, a]}, {@code <[old]}, {@code >[new]}.
 */
final class Told {
  private Told() {}

  /** All changes that there are now. */
  static List<Change> changes(ChangelogReader reader) {
    List<Change> all = new ArrayList<>();
    ChangeBatch batch = reader.poll();
    while (!batch.isEmpty()) {
      all.addAll(batch.changes());
      batch = reader.poll();
    }
    return all;
  }

  /** Writes all changes that there are now, each batch by itself. */
  static void copy(ChangelogReader reader, ChangelogWriter writer) {
    ChangeBatch batch = reader.poll();
    while (!batch.isEmpty()) {
      writer.write(0, batch);
      batch = reader.poll();
    }
  }

  /** All changes that there are now, as text. */
  static String text(ChangelogReader reader) {
    return changes(reader).stream().map(Told::text).collect(Collectors.joining(" "));
  }

  private static String text(Change change) {
    String sign =
        switch (change.kind()) {
          case INSERT -> "+";
          case UPDATE_BEFORE -> "<";
          case UPDATE_AFTER -> ">";
          case DELETE -> "-";
        };
    String errors = change.row().errors().isEmpty() ? "" : "!" + change.row().errors().keySet();
    return sign + change.row().values() + errors;
  }
}
