package io.github.s3vfs.select.internal.csv;

import io.github.s3vfs.select.CsvInput;
import io.github.s3vfs.select.Dialect;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The options of CSV as bytes; an empty array is none. */
final class CsvFormat {
  private final byte[] record;
  private final byte[] field;
  private final byte[] quote;
  private final byte[] escape;
  private final byte[] comment;
  private final boolean quotedRecords;

  private CsvFormat(CsvInput input, Dialect dialect) {
    String comments = input.comments();
    Boolean quoted = input.allowQuotedRecordDelimiter();
    byte[] escaping = bytes(input.quoteEscape());
    record = bytes(input.recordDelimiter());
    field = bytes(input.fieldDelimiter());
    quote = bytes(input.quote());
    escape = Arrays.equals(quote, escaping) ? new byte[0] : escaping;
    comment = bytes(comments != null ? comments : dialect == Dialect.AWS ? "#" : "");
    quotedRecords = quoted != null ? quoted : dialect == Dialect.CEPH;
  }

  static CsvFormat of(CsvInput input, Dialect dialect) {
    return new CsvFormat(input, dialect);
  }

  /** Between records. */
  byte[] record() {
    return record;
  }

  /** Between fields. */
  byte[] field() {
    return field;
  }

  /** Around fields. */
  byte[] quote() {
    return quote;
  }

  /** In front of a character. */
  byte[] escape() {
    return escape;
  }

  /** In front of a record that is none. */
  byte[] comment() {
    return comment;
  }

  /** Whether a record delimiter within quotes is part of the field. */
  boolean quotedRecords() {
    return quotedRecords;
  }

  private static byte[] bytes(@Nullable String text) {
    return text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
  }

  /** Whether one byte is enough to know each of the characters. */
  boolean isSimple() {
    return record.length == 1 && field.length == 1 && quote.length <= 1 && escape.length <= 1;
  }

  /** Whether a carriage return in front of the record delimiter belongs to it. */
  boolean dropsCarriageReturn() {
    return record.length == 1 && record[0] == '\n';
  }

  static boolean at(byte[] b, int at, int end, byte[] wanted) {
    int length = wanted.length;
    if (length == 0 || end - at < length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (b[at + i] != wanted[i]) {
        return false;
      }
    }
    return true;
  }
}
