package io.github.s3vfs.changelog;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Values of a type as values of SQLite (null, Long, Double, String, byte[]). */
final class ToSqlite {
  private ToSqlite() {}

  /**
   * What a cell is to have.
   *
   * @throws BadValue if the value is not of the column's type; the message goes on behind "with"
   */
  static @Nullable Object write(Column column, @Nullable Object value) throws BadValue {
    if (value == null) {
      if (!column.optional()) {
        throw BadValue.of(column.type(), null);
      }
      return null;
    }
    Object cell = write(column.type(), value);
    if (cell instanceof String text && !isUnicode(text)) {
      throw new BadValue(
          BadValue.of(column.type(), value).getMessage() + ": half of a surrogate pair");
    }
    return cell;
  }

  /** Whether it can be stored: UTF-8 has nothing for half of a surrogate pair. */
  private static boolean isUnicode(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        boolean pair =
            i + 1 < text.length() && Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1));
        if (!pair) {
          return false;
        }
        i++;
      }
    }
    return true;
  }

  static Object write(LogicalType type, Object value) throws BadValue {
    return switch (type.kind()) {
      case BOOL -> (Long) (typed(Boolean.class, type, value) ? 1L : 0L);
      case INT -> whole(type, value);
      case FLOAT -> number(type, value);
      case STRING -> typed(String.class, type, value);
      case BYTES -> typed(byte[].class, type, value);
      case DURATION -> nanos(type, value);
      case JSON -> {
        String text = typed(String.class, type, value);
        Object unused = JsonText.parse(text);
        yield text;
      }
      case LIST, TUPLE, INT_ARRAY, FLOAT_ARRAY -> JsonText.write(JsonValues.write(type, value));
      default -> text(type, value);
    };
  }

  /** A value of a class, and no other. */
  static <T> T typed(Class<T> wanted, LogicalType type, Object value) throws BadValue {
    if (!wanted.isInstance(value)) {
      throw BadValue.of(type, value);
    }
    return wanted.cast(value);
  }

  static Long whole(LogicalType type, Object value) throws BadValue {
    if (value instanceof Long number) {
      return number;
    }
    if (value instanceof Integer || value instanceof Short) {
      return ((Number) value).longValue();
    }
    throw BadValue.of(type, value);
  }

  /** SQLite has no NaN: it would store NULL. */
  static Double number(LogicalType type, Object value) throws BadValue {
    if (value instanceof Double number && !number.isNaN()) {
      return number;
    }
    if (value instanceof Float number && !number.isNaN()) {
      return number.doubleValue();
    }
    throw BadValue.of(type, value);
  }

  static Long nanos(LogicalType type, Object value) throws BadValue {
    try {
      if (value instanceof Duration duration) {
        return duration.toNanos();
      }
    } catch (ArithmeticException e) {
      throw BadValue.of(type, value);
    }
    throw BadValue.of(type, value);
  }

  /** Of those that have a text of their own, in JSON, too. */
  static String text(LogicalType type, Object value) throws BadValue {
    return switch (type.kind()) {
      case DATE_TIME_NAIVE -> DateTimes.write(typed(LocalDateTime.class, type, value));
      case DATE_TIME_UTC -> DateTimes.write(instant(type, value));
      case POINTER -> typed(Pointer.class, type, value).toString();
      case DECIMAL -> typed(BigDecimal.class, type, value).toString();
      case OBJECT -> object(type, value);
      default -> throw BadValue.of(type, value);
    };
  }

  private static Instant instant(LogicalType type, Object value) throws BadValue {
    if (value instanceof OffsetDateTime time) {
      return time.toInstant();
    }
    return value instanceof ZonedDateTime time
        ? time.toInstant()
        : typed(Instant.class, type, value);
  }

  private static String object(LogicalType type, Object value) throws BadValue {
    try {
      return Base64.getEncoder().encodeToString(type.serializer().write(value));
    } catch (RuntimeException e) { // the program's own
      throw new BadValue(BadValue.of(type, value).getMessage() + ": " + e);
    }
  }
}
