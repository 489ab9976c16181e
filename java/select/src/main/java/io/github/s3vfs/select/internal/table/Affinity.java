package io.github.s3vfs.select.internal.table;

import java.util.Locale;

/** What a column does to texts: https://sqlite.org/datatype3.html, 3.1. */
enum Affinity {
  TEXT,
  NUMERIC,
  REAL,
  BLOB;

  /** Of a declared type; INTEGER is as NUMERIC to what is stored. */
  static Affinity of(String type) {
    String upper = type.toUpperCase(Locale.ROOT);
    if (upper.contains("INT")) {
      return NUMERIC;
    } else if (upper.contains("CHAR") || upper.contains("CLOB") || upper.contains("TEXT")) {
      return TEXT;
    } else if (upper.contains("BLOB") || upper.isBlank()) {
      return BLOB;
    } else if (upper.contains("REAL") || upper.contains("FLOA") || upper.contains("DOUB")) {
      return REAL;
    }
    return NUMERIC;
  }

  boolean isNumeric() {
    return this == NUMERIC || this == REAL;
  }
}
