package io.github.s3vfs.select.internal.table;

import io.github.s3vfs.select.internal.eval.Kind;
import io.github.s3vfs.select.internal.eval.Value;
import io.github.s3vfs.table.spi.RowBatch;
import io.github.s3vfs.table.spi.SqlValue;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A value as SQLite has it, filled again for each row. Texts lie in somebody else's array. */
final class Cell {
  private static final byte[] NOTHING = {};

  SqlValue.Type type = SqlValue.Type.NULL;
  long number;
  double real;
  byte[] bytes = NOTHING;
  int start;
  int end;

  static Cell of(SqlValue value) {
    Cell cell = new Cell();
    cell.type = value.type();
    cell.number = value.number();
    cell.real = value.real();
    cell.bytes = value.bytes();
    cell.end = cell.bytes.length;
    return cell;
  }

  /** Takes a value of the engine, as a column of that affinity stores it. */
  void set(Value value, Affinity affinity) {
    switch (value.kind()) {
      case NULL -> type = SqlValue.Type.NULL;
      case BOOL, INT -> setNumber(value.number(), affinity);
      case DOUBLE -> setReal(value.real(), affinity);
      case DECIMAL -> setReal(value.decimal().doubleValue(), affinity);
      case STRING, NESTED, TIMESTAMP -> {
        setText(value.bytes(), value.start(), value.end());
        if (affinity.isNumeric() && value.kind() == Kind.STRING) {
          toNumber(affinity);
        }
      }
    }
  }

  void setText(byte[] array, int from, int to) {
    type = SqlValue.Type.TEXT;
    bytes = array;
    start = from;
    end = to;
  }

  private void setNumber(long value, Affinity affinity) {
    if (affinity == Affinity.REAL) {
      type = SqlValue.Type.REAL;
      real = value;
    } else {
      type = SqlValue.Type.INTEGER;
      number = value;
    }
    toText(affinity);
  }

  private void setReal(double value, Affinity affinity) {
    long whole = (long) value;
    if (affinity == Affinity.NUMERIC
        && whole == value
        && whole > Long.MIN_VALUE
        && whole < Long.MAX_VALUE) {
      type = SqlValue.Type.INTEGER;
      number = whole;
      return;
    }
    type = SqlValue.Type.REAL;
    real = value + 0.0; // SQLite stores no -0.0
    toText(affinity);
  }

  private void toText(Affinity affinity) {
    if (affinity == Affinity.TEXT) {
      String text = type == SqlValue.Type.INTEGER ? Long.toString(number) : RealText.of(real);
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      setText(utf8, 0, utf8.length);
    }
  }

  /** What a column of numbers makes of a text: a number if the whole of it is one. */
  void toNumber(Affinity affinity) {
    if (type != SqlValue.Type.TEXT) {
      return;
    }
    switch (NumericText.read(this)) {
      case NONE -> {}
      case INTEGER -> setNumber(number, affinity);
      case REAL -> setReal(real, affinity);
    }
  }

  /** Takes the value of another one, whose bytes it shares. */
  void set(Cell other) {
    type = other.type;
    number = other.number;
    real = other.real;
    bytes = other.bytes;
    start = other.start;
    end = other.end;
  }

  void addTo(RowBatch batch) {
    switch (type) {
      case NULL -> batch.addNull();
      case INTEGER -> batch.add(number);
      case REAL -> batch.add(real);
      case TEXT -> batch.addText(bytes, start, end);
      case BLOB -> throw new IllegalStateException("objects have no blobs");
    }
  }

  /** SQLite's order of two values that are not NULL; texts by their bytes. */
  static int compare(Cell a, Cell b) {
    int classes = rank(a.type) - rank(b.type);
    if (classes != 0) {
      return classes;
    }
    return switch (a.type) {
      case INTEGER ->
          b.type == SqlValue.Type.INTEGER
              ? Long.compare(a.number, b.number)
              : compare(a.number, b.real);
      case REAL ->
          b.type == SqlValue.Type.INTEGER ? -compare(b.number, a.real) : order(a.real, b.real);
      default -> Arrays.compareUnsigned(a.bytes, a.start, a.end, b.bytes, b.start, b.end);
    };
  }

  private static int rank(SqlValue.Type type) {
    return switch (type) {
      case NULL -> 0;
      case INTEGER, REAL -> 1;
      case TEXT -> 2;
      case BLOB -> 3;
    };
  }

  /** Exact, where a conversion would round. */
  private static int compare(long number, double real) {
    if (real >= 0x1p63) {
      return -1;
    } else if (real < -0x1p63) {
      return 1;
    }
    long whole = (long) real;
    return number != whole ? Long.compare(number, whole) : order((double) whole, real);
  }

  /** As Double.compare, but -0.0 is 0.0. */
  private static int order(double a, double b) {
    return a < b ? -1 : a > b ? 1 : 0;
  }
}
