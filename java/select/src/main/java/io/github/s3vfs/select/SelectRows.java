package io.github.s3vfs.select;

import io.github.s3vfs.select.internal.eval.RowSource;
import io.github.s3vfs.select.internal.eval.Value;
import io.github.s3vfs.select.internal.sql.Query;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a query, one after the other. Getters are of the row that {@link #next} went to;
 * columns count from 0. Belongs to one thread at a time.
 */
public final class SelectRows implements Closeable {
  private final Execution execution;
  private final SelectOptions options;

  private SelectRows(Execution execution, SelectOptions options) {
    this.execution = execution;
    this.options = options;
  }

  /**
   * @param aggregated whether the rows are the one row of aggregates, whatever the query is
   */
  static SelectRows open(
      Query query, ObjectSource source, SelectOptions options, boolean aggregated) {
    RowSource rows = Readers.open(query, source, options);
    try {
      return new SelectRows(Execution.start(query, rows, options, aggregated), options);
    } catch (RuntimeException e) {
      Readers.close(rows, e);
      throw e;
    }
  }

  /**
   * Goes on to the next row.
   *
   * @return false at the end
   * @throws SelectException if the rest can not be read or computed; what a source throws beside
   *     IOExceptions comes as it is
   */
  public boolean next() {
    return execution.next();
  }

  /**
   * How many columns this row has; with {@code *} each can have another number.
   *
   * @return 0 or more
   */
  public int columnCount() {
    return execution.columnCount();
  }

  /**
   * The name of a column: its alias, its name or the last key of its path, or {@code _1}, {@code
   * _2} and so on for those without.
   *
   * @param column from 0
   * @return the name
   * @throws IndexOutOfBoundsException if there is no such column
   */
  public String columnName(int column) {
    return execution.columnName(column);
  }

  /**
   * The names of all columns of this row.
   *
   * @return in order
   */
  public List<String> columnNames() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < columnCount(); i++) {
      names.add(columnName(i));
    }
    return names;
  }

  /**
   * What a column is.
   *
   * @param column from 0
   * @return the type of its value
   * @throws IndexOutOfBoundsException if there is no such column
   */
  public SelectType type(int column) {
    return switch (value(column).kind()) {
      case NULL -> SelectType.NULL;
      case BOOL -> SelectType.BOOL;
      case INT -> SelectType.INT;
      case DOUBLE -> SelectType.FLOAT;
      case DECIMAL -> SelectType.DECIMAL;
      case STRING -> SelectType.STRING;
      case TIMESTAMP -> SelectType.TIMESTAMP;
      case NESTED -> SelectType.JSON;
    };
  }

  /**
   * Whether a column is NULL.
   *
   * @param column from 0
   * @return whether it has no value
   * @throws IndexOutOfBoundsException if there is no such column
   */
  public boolean isNull(int column) {
    return type(column) == SelectType.NULL;
  }

  /**
   * A column as text, whatever it is.
   *
   * @param column from 0
   * @return as CSV shows it; null for NULL
   * @throws IndexOutOfBoundsException if there is no such column
   */
  public @Nullable String getString(int column) {
    return execution.text(value(column));
  }

  /**
   * An integer.
   *
   * @param column from 0
   * @return its value
   * @throws SelectException {@code TYPE_MISMATCH} if it is none
   * @throws IndexOutOfBoundsException if there is no such column
   */
  public long getLong(int column) {
    Value value = value(column);
    check(column, SelectType.INT);
    return value.number();
  }

  /**
   * A number as a floating-point number.
   *
   * @param column from 0
   * @return its value, rounded if it is another type of number
   * @throws SelectException {@code TYPE_MISMATCH} if it is no number
   * @throws IndexOutOfBoundsException if there is no such column
   */
  public double getDouble(int column) {
    Value value = value(column);
    return switch (type(column)) {
      case INT -> value.number();
      case FLOAT -> value.real();
      case DECIMAL -> value.decimal().doubleValue();
      default -> throw mismatch(column, SelectType.FLOAT);
    };
  }

  /**
   * A number as a decimal.
   *
   * @param column from 0
   * @return its value, exact
   * @throws SelectException {@code TYPE_MISMATCH} if it is no number, or not a finite one
   * @throws IndexOutOfBoundsException if there is no such column
   */
  public BigDecimal getDecimal(int column) {
    Value value = value(column);
    return switch (type(column)) {
      case INT -> BigDecimal.valueOf(value.number());
      case DECIMAL -> value.decimal();
      case FLOAT -> {
        if (Double.isNaN(value.real()) || Double.isInfinite(value.real())) {
          throw mismatch(column, SelectType.DECIMAL);
        }
        yield BigDecimal.valueOf(value.real());
      }
      default -> throw mismatch(column, SelectType.DECIMAL);
    };
  }

  /**
   * A truth value.
   *
   * @param column from 0
   * @return its value
   * @throws SelectException {@code TYPE_MISMATCH} if it is none
   * @throws IndexOutOfBoundsException if there is no such column
   */
  public boolean getBoolean(int column) {
    Value value = value(column);
    check(column, SelectType.BOOL);
    return value.number() != 0;
  }

  /**
   * A timestamp.
   *
   * @param column from 0
   * @return its value, with its offset
   * @throws SelectException {@code TYPE_MISMATCH} if it is none
   * @throws IndexOutOfBoundsException if there is no such column
   */
  public OffsetDateTime getTimestamp(int column) {
    Value value = value(column);
    check(column, SelectType.TIMESTAMP);
    return Instant.ofEpochSecond(value.number(), value.nanos())
        .atOffset(ZoneOffset.ofTotalSeconds(value.offsetMinutes() * 60));
  }

  /**
   * A column as an object of Java: Boolean, Long, Double, BigDecimal, String or OffsetDateTime.
   *
   * @param column from 0
   * @return null for NULL
   * @throws IndexOutOfBoundsException if there is no such column
   */
  public @Nullable Object getObject(int column) {
    return switch (type(column)) {
      case NULL -> null;
      case BOOL -> getBoolean(column);
      case INT -> getLong(column);
      case FLOAT -> getDouble(column);
      case DECIMAL -> getDecimal(column);
      case STRING, JSON -> getString(column);
      case TIMESTAMP -> getTimestamp(column);
    };
  }

  private Value value(int column) {
    return execution.value(column);
  }

  private void check(int column, SelectType wanted) {
    if (type(column) != wanted) {
      throw mismatch(column, wanted);
    }
  }

  private SelectException mismatch(int column, SelectType wanted) {
    return new SelectException(
        SelectError.TYPE_MISMATCH,
        "column " + columnName(column) + " is " + type(column) + ", not " + wanted);
  }

  /**
   * Writes the rows that are left, in the format of the options. The stream is flushed, and not
   * closed.
   *
   * @param target for the bytes
   * @return how many bytes were written
   * @throws SelectException as {@link #next}; {@code WRITE_FAILED} if the target fails. What was
   *     written before stays written
   */
  public long writeTo(OutputStream target) {
    try {
      return new RowWriter(execution, options).write(target);
    } catch (IOException e) {
      throw new SelectException(SelectError.WRITE_FAILED, "can not write: " + e.getMessage(), e);
    }
  }

  /**
   * How far the query is.
   *
   * @return counts up to now
   */
  public SelectStats stats() {
    return execution.stats();
  }

  /** Gives up what was fetched ahead. Closing again does nothing. */
  @Override
  public void close() {
    execution.close();
  }
}
