package io.github.s3vfs.csv;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import de.siegmar.fastcsv.writer.QuoteStrategy;
import java.nio.CharBuffer;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/** Makes CSV records of the rows of a query. Not thread-safe. */
final class RecordFormatter {
  private final CsvExportOptions options;
  private final String nullText;
  private final RowText text = new RowText();
  private final CurrentField field = new CurrentField();
  private final CsvWriter writer;

  RecordFormatter(CsvExportOptions options) {
    this.options = options;
    this.nullText = options.format().nullText();
    this.writer =
        CsvWriter.builder()
            .fieldSeparator(options.format().delimiter())
            .quoteCharacter(options.format().quote())
            .commentCharacter('\0') // there are no comments; a field that begins so gets quotes
            .quoteStrategy(field)
            .lineDelimiter(LineDelimiter.valueOf(options.lineEnd().name()))
            .bufferSize(0)
            .build(text);
  }

  /** The record with these names. Valid until the next call. */
  CharBuffer header(List<String> names) {
    text.clear();
    CsvWriter.CsvWriterRecord line = writer.writeRecord();
    for (String name : names) {
      write(line, name, options.quoting() != QuotePolicy.REQUIRED);
    }
    line.endRecord();
    return text.content();
  }

  /**
   * The record of the current row. Valid until the next call.
   *
   * @param number of the row, for messages
   */
  CharBuffer row(ResultSet rows, List<String> names, long number)
      throws SQLException, CsvException {
    text.clear();
    CsvWriter.CsvWriterRecord line = writer.writeRecord();
    for (int i = 0; i < names.size(); i++) {
      Object value = rows.getObject(i + 1);
      if (value == null) {
        field.quoted = false;
        line.writeField(nullText.isEmpty() ? null : nullText);
      } else if (value instanceof Number number1) {
        write(line, text(number1), options.quoting() == QuotePolicy.ALL);
      } else {
        String other = text(value, rows, i + 1);
        if (other == null) {
          throw new CsvException(
              "row " + number + ", column " + Excerpt.of(names.get(i)) + " has bytes",
              number,
              names.get(i),
              null);
        }
        write(line, other, options.quoting() != QuotePolicy.REQUIRED);
      }
    }
    line.endRecord();
    return text.content();
  }

  private void write(CsvWriter.CsvWriterRecord line, String value, boolean quoted) {
    field.quoted =
        quoted
            || value.equals(nullText)
            || (!value.isEmpty() && value.charAt(0) == CsvFormat.BYTE_ORDER_MARK);
    line.writeField(value);
  }

  /** Digits that are read back as the same number. */
  private static String text(Number value) {
    if (value instanceof Double || value instanceof Float) {
      double real = value.doubleValue();
      if (Double.isInfinite(real)) {
        return real > 0 ? "9e999" : "-9e999"; // as SQLite reads it, and everybody else
      }
    }
    return value.toString();
  }

  /** Null for bytes that are not to be written. */
  private @org.jspecify.annotations.Nullable String text(Object value, ResultSet rows, int column)
      throws SQLException {
    if (value instanceof String already) {
      return already;
    }
    if (value instanceof byte[] || value instanceof Blob) {
      BlobText blobs = options.format().blobs();
      byte[] bytes = value instanceof byte[] array ? array : rows.getBytes(column);
      return blobs == BlobText.REFUSE ? null : blobs.text(bytes);
    }
    if (value instanceof Clob) {
      return rows.getString(column);
    }
    return value.toString();
  }

  /** Whether the field that is written next gets quotes that it need not have. */
  private static final class CurrentField implements QuoteStrategy {
    private boolean quoted;

    @Override
    public boolean quoteEmpty(int line, int column) {
      return true;
    }

    @Override
    public boolean quoteValue(int line, int column, String value) {
      return quoted;
    }
  }
}
