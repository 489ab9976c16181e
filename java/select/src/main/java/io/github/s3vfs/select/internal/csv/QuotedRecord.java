package io.github.s3vfs.select.internal.csv;

/**
 * Records with quotes, escapes, or delimiters of several bytes, byte by byte. Fields are made plain
 * where they lie: what is left out moves the rest of the record to the left.
 */
final class QuotedRecord {
  /** That the record does not end in the bytes that there are. */
  static final int MORE = -1;

  private final CsvFormat format;

  /** Behind the record that was found, and its delimiter. */
  private int next;

  private boolean openQuote;

  QuotedRecord(CsvFormat format) {
    this.format = format;
  }

  /** Behind the record delimiter of the record that {@link #end} has found. */
  int next() {
    return next;
  }

  /** Whether {@link #end} has looked for the end of a quote in vain. */
  boolean openQuote() {
    return openQuote;
  }

  /**
   * Where a record ends.
   *
   * @param quotedRecords whether a record delimiter within quotes does not count
   * @param last whether there are no more bytes behind the end
   * @return the end without delimiter, or {@link #MORE}
   */
  int end(byte[] b, int start, int end, boolean quotedRecords, boolean last) {
    byte[] record = format.record();
    byte[] quote = format.quote();
    byte[] escape = format.escape();
    byte recordByte = record[0];
    byte quoteByte = quote.length == 0 ? recordByte : quote[0];
    byte escapeByte = escape.length == 0 ? recordByte : escape[0];
    boolean quoted = false;
    int at = start;
    while (at < end) {
      byte c = b[at];
      if (c != recordByte && c != quoteByte && c != escapeByte) {
        at++;
      } else if (CsvFormat.at(b, at, end, record)) {
        if (!(quoted && quotedRecords)) {
          next = at + record.length;
          openQuote = false;
          return at;
        }
        at += record.length;
      } else if (CsvFormat.at(b, at, end, escape)) {
        at += escape.length;
        if (at < end && !startsRecord(b, at, end, last)) {
          at++;
        }
      } else if (CsvFormat.at(b, at, end, quote)) {
        quoted = !quoted;
        at += quote.length;
      } else if (!last && end - at < longest()) {
        return MORE;
      } else {
        at++;
      }
    }
    openQuote = quoted && quotedRecords;
    next = end;
    return last && !openQuote ? end : MORE;
  }

  private int longest() {
    return Math.max(format.record().length, Math.max(4, format.quote().length));
  }

  /** Whether a record delimiter is here, or may be once there are more bytes. */
  private boolean startsRecord(byte[] b, int at, int end, boolean last) {
    return CsvFormat.at(b, at, end, format.record())
        || (!last && end - at < format.record().length);
  }

  /** Makes the fields of a record plain, and adds where they end. */
  void split(byte[] b, int start, int end, RecordBuffer into) {
    byte[] field = format.field();
    byte[] quote = format.quote();
    byte[] escape = format.escape();
    byte fieldByte = field[0];
    byte quoteByte = quote.length == 0 ? fieldByte : quote[0];
    byte escapeByte = escape.length == 0 ? fieldByte : escape[0];
    boolean quoted = false;
    int opened = start;
    int from = start;
    int to = start;
    while (from < end) {
      byte c = b[from];
      if (c != fieldByte && c != quoteByte && c != escapeByte) {
        b[to++] = b[from++];
      } else if (CsvFormat.at(b, from, end, escape) && from + escape.length < end) {
        from += escape.length;
        b[to++] = b[from++];
      } else if (CsvFormat.at(b, from, end, quote)) {
        from += quote.length;
        if (quoted && CsvFormat.at(b, from, end, quote)) {
          for (int i = 0; i < quote.length; i++) {
            b[to++] = b[from++];
          }
        } else {
          quoted = !quoted;
          opened = to;
        }
      } else if (!quoted && CsvFormat.at(b, from, end, field)) {
        into.addEnd(to);
        from += field.length;
        to++;
      } else {
        b[to++] = b[from++];
      }
    }
    if (quoted) {
      // The end of the record closes the quote, which then was an ordinary character.
      System.arraycopy(b, opened, b, opened + quote.length, to - opened);
      System.arraycopy(quote, 0, b, opened, quote.length);
      to += quote.length;
    }
    into.addEnd(to);
  }
}
