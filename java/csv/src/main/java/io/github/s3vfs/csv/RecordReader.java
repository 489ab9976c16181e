package io.github.s3vfs.csv;

import de.siegmar.fastcsv.reader.AbstractBaseCsvCallbackHandler;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads records of any numbers of fields, in bounded memory. Not thread-safe. */
final class RecordReader {
  /** The most columns that a table of SQLite can have, whatever its limit is set to. */
  private static final int MAX_FIELDS = 32_767;

  private static final int LEAST_BUFFER = 32 << 10;
  private static final int LARGEST_BUFFER = 1 << 30;

  private final Fields fields;
  private final Iterator<FieldList> records;

  RecordReader(Reader text, CsvFormat format, int maxFieldChars) {
    fields = new Fields(maxFieldChars);
    records =
        CsvReader.builder()
            .fieldSeparator(format.delimiter())
            .quoteCharacter(format.quote())
            .skipEmptyLines(false)
            .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
            .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
            .allowUnclosedQuote(false)
            .maxBufferSize(bufferSize(maxFieldChars))
            .build(fields, text)
            .iterator();
  }

  /**
   * In characters: for a field whose quotes are all doubled, and what is read at once. The parser
   * wants a power of two; it has less room than it reads otherwise.
   */
  private static int bufferSize(int maxFieldChars) {
    long least = 2L * maxFieldChars + LEAST_BUFFER;
    return least >= LARGEST_BUFFER ? LARGEST_BUFFER : Integer.highestOneBit((int) least) << 1;
  }

  /**
   * The next record, or null at the end.
   *
   * @throws CsvException for what is no CSV
   */
  @Nullable FieldList next() throws IOException {
    try {
      return records.hasNext() ? records.next() : null;
    } catch (UncheckedIOException e) {
      IOException cause = e.getCause();
      throw cause instanceof CsvException
          ? failure(String.valueOf(cause.getMessage()), cause)
          : cause;
    } catch (CsvParseException e) {
      if (e.getCause() instanceof TooLong too) {
        throw failure(too.getMessage(), null);
      } else if (e.getCause() instanceof RuntimeException of) {
        throw of; // of the source
      } else if (e.getCause() instanceof Error of) {
        throw of;
      }
      throw failure(reason(e), e);
    }
  }

  private CsvException failure(String what, @Nullable Throwable cause) {
    long line = fields.line();
    return new CsvException(
        "in the record that begins in line " + line + ": " + what, line, null, cause);
  }

  /** Of a parser's message, without its own words for the line. */
  private static String reason(CsvParseException e) {
    String message = String.valueOf(e.getMessage()).replaceFirst(" ?\\(record starting at .*", "");
    return message.startsWith("The maximum buffer size") ? TooLong.FIELD : message;
  }

  /** A field, or a record, is longer than it may be. */
  private static final class TooLong extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final String FIELD = "a field is too long; maybe a quote is not closed";

    TooLong(String message) {
      super(message, null, false, false);
    }

    @Override
    public String getMessage() {
      return String.valueOf(super.getMessage());
    }
  }

  /** Collects the fields of a record. */
  private static final class Fields extends AbstractBaseCsvCallbackHandler<FieldList> {
    private final int maxFieldChars;
    private final long maxRecordChars;
    private List<String> values = new ArrayList<>();
    private BitSet quotes = new BitSet();
    private long chars;

    Fields(int maxFieldChars) {
      this.maxFieldChars = maxFieldChars;
      this.maxRecordChars = Math.max(4L * maxFieldChars, 1 << 20);
    }

    long line() {
      return getStartingLineNumber();
    }

    @Override
    protected void handleBegin(long line) {
      values = new ArrayList<>();
      quotes = new BitSet();
      chars = 0;
    }

    @Override
    protected void handleField(int index, char[] buffer, int offset, int length, boolean quoted) {
      chars += length;
      if (length > maxFieldChars) {
        throw new TooLong(TooLong.FIELD + ": " + length + " characters");
      } else if (chars > maxRecordChars || index >= MAX_FIELDS) {
        throw new TooLong(
            "the record is too long: " + (index + 1) + " fields, " + chars + " characters");
      }
      values.add(new String(buffer, offset, length));
      if (quoted) {
        quotes.set(index);
      }
    }

    @Override
    protected FieldList buildRecord() {
      return new FieldList(getStartingLineNumber(), values, quotes);
    }
  }
}
