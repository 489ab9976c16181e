package io.github.s3vfs.changelog;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes JSON (RFC 8259). A value is a Map, List, String, Boolean, {@link Raw} number or
 * null.
 */
final class JsonText {
  /** How deep arrays and objects are in each other at most, as in SQLite. */
  private static final int MAX_DEPTH = 1_000;

  /**
   * A number as it was written; or, to be written, any document.
   *
   * @param text of JSON
   */
  record Raw(String text) {}

  private final String text;
  private int at;

  private JsonText(String text) {
    this.text = text;
  }

  /**
   * Reads a document.
   *
   * @throws BadValue if it is none
   */
  static @Nullable Object parse(String text) throws BadValue {
    JsonText json = new JsonText(text);
    Object value = json.value();
    json.space();
    if (json.at < text.length()) {
      throw json.bad();
    }
    return value;
  }

  private BadValue bad() {
    return new BadValue(
        "type JSON from value " + BadValue.shown(text) + " (at character " + at + ")");
  }

  private void space() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private boolean take(char wanted) {
    space();
    boolean found = at < text.length() && text.charAt(at) == wanted;
    at += found ? 1 : 0;
    return found;
  }

  private void need(char wanted) throws BadValue {
    if (!take(wanted)) {
      throw bad();
    }
  }

  /** An array or object that is being read. */
  private static final class Open {
    private final @Nullable List<@Nullable Object> array;
    private final Map<String, @Nullable Object> object;
    private String name = "";

    Open(boolean isArray) {
      array = isArray ? new ArrayList<>() : null;
      object = isArray ? Map.of() : new LinkedHashMap<>();
    }

    char end() {
      return array != null ? ']' : '}';
    }

    Object value() {
      return array != null ? array : object;
    }

    void add(@Nullable Object value) {
      if (array != null) {
        array.add(value);
      } else {
        object.put(name, value);
      }
    }
  }

  /** Without recursion: a thread may have little stack left. */
  private @Nullable Object value() throws BadValue {
    Deque<Open> around = new ArrayDeque<>();
    while (true) {
      space();
      char first = at < text.length() ? text.charAt(at) : 0;
      Object value;
      if (first == '{' || first == '[') {
        if (around.size() == MAX_DEPTH) {
          throw bad();
        }
        at++;
        Open open = new Open(first == '[');
        if (!take(open.end())) {
          begin(open);
          around.push(open);
          continue;
        }
        value = open.value();
      } else {
        value = scalar(first);
      }
      Open open = around.peek();
      while (open != null) {
        open.add(value);
        if (take(',')) {
          begin(open);
          break;
        }
        need(open.end());
        value = around.pop().value();
        open = around.peek();
      }
      if (open == null) {
        return value;
      }
    }
  }

  /** Reads what is in front of the next value. */
  private void begin(Open open) throws BadValue {
    if (open.array == null) {
      space();
      open.name = string();
      need(':');
    }
  }

  private @Nullable Object scalar(char first) throws BadValue {
    return switch (first) {
      case '"' -> string();
      case 't' -> word("true", true);
      case 'f' -> word("false", false);
      case 'n' -> word("null", null);
      default -> number();
    };
  }

  private @Nullable Object word(String word, @Nullable Object value) throws BadValue {
    if (!text.startsWith(word, at)) {
      throw bad();
    }
    at += word.length();
    return value;
  }

  private String string() throws BadValue {
    need('"');
    StringBuilder string = new StringBuilder();
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '"') {
        return string.toString();
      }
      if (c < ' ') {
        throw bad();
      }
      string.append(c == '\\' ? escaped() : c);
    }
    throw bad();
  }

  private char escaped() throws BadValue {
    char c = at < text.length() ? text.charAt(at++) : 0;
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> {
        int code = 0;
        for (int i = 0; i < 4; i++) {
          int digit = at < text.length() ? Character.digit(text.charAt(at), 16) : -1;
          if (digit < 0 || text.charAt(at) > 'f') {
            throw bad();
          }
          code = code * 16 + digit;
          at++;
        }
        yield (char) code;
      }
      default -> throw bad();
    };
  }

  private Raw number() throws BadValue {
    int start = at;
    if (at < text.length() && text.charAt(at) == '-') {
      at++;
    }
    int whole = at;
    digits();
    if (text.charAt(whole) == '0' && at > whole + 1) {
      throw bad();
    }
    if (at < text.length() && text.charAt(at) == '.') {
      at++;
      digits();
    }
    if (at < text.length() && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
      at++;
      if (at < text.length() && (text.charAt(at) == '+' || text.charAt(at) == '-')) {
        at++;
      }
      digits();
    }
    return new Raw(text.substring(start, at));
  }

  private void digits() throws BadValue {
    int start = at;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    if (at == start) {
      throw bad();
    }
  }

  /** Writes a value. */
  static String write(@Nullable Object value) {
    StringBuilder out = new StringBuilder();
    write(value, out);
    return out.toString();
  }

  private static void write(@Nullable Object value, StringBuilder out) {
    if (value instanceof Map<?, ?> map) {
      String separator = "{";
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        out.append(separator);
        quote(String.valueOf(entry.getKey()), out);
        out.append(':');
        write(entry.getValue(), out);
        separator = ",";
      }
      out.append(map.isEmpty() ? "{}" : "}");
    } else if (value instanceof List<?> list) {
      out.append('[');
      for (int i = 0; i < list.size(); i++) {
        out.append(i == 0 ? "" : ",");
        write(list.get(i), out);
      }
      out.append(']');
    } else if (value instanceof String string) {
      quote(string, out);
    } else {
      out.append(value instanceof Raw raw ? raw.text() : String.valueOf(value));
    }
  }

  private static void quote(String string, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < string.length(); i++) {
      char c = string.charAt(i);
      switch (c) {
        case '"', '\\' -> out.append('\\').append(c);
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < ' ') {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
