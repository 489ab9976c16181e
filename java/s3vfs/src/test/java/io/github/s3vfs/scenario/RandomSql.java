package io.github.s3vfs.scenario;

import java.util.List;
import java.util.Random;

/**
 * Random SQL over a small schema; the same seed gives the same statements. Keeps a transaction open
 * at times.
 */
final class RandomSql {
  private static final List<String> TABLES = List.of("a", "b", "c", "d");

  private final Random random;
  private boolean inTransaction;
  private int savepoints;

  RandomSql(Random random) {
    this.random = random;
  }

  /** What the database begins with. */
  List<String> schema() {
    return List.of(
        "CREATE TABLE a(id INTEGER PRIMARY KEY, v BLOB, n INT)",
        "CREATE TABLE b(k TEXT PRIMARY KEY, v TEXT) WITHOUT ROWID",
        "CREATE TABLE c(x, y, z GENERATED ALWAYS AS (x || y) STORED)",
        "CREATE TABLE d(id INTEGER PRIMARY KEY, v BLOB)",
        "CREATE INDEX a_n ON a(n)",
        "CREATE INDEX c_xy ON c(x, y)");
  }

  boolean inTransaction() {
    return inTransaction;
  }

  /** A statement that both databases shall run. */
  String next() {
    int dice = random.nextInt(100);
    if (dice < 12) {
      return transaction();
    }
    if (dice < 16 && inTransaction) {
      return savepoint();
    }
    if (dice < 50) {
      return insert();
    }
    if (dice < 70) {
      return update();
    }
    if (dice < 90) {
      return delete();
    }
    return rare();
  }

  private String transaction() {
    if (!inTransaction) {
      inTransaction = true;
      savepoints = 0;
      return random.nextBoolean() ? "BEGIN" : "BEGIN IMMEDIATE";
    }
    inTransaction = false;
    return random.nextInt(3) == 0 ? "ROLLBACK" : "COMMIT";
  }

  private String savepoint() {
    if (savepoints > 0 && random.nextBoolean()) {
      String name = "s" + savepoints;
      if (random.nextBoolean()) {
        return "ROLLBACK TO " + name;
      }
      savepoints--;
      return "RELEASE " + name;
    }
    savepoints++;
    return "SAVEPOINT s" + savepoints;
  }

  private String insert() {
    return switch (random.nextInt(4)) {
      case 0 -> "INSERT INTO a(v, n) VALUES (" + blob(3000) + ", " + random.nextInt(50) + ")";
      case 1 ->
          "INSERT OR REPLACE INTO b VALUES ('k" + random.nextInt(200) + "', '" + text(400) + "')";
      case 2 ->
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
              + (1 + random.nextInt(60))
              + ") INSERT INTO c(x, y) SELECT i, '"
              + text(80)
              + "' FROM n";
      default -> "INSERT INTO d(v) VALUES (zeroblob(" + random.nextInt(40_000) + "))";
    };
  }

  private String update() {
    return switch (random.nextInt(3)) {
      case 0 -> "UPDATE a SET v = " + blob(6000) + " WHERE n = " + random.nextInt(50);
      case 1 -> "UPDATE b SET v = v || '" + text(50) + "' WHERE k > 'k" + random.nextInt(200) + "'";
      default -> "UPDATE c SET y = '" + text(60) + "' WHERE x = " + random.nextInt(60);
    };
  }

  private String delete() {
    return switch (random.nextInt(4)) {
      case 0 -> "DELETE FROM a WHERE n < " + random.nextInt(20);
      case 1 -> "DELETE FROM b WHERE k LIKE 'k" + random.nextInt(20) + "%'";
      case 2 -> "DELETE FROM c WHERE x % 7 = " + random.nextInt(7);
      default -> "DELETE FROM d WHERE length(v) > " + random.nextInt(20_000);
    };
  }

  private String rare() {
    if (inTransaction) {
      return "DELETE FROM " + TABLES.get(random.nextInt(TABLES.size()));
    }
    return switch (random.nextInt(5)) {
      case 0 -> "VACUUM";
      case 1 -> "PRAGMA incremental_vacuum(" + random.nextInt(10) + ")";
      case 2 -> "PRAGMA cache_size = " + (1 + random.nextInt(40));
      case 3 -> "REINDEX";
      default -> "DELETE FROM " + TABLES.get(random.nextInt(TABLES.size()));
    };
  }

  private String text(int most) {
    int length = random.nextInt(most);
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.append((char) ('a' + random.nextInt(26)));
    }
    return text.toString();
  }

  private String blob(int most) {
    int length = random.nextInt(most);
    StringBuilder hex = new StringBuilder("x'");
    for (int i = 0; i < length; i++) {
      hex.append(String.format("%02x", random.nextInt(256)));
    }
    return hex.append('\'').toString();
  }
}
