package io.github.s3vfs.csv;

import java.math.BigDecimal;
import java.util.List;

/** Types for a new table, by its first records. */
final class TypeInference {
  private TypeInference() {}

  /**
   * INTEGER or REAL if all fields without quotes that are not NULL are such, and whole numbers keep
   * their digits; otherwise TEXT.
   */
  static CsvType of(List<FieldList> records, int field, String nullText) {
    boolean some = false;
    boolean integers = true;
    boolean exact = true;
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
      Long integer = NumberText.integer(text);
      integers &= integer != null;
      exact &= integer == null || isExact(integer);
      if (!integers && (isWhole(text) || !exact)) {
        return CsvType.TEXT; // more digits than a number can keep
      }
    }
    return !some ? CsvType.TEXT : integers ? CsvType.INTEGER : CsvType.REAL;
  }

  /** Whether REAL has this number. */
  private static boolean isExact(long integer) {
    return new BigDecimal((double) integer).compareTo(BigDecimal.valueOf(integer)) == 0;
  }

  private static boolean isWhole(String text) {
    return text.chars().allMatch(c -> c == '-' || (c >= '0' && c <= '9'))
        && NumberText.integer(text) == null;
  }
}
