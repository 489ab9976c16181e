package io.github.s3vfs.select.internal.eval;

import io.github.s3vfs.select.SelectError;
import io.github.s3vfs.select.SelectException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A cell that holds one value after the other, so that none is allocated for each row. Whoever gets
 * it from an expression may read it until that expression is computed again, and not write to it.
 */
public final class Value {
  private static final byte[] NOTHING = new byte[0];

  /** What it is; the other fields are valid as far as they belong to it. */
  Kind kind = Kind.NULL;

  /** Whether a STRING is a field of CSV, which has no type, or a NULL is missing. */
  boolean flag;

  /** INT; BOOL as 0 and 1; TIMESTAMP in seconds since 1970 in UTC. */
  long number;

  double real;
  @Nullable BigDecimal decimal;

  /** STRING and NESTED. */
  byte[] bytes = NOTHING;

  int start;
  int end;

  /** TIMESTAMP: part of the second, offset, whether it was written as Z, local date. */
  int nanos;

  int offsetMinutes;
  boolean zulu;
  int year;
  int month;
  int day;

  /** What it is. */
  public Kind kind() {
    return kind;
  }

  /** Whether there is nothing that an expression can use. */
  public boolean isNull() {
    return kind == Kind.NULL || kind == Kind.NESTED;
  }

  /** Whether it is a NULL of what is not in the row. */
  public boolean isMissing() {
    return kind == Kind.NULL && flag;
  }

  /** INT, or BOOL, or the seconds of a TIMESTAMP. */
  public long number() {
    return number;
  }

  /** DOUBLE. */
  public double real() {
    return real;
  }

  /** DECIMAL. */
  public BigDecimal decimal() {
    BigDecimal there = decimal;
    if (there == null) {
      throw new IllegalStateException("not a decimal: " + kind);
    }
    return there;
  }

  /** The array in which a STRING is. */
  public byte[] bytes() {
    return bytes;
  }

  /** Its first byte. */
  public int start() {
    return start;
  }

  /** Behind its last byte. */
  public int end() {
    return end;
  }

  /** The part of the second of a TIMESTAMP. */
  public int nanos() {
    return nanos;
  }

  /** The offset of a TIMESTAMP. */
  public int offsetMinutes() {
    return offsetMinutes;
  }

  /** Makes it NULL. */
  public void setNull() {
    kind = Kind.NULL;
    flag = false;
  }

  /** Makes it a NULL that is missing. */
  public void setMissing() {
    kind = Kind.NULL;
    flag = true;
  }

  /** Makes it a BOOL. */
  public void setBool(boolean value) {
    kind = Kind.BOOL;
    number = value ? 1 : 0;
  }

  /** Makes it a BOOL or NULL. */
  void setTruth(int truth) {
    if (truth < 0) {
      setNull();
    } else {
      kind = Kind.BOOL;
      number = truth;
    }
  }

  /** Makes it an INT. */
  public void setInt(long value) {
    kind = Kind.INT;
    number = value;
  }

  /** Makes it a DOUBLE. */
  public void setDouble(double value) {
    kind = Kind.DOUBLE;
    real = value;
  }

  /** Makes it a DECIMAL. */
  public void setDecimal(BigDecimal value) {
    kind = Kind.DECIMAL;
    decimal = value;
  }

  /** Makes it a STRING that lies in an array of somebody else. */
  public void setString(byte[] array, int from, int to) {
    kind = Kind.STRING;
    flag = false;
    bytes = array;
    start = from;
    end = to;
  }

  /** Makes it a field of CSV. */
  public void setField(byte[] array, int from, int to) {
    kind = Kind.STRING;
    flag = true;
    bytes = array;
    start = from;
    end = to;
  }

  /** Makes it an array or object of JSON. */
  public void setNested(byte[] array, int from, int to) {
    kind = Kind.NESTED;
    bytes = array;
    start = from;
    end = to;
  }

  /** Makes it a STRING. */
  public void setString(String text) {
    byte[] array = text.getBytes(StandardCharsets.UTF_8);
    setString(array, 0, array.length);
  }

  /**
   * Makes it a TIMESTAMP.
   *
   * @param seconds since 1970 in UTC
   * @param offset in minutes
   * @param isZulu whether UTC is shown as Z
   */
  public void setTimestamp(long seconds, int nano, int offset, boolean isZulu) {
    kind = Kind.TIMESTAMP;
    number = seconds;
    nanos = nano;
    offsetMinutes = offset;
    zulu = isZulu;
    Calendar.localDate(this);
  }

  /** A copy that stays as it is. */
  public Value copy() {
    Value copy = new Value();
    copy.set(this);
    if (kind == Kind.STRING || kind == Kind.NESTED) {
      copy.bytes = java.util.Arrays.copyOfRange(bytes, start, end);
      copy.start = 0;
      copy.end = end - start;
    }
    return copy;
  }

  /** Takes the value of another one, whose bytes it shares. */
  public void set(Value other) {
    kind = other.kind;
    flag = other.flag;
    number = other.number;
    real = other.real;
    decimal = other.decimal;
    bytes = other.bytes;
    start = other.start;
    end = other.end;
    nanos = other.nanos;
    offsetMinutes = other.offsetMinutes;
    zulu = other.zulu;
    year = other.year;
    month = other.month;
    day = other.day;
  }

  /** The text of a STRING. */
  public String text() {
    return new String(bytes, start, end - start, StandardCharsets.UTF_8);
  }

  /** 1 for true, 0 for false, -1 for unknown. */
  int truth() {
    return switch (kind) {
      case NULL, NESTED -> -1;
      case BOOL -> (int) number;
      case INT -> number != 0 ? 1 : 0;
      case DOUBLE -> real != 0 ? 1 : 0;
      case DECIMAL -> decimal().signum() != 0 ? 1 : 0;
      case STRING, TIMESTAMP -> 1;
    };
  }

  static SelectException mismatch(String what) {
    return new SelectException(SelectError.TYPE_MISMATCH, what);
  }
}
