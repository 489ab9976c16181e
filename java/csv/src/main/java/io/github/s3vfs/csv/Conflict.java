package io.github.s3vfs.csv;

/** What happens to a row that the table has already, by a UNIQUE constraint. */
public enum Conflict {
  /** It is a bad row. */
  FAIL("INSERT OR ABORT"),
  /** It is left out, and so are rows that a NOT NULL constraint refuses: SQLite's OR IGNORE. */
  IGNORE("INSERT OR IGNORE"),
  /** It takes the place of the row that is there: SQLite's OR REPLACE. */
  REPLACE("INSERT OR REPLACE");

  private final String sql;

  Conflict(String sql) {
    this.sql = sql;
  }

  String sql() {
    return sql;
  }
}
