package io.github.s3vfs.cli;

import java.util.Collection;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes JSON (RFC 8259): maps, collections, strings, numbers, booleans, null, and bytes in hex.
 */
final class Json {
  private Json() {}

  /** An object with these members, in this order: name, value, name, value. */
  static Map<String, @Nullable Object> object(@Nullable Object... members) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    for (int i = 0; i < members.length; i += 2) {
      object.put(String.valueOf(members[i]), members[i + 1]);
    }
    return object;
  }

  static String of(@Nullable Object value) {
    StringBuilder to = new StringBuilder();
    write(value, to);
    return to.toString();
  }

  private static void write(@Nullable Object value, StringBuilder to) {
    if (value == null) {
      to.append("null");
    } else if (value instanceof Map<?, ?> map) {
      String separator = "{";
      for (Map.Entry<?, ?> each : map.entrySet()) {
        to.append(separator);
        writeText(String.valueOf(each.getKey()), to);
        to.append(':');
        write(each.getValue(), to);
        separator = ",";
      }
      to.append(map.isEmpty() ? "{}" : "}");
    } else if (value instanceof Collection<?> all) {
      to.append('[');
      for (Iterator<?> each = all.iterator(); each.hasNext(); ) {
        write(each.next(), to);
        to.append(each.hasNext() ? "," : "");
      }
      to.append(']');
    } else if (value instanceof Double number) {
      // As SQLite writes infinity; it has no NaN.
      to.append(number.isInfinite() ? (number > 0 ? "9.0e+999" : "-9.0e+999") : number.toString());
    } else if (value instanceof Number || value instanceof Boolean) {
      to.append(value);
    } else if (value instanceof byte[] bytes) {
      writeText(HexFormat.of().formatHex(bytes), to);
    } else {
      writeText(value.toString(), to);
    }
  }

  private static void writeText(String text, StringBuilder to) {
    to.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> to.append("\\\"");
        case '\\' -> to.append("\\\\");
        case '\n' -> to.append("\\n");
        case '\r' -> to.append("\\r");
        case '\t' -> to.append("\\t");
        default -> {
          boolean lone =
              Character.isHighSurrogate(c)
                  ? i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1))
                  : Character.isLowSurrogate(c)
                      && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)));
          if (c < 0x20 || c == 0x7f || lone) {
            to.append(String.format("\\u%04x", (int) c));
          } else {
            to.append(c);
          }
        }
      }
    }
    to.append('"');
  }
}
