package io.github.s3vfs.select.internal.table;

import io.github.s3vfs.select.Compression;
import io.github.s3vfs.select.SelectError;
import io.github.s3vfs.select.SelectException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Named options: {@code name=value}, values in quotes or not. Each is taken once. */
final class TableArguments {
  private final Map<String, String> options = new LinkedHashMap<>();

  TableArguments(List<String> arguments) {
    for (String argument : arguments) {
      if (argument.isBlank()) {
        continue;
      }
      int equals = argument.indexOf('=');
      if (equals < 0) {
        throw invalid("'" + argument.strip() + "' is not name=value");
      }
      String name = argument.substring(0, equals).strip().toLowerCase(Locale.ROOT);
      if (options.put(name, unquote(argument.substring(equals + 1).strip())) != null) {
        throw invalid(name + " is there twice");
      }
    }
  }

  /** Of a text in which they are separated by commas. */
  static TableArguments of(String text) {
    List<String> parts = new ArrayList<>();
    char quote = 0;
    int start = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quote != 0) {
        quote = c == quote ? 0 : quote;
      } else if (c == '\'' || c == '"') {
        quote = c;
      } else if (c == ',') {
        parts.add(text.substring(start, i));
        start = i + 1;
      }
    }
    parts.add(text.substring(start));
    return new TableArguments(parts);
  }

  /** The text in quotes of SQL, or the text itself. */
  static String unquote(String text) {
    char quote = text.isEmpty() ? 0 : text.charAt(0);
    if (quote != '\'' && quote != '"') {
      return text;
    }
    if (text.length() < 2 || text.charAt(text.length() - 1) != quote) {
      throw invalid("a quote is missing: " + text);
    }
    String twice = String.valueOf(quote).repeat(2);
    return text.substring(1, text.length() - 1).replace(twice, String.valueOf(quote));
  }

  @Nullable String take(String name) {
    return options.remove(name);
  }

  boolean take(String name, boolean otherwise) {
    String value = options.remove(name);
    if (value == null) {
      return otherwise;
    }
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "true", "1", "on", "yes" -> true;
      case "false", "0", "off", "no" -> false;
      default -> throw invalid(name + " is '" + value + "'; possible are true and false");
    };
  }

  /** A short text, in which a tab and a line feed can be written as in C. */
  String takeText(String name, String otherwise) {
    String value = options.remove(name);
    return value == null
        ? otherwise
        : value.replace("\\t", "\t").replace("\\n", "\n").replace("\\r", "\r");
  }

  Compression takeCompression() {
    String value = options.remove("compression");
    if (value == null) {
      return Compression.NONE;
    }
    try {
      return Compression.valueOf(value.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw invalid(
          "compression is '" + value + "'; possible are " + Arrays.toString(Compression.values()));
    }
  }

  /** Refuses what was not taken. */
  void end() {
    if (!options.isEmpty()) {
      throw invalid("there is no option " + String.join(", ", options.keySet()));
    }
  }

  static SelectException invalid(String message) {
    return new SelectException(SelectError.INVALID_REQUEST, message);
  }
}
