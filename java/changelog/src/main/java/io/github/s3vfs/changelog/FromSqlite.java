package io.github.s3vfs.changelog;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Values of SQLite (null, Long, Double, String, byte[]) as values of a type. */
final class FromSqlite {
  private static final Set<String> TRUE = Set.of("true", "yes", "on", "t", "y", "1");
  private static final Set<String> FALSE = Set.of("false", "no", "off", "f", "n", "0");

  /** White space at either end, as Unicode has it. */
  private static final Pattern SPACE =
      Pattern.compile("^\\s+|\\s+$", Pattern.UNICODE_CHARACTER_CLASS);

  private FromSqlite() {}

  /**
   * The value of a cell.
   *
   * @param raw as above, or TEXT that is none
   * @throws BadValue if it is none; the message goes on behind "with"
   */
  static @Nullable Object read(Column column, @Nullable Object raw) throws BadValue {
    if (raw == null) {
      if (column.optional() || column.type().kind() == LogicalType.Kind.ANY) {
        return null;
      }
      throw BadValue.of(column.type(), null);
    }
    if (raw instanceof RowBytes.NoText) {
      throw BadValue.of(column.type(), raw);
    }
    return read(column.type(), raw);
  }

  static Object read(LogicalType type, Object raw) throws BadValue {
    return switch (type.kind()) {
      case ANY -> raw;
      case BOOL -> bool(type, raw);
      case INT -> is(Long.class, type, raw);
      case FLOAT ->
          raw instanceof Long whole ? (Double) (double) whole : is(Double.class, type, raw);
      case BYTES -> is(byte[].class, type, raw);
      case DURATION -> Duration.ofNanos(is(Long.class, type, raw));
      default -> text(type, is(String.class, type, raw));
    };
  }

  private static <T> T is(Class<T> wanted, LogicalType type, Object raw) throws BadValue {
    if (!wanted.isInstance(raw)) {
      throw BadValue.of(type, raw);
    }
    return wanted.cast(raw);
  }

  private static Boolean bool(LogicalType type, Object raw) throws BadValue {
    if (raw instanceof Long number && (number == 0 || number == 1)) {
      return number == 1;
    }
    if (raw instanceof String text) {
      String word = SPACE.matcher(text).replaceAll("").toLowerCase(Locale.ROOT);
      if (TRUE.contains(word) || FALSE.contains(word)) {
        return TRUE.contains(word);
      }
    }
    throw BadValue.of(type, raw);
  }

  private static Object text(LogicalType type, String text) throws BadValue {
    return switch (type.kind()) {
      case STRING -> text;
      case DATE_TIME_NAIVE -> DateTimes.local(type, text);
      case DATE_TIME_UTC -> DateTimes.instant(type, text);
      case JSON -> {
        Object unused = JsonText.parse(text);
        yield text;
      }
      case LIST, TUPLE, INT_ARRAY, FLOAT_ARRAY -> JsonValues.read(type, JsonText.parse(text));
      default -> encoded(type, text);
    };
  }

  /** Of those that have a text of their own, in JSON, too. */
  static Object encoded(LogicalType type, String text) throws BadValue {
    try {
      return switch (type.kind()) {
        case POINTER -> Pointer.parse(text);
        case DECIMAL -> new BigDecimal(text);
        default ->
            object(
                type, text, Base64.getDecoder().decode(text.getBytes(StandardCharsets.ISO_8859_1)));
      };
    } catch (IllegalArgumentException e) {
      throw BadValue.of(type, text);
    }
  }

  /** Whatever the program's serializer throws: it is about this value. */
  private static Object object(LogicalType type, String text, byte[] bytes) throws BadValue {
    try {
      return type.serializer().read(bytes);
    } catch (RuntimeException e) {
      throw new BadValue(BadValue.of(type, text).getMessage() + ": " + e);
    }
  }
}
