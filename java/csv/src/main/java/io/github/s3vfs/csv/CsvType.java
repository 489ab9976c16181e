package io.github.s3vfs.csv;

import java.util.Locale;

/** What the fields of a column become. */
public enum CsvType {
  /** Whole numbers of 64 bits. */
  INTEGER("INTEGER"),
  /** Numbers, with or without a fraction or exponent. */
  REAL("REAL"),
  /** Numbers where they are some, otherwise text: what SQLite makes of dates and decimals. */
  NUMERIC("NUMERIC"),
  /** Text. */
  TEXT("TEXT"),
  /** Bytes, in the form that the format names. */
  BLOB("BLOB"),
  /**
   * Numbers where a field without quotes is one, otherwise text: what was exported with {@link
   * QuotePolicy#TEXT} comes back as it was.
   */
  ANY("");

  private final String declaration;

  CsvType(String declaration) {
    this.declaration = declaration;
  }

  /** As it stands in CREATE TABLE. */
  String declaration() {
    return declaration;
  }

  /**
   * Of a column that exists. The rules are those of section 3.1 of
   * https://www.sqlite.org/datatype3.html, but that a column without a type gets text. So does one
   * that is declared as ANY: in a STRICT table it keeps text as it is, and elsewhere SQLite makes
   * numbers of it where it is some.
   *
   * @param declared as in CREATE TABLE, or ""
   */
  static CsvType ofDeclared(String declared) {
    String type = declared.toUpperCase(Locale.ROOT);
    if (type.contains("INT")) {
      return INTEGER;
    } else if (type.contains("CHAR") || type.contains("CLOB") || type.contains("TEXT")) {
      return TEXT;
    } else if (type.contains("BLOB")) {
      return BLOB;
    } else if (type.isEmpty() || type.equals("ANY")) {
      return TEXT;
    } else if (type.contains("REAL") || type.contains("FLOA") || type.contains("DOUB")) {
      return REAL;
    }
    return NUMERIC;
  }
}
