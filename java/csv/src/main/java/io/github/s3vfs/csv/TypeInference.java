package io.github.s3vfs.csv;

import java.util.List;

/** Types for a new table, by its first records. */
final class TypeInference {
  private TypeInference() {}

  /** INTEGER or REAL if all fields without quotes that are not NULL are such; otherwise TEXT. */
  static CsvType of(List<FieldList> records, int field, String nullText) {
    boolean some = false;
    boolean integers = true;
    for (FieldList record : records) {
      if (field >= record.size() || record.isNull(field, nullText)) {
        continue;
      }
      String text = record.values().get(field);
      if (record.quoted().get(field)
          || !NumberText.isPlain(text)
          || NumberText.real(text) == null) {
        return CsvType.TEXT;
      }
      some = true;
      integers &= NumberText.integer(text) != null;
      if (!integers && isWhole(text)) {
        return CsvType.TEXT; // more digits than a number can keep
      }
    }
    return !some ? CsvType.TEXT : integers ? CsvType.INTEGER : CsvType.REAL;
  }

  private static boolean isWhole(String text) {
    return text.chars().allMatch(c -> c == '-' || (c >= '0' && c <= '9'))
        && NumberText.integer(text) == null;
  }
}
