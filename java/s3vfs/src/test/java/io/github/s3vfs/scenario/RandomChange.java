package io.github.s3vfs.scenario;

import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A random change of a table {@code t}: the statement, and what it makes of the rows, which a map
 * holds.
 *
 * @param sql the statement
 * @param effect changes the rows in place
 */
record RandomChange(String sql, Consumer<TreeMap<Integer, String>> effect) {
  private static final int IDS = 80;

  /** The table, and an index that must follow it. */
  static final List<String> SCHEMA =
      List.of("CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)", "CREATE INDEX t_v ON t(v)");

  /** The rows behind the change; those given stay as they are. */
  SortedMap<Integer, String> applyTo(SortedMap<Integer, String> rows) {
    TreeMap<Integer, String> after = new TreeMap<>(rows);
    effect.accept(after);
    return Collections.unmodifiableSortedMap(after);
  }

  static RandomChange next(Random random) {
    int dice = random.nextInt(100);
    if (dice < 35) {
      return one(random);
    }
    if (dice < 60) {
      return many(random);
    }
    if (dice < 82) {
      return update(random);
    }
    return dice < 97 ? delete(random) : deleteAll();
  }

  /** A statement that changes nothing but how the rows are stored. */
  static RandomChange vacuum() {
    return new RandomChange("VACUUM", rows -> {});
  }

  /** One row, which is new. */
  static RandomChange one(Random random) {
    int id = 1 + random.nextInt(IDS);
    String text = text(random, 1200);
    return new RandomChange(
        "INSERT OR REPLACE INTO t VALUES (" + id + ", '" + text + "')", rows -> rows.put(id, text));
  }

  private static RandomChange many(Random random) {
    int from = 1 + random.nextInt(IDS);
    int until = Math.min(IDS, from + random.nextInt(40));
    String text = text(random, 300);
    return new RandomChange(
        "WITH RECURSIVE n(i) AS (SELECT "
            + from
            + " UNION ALL SELECT i + 1 FROM n WHERE i < "
            + until
            + ") INSERT OR REPLACE INTO t SELECT i, i || '"
            + text
            + "' FROM n",
        rows -> {
          for (int id = from; id <= until; id++) {
            rows.put(id, id + text);
          }
        });
  }

  private static RandomChange update(Random random) {
    int divisor = 1 + random.nextInt(6);
    int kept = random.nextInt(600);
    String text = text(random, 100);
    return new RandomChange(
        "UPDATE t SET v = '"
            + text
            + "' || substr(v, 1, "
            + kept
            + ") WHERE id % "
            + divisor
            + " = 0",
        rows -> {
          for (Map.Entry<Integer, String> row : rows.entrySet()) {
            if (row.getKey() % divisor == 0) {
              String v = row.getValue();
              row.setValue(text + v.substring(0, Math.min(kept, v.length())));
            }
          }
        });
  }

  private static RandomChange delete(Random random) {
    int from = 1 + random.nextInt(IDS);
    int until = from + random.nextInt(30);
    return new RandomChange(
        "DELETE FROM t WHERE id BETWEEN " + from + " AND " + until,
        rows -> {
          Iterator<Integer> ids = rows.subMap(from, until + 1).keySet().iterator();
          while (ids.hasNext()) {
            ids.next();
            ids.remove();
          }
        });
  }

  private static RandomChange deleteAll() {
    return new RandomChange("DELETE FROM t", Map::clear);
  }

  private static String text(Random random, int most) {
    int length = 1 + random.nextInt(most);
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.append((char) ('a' + random.nextInt(26)));
    }
    return text.toString();
  }
}
