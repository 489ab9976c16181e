package io.github.s3vfs.select;

import io.github.s3vfs.select.internal.io.ByteSink;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Puts fields of CSV into quotes. */
final class CsvQuotes {
  private final byte[] quote;
  private final byte[] escape;
  private final byte field;
  private final byte record;
  private final boolean always;

  CsvQuotes(CsvOutput csv, QuoteFields quotes) {
    this.quote = String.valueOf(csv.quote()).getBytes(StandardCharsets.UTF_8);
    this.escape = String.valueOf(csv.quoteEscape()).getBytes(StandardCharsets.UTF_8);
    this.field = first(csv.fieldDelimiter());
    this.record = first(csv.recordDelimiter());
    this.always = quotes == QuoteFields.ALWAYS;
  }

  private static byte first(String text) {
    return text.isEmpty() ? (byte) '\n' : text.getBytes(StandardCharsets.UTF_8)[0];
  }

  /** Quotes what was written since a length, if it must be. */
  void apply(ByteSink sink, int start) {
    byte[] b = sink.array();
    int end = sink.length();
    if (!always && !isNeeded(b, start, end)) {
      return;
    }
    byte[] plain = Arrays.copyOfRange(b, start, end);
    sink.truncate(start);
    sink.put(quote);
    for (int i = 0; i < plain.length; i++) {
      if (isAt(plain, i, quote) || isAt(plain, i, escape)) {
        sink.put(escape);
      }
      sink.put(plain[i]);
    }
    sink.put(quote);
  }

  private boolean isNeeded(byte[] b, int start, int end) {
    for (int i = start; i < end; i++) {
      byte c = b[i];
      boolean own = c == field || c == record || c == quote[0] || c == escape[0];
      if (own || c == '\n' || c == '\r') {
        return true;
      }
    }
    return false;
  }

  private static boolean isAt(byte[] b, int at, byte[] character) {
    int end = at + character.length;
    return end <= b.length && Arrays.equals(b, at, end, character, 0, character.length);
  }
}
