package io.github.s3vfs.select.internal.table;

import io.github.s3vfs.table.spi.ScanRequest;
import io.github.s3vfs.table.spi.SqlValue;
import org.jspecify.annotations.Nullable;

/**
 * A comparison of a column with a value, which keeps at least the rows that SQLite keeps, who
 * checks them again. What SQLite does depends on the affinity of what the value comes from
 * (https://sqlite.org/datatype3.html, 4.2), which is not known here: so a row is kept if any of the
 * comparisons that are possible keeps it.
 */
final class Condition {
  private final int operator;
  private final Affinity affinity;
  private final boolean binary;

  /** The value as it is, and as a number if it is a text of one. */
  private final Cell value;

  private final Cell number;

  /** An INTEGER as text, if a column of texts may be compared with it. */
  private final @Nullable Cell text;

  /** Whether it is of no use: all rows are kept. */
  private final boolean keepsAll;

  /** Whether it makes a difference that a text of a number may be compared as a number. */
  private final boolean convertsTexts;

  private final Cell converted = new Cell();

  /**
   * Makes one.
   *
   * @param binary whether texts are compared by their bytes
   */
  Condition(int operator, Affinity affinity, boolean binary, SqlValue value) {
    this.operator = operator;
    this.affinity = affinity;
    this.binary = binary;
    this.value = Cell.of(value);
    this.number = Cell.of(value);
    this.number.toNumber(Affinity.NUMERIC);
    this.text =
        value.type() == SqlValue.Type.INTEGER && affinity == Affinity.TEXT
            ? Cell.of(SqlValue.of(Long.toString(value.number())))
            : null;
    // A number is less than a text that is none.
    this.convertsTexts =
        number.type != SqlValue.Type.TEXT
            || operator == ScanRequest.LT
            || operator == ScanRequest.LE;
    this.keepsAll =
        switch (value.type()) {
          case NULL, INTEGER -> false;
          // As text it has as many digits as this SQLite gives it.
          case REAL -> affinity == Affinity.TEXT;
          case TEXT -> isUncertain(value.bytes());
          case BLOB -> true;
        };
  }

  /** In UTF-16 texts have another order, and what is no text becomes U+FFFD. */
  private boolean isUncertain(byte[] utf8) {
    if (operator == ScanRequest.EQ) {
      for (int i = 0; i + 2 < utf8.length; i++) {
        if (utf8[i] == (byte) 0xEF && utf8[i + 1] == (byte) 0xBF && utf8[i + 2] == (byte) 0xBD) {
          return true;
        }
      }
      return false;
    }
    return !isAscii(utf8, 0, utf8.length);
  }

  private static boolean isAscii(byte[] b, int start, int end) {
    for (int i = start; i < end; i++) {
      if (b[i] < 0) {
        return false;
      }
    }
    return true;
  }

  boolean keeps(Cell left) {
    if (operator == ScanRequest.IS_NULL) {
      return left.type == SqlValue.Type.NULL;
    } else if (left.type == SqlValue.Type.NULL) {
      return false;
    } else if (operator == ScanRequest.IS_NOT_NULL || keepsAll) {
      return true;
    } else if (value.type == SqlValue.Type.NULL) {
      return false;
    }
    if (affinity.isNumeric()) {
      return holds(left, number);
    }
    if (holds(left, value) || (text != null && holds(left, text))) {
      return true;
    }
    if (!convertsTexts || (left.type != SqlValue.Type.TEXT && number.type == value.type)) {
      return false;
    }
    converted.set(left);
    converted.toNumber(Affinity.NUMERIC);
    return holds(converted, number);
  }

  private boolean holds(Cell left, Cell right) {
    if (left.type == SqlValue.Type.TEXT && right.type == SqlValue.Type.TEXT) {
      if (!binary || (operator != ScanRequest.EQ && !isAscii(left.bytes, left.start, left.end))) {
        return true;
      }
    }
    int order = Cell.compare(left, right);
    return switch (operator) {
      case ScanRequest.EQ -> order == 0;
      case ScanRequest.LT -> order < 0;
      case ScanRequest.LE -> order <= 0;
      case ScanRequest.GT -> order > 0;
      case ScanRequest.GE -> order >= 0;
      default -> true;
    };
  }

  /** Whether rows can be found by {@link RowStore#find}. */
  boolean isKey() {
    return operator == ScanRequest.EQ
        && !keepsAll
        && binary
        && !(affinity == Affinity.TEXT && value.type == SqlValue.Type.REAL);
  }

  /** The value of {@link #isKey}, as a number if it may be one. */
  Cell key() {
    return number;
  }
}
