package io.github.s3vfs.csv;

import java.util.BitSet;
import java.util.List;

/**
 * The fields of a record. Not to be changed.
 *
 * @param line where it begins, counted from 1
 * @param values none for an empty line
 * @param quoted which of them have quotes
 */
record FieldList(long line, List<String> values, BitSet quoted) {
  int size() {
    return values.size();
  }

  /** How long all of them are together. */
  long chars() {
    return values.stream().mapToLong(String::length).sum();
  }

  /** Whether a field is the text of NULL, without quotes. */
  boolean isNull(int field, String nullText) {
    return !quoted.get(field) && values.get(field).equals(nullText);
  }
}
