package io.github.s3vfs.flink;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.function.Function;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;

/**
 * What a value of a change is to Flink, and the other way round; null is never asked for. The forms
 * of the Table API's internal rows are {@link #internal}, those of {@code Row} are {@link
 * #external}. Immutable.
 *
 * @param read from the value of a change; throws IllegalArgumentException if it does not fit
 * @param write the value of a change
 */
record FieldForm(Function<Object, Object> read, Function<Object, Object> write) {
  private static final long DAY_MILLIS = 86_400_000;

  private static final FieldForm SAME = new FieldForm(Function.identity(), Function.identity());

  /** The form in internal rows. */
  static FieldForm internal(LogicalType type) {
    return switch (type.getTypeRoot()) {
      case CHAR, VARCHAR ->
          new FieldForm(value -> StringData.fromString((String) value), Object::toString);
      case DECIMAL -> {
        DecimalType decimal = (DecimalType) type;
        yield new FieldForm(
            value -> decimal((BigDecimal) value, decimal),
            value -> ((DecimalData) value).toBigDecimal());
      }
      case DATE ->
          new FieldForm(
              value -> (int) date((String) value).toEpochDay(),
              value -> LocalDate.ofEpochDay((Integer) value).toString());
      case TIME_WITHOUT_TIME_ZONE ->
          new FieldForm(
              value -> (int) (time((String) value).toNanoOfDay() / 1_000_000),
              value ->
                  LocalTime.ofNanoOfDay(Math.floorMod((Integer) value, DAY_MILLIS) * 1_000_000)
                      .toString());
      case TIMESTAMP_WITHOUT_TIME_ZONE ->
          new FieldForm(
              value -> TimestampData.fromLocalDateTime((LocalDateTime) value),
              value -> ((TimestampData) value).toLocalDateTime());
      case TIMESTAMP_WITH_LOCAL_TIME_ZONE ->
          new FieldForm(
              value -> TimestampData.fromInstant((Instant) value),
              value -> ((TimestampData) value).toInstant());
      case INTERVAL_DAY_TIME ->
          new FieldForm(
              value -> ((Duration) value).toMillis(), value -> Duration.ofMillis((Long) value));
      case ARRAY -> NestedForms.array(((ArrayType) type).getElementType());
      case ROW -> NestedForms.row((RowType) type);
      default -> plain(type);
    };
  }

  /** The form in {@code Row}. */
  static FieldForm external(LogicalType type) {
    return switch (type.getTypeRoot()) {
      case DECIMAL ->
          new FieldForm(
              value -> decimal((BigDecimal) value, (DecimalType) type).toBigDecimal(),
              Function.identity());
      case DATE -> new FieldForm(value -> date((String) value), Object::toString);
      case TIME_WITHOUT_TIME_ZONE -> new FieldForm(value -> time((String) value), Object::toString);
      case ARRAY -> NestedForms.objects(((ArrayType) type).getElementType());
      case ROW -> NestedForms.fields((RowType) type);
      default -> plain(type);
    };
  }

  /** What both have in common. */
  private static FieldForm plain(LogicalType type) {
    return switch (type.getTypeRoot()) {
      case TINYINT -> new FieldForm(value -> (byte) within(value, type, 8), FieldForm::whole);
      case SMALLINT -> new FieldForm(value -> (short) within(value, type, 16), FieldForm::whole);
      case INTEGER -> new FieldForm(value -> (int) within(value, type, 32), FieldForm::whole);
      case FLOAT ->
          new FieldForm(
              value -> single((Double) value, type), value -> ((Number) value).doubleValue());
      default -> SAME;
    };
  }

  private static Object whole(Object number) {
    return ((Number) number).longValue();
  }

  private static long within(Object value, LogicalType type, int bits) {
    long number = (Long) value;
    if (number >> (bits - 1) != 0 && number >> (bits - 1) != -1) {
      throw new IllegalArgumentException(number + " does not fit " + type.asSummaryString());
    }
    return number;
  }

  private static float single(double value, LogicalType type) {
    float number = (float) value;
    if (Float.isInfinite(number) && !Double.isInfinite(value)) {
      throw new IllegalArgumentException(value + " does not fit " + type.asSummaryString());
    }
    return number;
  }

  private static DecimalData decimal(BigDecimal value, DecimalType type) {
    int scale = type.getScale();
    // Digits in front of the point. All digits of 1E+20000000 or 1E-20000000 would take long.
    long whole = (long) value.precision() - value.scale();
    BigDecimal near = value.signum() == 0 || whole < -scale ? BigDecimal.ZERO : value;
    DecimalData decimal =
        near.signum() != 0 && whole > type.getPrecision() - scale
            ? null
            : DecimalData.fromBigDecimal(near, type.getPrecision(), scale);
    if (decimal == null) {
      throw new IllegalArgumentException(value + " does not fit " + type.asSummaryString());
    }
    return decimal;
  }

  private static LocalDate date(String text) {
    try {
      return LocalDate.parse(text);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("'" + text + "' is no date", e);
    }
  }

  private static LocalTime time(String text) {
    try {
      return LocalTime.parse(text);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("'" + text + "' is no time of day", e);
    }
  }
}
