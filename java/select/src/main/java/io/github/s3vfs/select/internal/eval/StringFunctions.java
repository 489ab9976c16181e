package io.github.s3vfs.select.internal.eval;

import io.github.s3vfs.select.SelectError;
import io.github.s3vfs.select.SelectException;
import io.github.s3vfs.select.internal.io.ByteSink;
import java.util.Locale;

/** Functions on text, by code points. */
final class StringFunctions {
  private StringFunctions() {}

  static void text(String function, Value value) {
    if (value.kind != Kind.STRING) {
      throw new SelectException(
          SelectError.INVALID_ARGUMENT,
          function + " takes a string, and this is a " + Comparing.name(value.kind));
    }
  }

  /** A number without its fraction. */
  static long whole(String function, Value value) {
    return switch (value.kind) {
      case INT -> value.number;
      case DOUBLE -> (long) value.real;
      case DECIMAL -> (long) value.decimal().doubleValue();
      default ->
          throw new SelectException(
              SelectError.INVALID_ARGUMENT,
              function + " takes a number, and this is a " + Comparing.name(value.kind));
    };
  }

  static void lower(Value[] a, ByteSink scratch, Value out) {
    changeCase("lower", a[0], 'A', scratch, out);
  }

  static void upper(Value[] a, ByteSink scratch, Value out) {
    changeCase("upper", a[0], 'a', scratch, out);
  }

  private static void changeCase(
      String function, Value value, char first, ByteSink scratch, Value out) {
    text(function, value);
    for (int i = value.start; i < value.end; i++) {
      int c = value.bytes[i];
      if (c < 0) {
        String all = value.text();
        out.setString(first == 'A' ? all.toLowerCase(Locale.ROOT) : all.toUpperCase(Locale.ROOT));
        return;
      }
      scratch.put(c >= first && c < first + 26 ? c ^ 0x20 : c);
    }
    out.setString(scratch.array(), 0, scratch.length());
  }

  static void length(Value[] a, ByteSink scratch, Value out) {
    text("char_length", a[0]);
    out.setInt(Text.length(a[0].bytes, a[0].start, a[0].end));
  }

  static void substring(Value[] a, ByteSink scratch, Value out) {
    Value value = a[0];
    text("substring", value);
    long from = whole("substring", a[1]);
    int start = Text.skip(value.bytes, value.start, value.end, from <= 1 ? 0 : from - 1);
    if (a.length == 2) {
      out.setString(value.bytes, start, value.end);
      return;
    }
    long length = whole("substring", a[2]);
    if (length < 0) {
      throw new SelectException(
          SelectError.INVALID_ARGUMENT, "substring takes a length of 0 or more, not " + length);
    }
    long taken =
        from <= 0 && length < Long.MAX_VALUE / 2 ? length + Math.max(from, -length) - 1 : length;
    out.setString(value.bytes, start, Text.skip(value.bytes, start, value.end, taken));
  }

  static void trim(Value[] a, boolean leading, boolean trailing, Value out) {
    Value value = a[0];
    text("trim", value);
    int start = value.start;
    int end = value.end;
    if (a.length == 2) {
      text("trim", a[1]);
    }
    while (leading && start < end) {
      int next = Text.next(value.bytes, start, end);
      if (!trimmed(value, start, next, a)) {
        break;
      }
      start = next;
    }
    while (trailing && start < end) {
      int last = last(value.bytes, start, end);
      if (!trimmed(value, last, end, a)) {
        break;
      }
      end = last;
    }
    out.setString(value.bytes, start, end);
  }

  /** Where the last code point begins. */
  private static int last(byte[] b, int start, int end) {
    for (int back = 4; back > 1; back--) {
      if (end - back >= start && Text.next(b, end - back, end) == end) {
        return end - back;
      }
    }
    return end - 1;
  }

  private static boolean trimmed(Value value, int from, int to, Value[] a) {
    if (a.length == 1) {
      return value.bytes[from] == ' ';
    }
    Value set = a[1];
    int c = Text.codePoint(value.bytes, from, to);
    int at = set.start;
    while (at < set.end) {
      int next = Text.next(set.bytes, at, set.end);
      if (Text.codePoint(set.bytes, at, next) == c) {
        return true;
      }
      at = next;
    }
    return false;
  }
}
