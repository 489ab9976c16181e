package io.github.s3vfs.select;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * CSV as output. Rows end with the record delimiter; the one row of aggregates does not.
 *
 * @param fieldDelimiter between fields
 * @param recordDelimiter behind each row
 * @param quote around fields; one character
 * @param quoteEscape in front of a quote within quotes; one character
 * @param quoteFields which fields are quoted; null is {@code ASNEEDED}, or {@code NEVER} in the
 *     dialect {@code CEPH}
 */
public record CsvOutput(
    String fieldDelimiter,
    String recordDelimiter,
    char quote,
    char quoteEscape,
    @Nullable QuoteFields quoteFields)
    implements OutputFormat {
  /** Commas, line feeds, and quotes that are doubled. */
  public static final CsvOutput DEFAULT = new CsvOutput(",", "\n", '"', '"', null);

  /** Checks that nothing is null. */
  public CsvOutput {
    Objects.requireNonNull(fieldDelimiter, "fieldDelimiter");
    Objects.requireNonNull(recordDelimiter, "recordDelimiter");
  }

  /**
   * With other quotes.
   *
   * @param which fields are quoted
   * @return the new options
   */
  public CsvOutput withQuoteFields(QuoteFields which) {
    return new CsvOutput(fieldDelimiter, recordDelimiter, quote, quoteEscape, which);
  }

  /**
   * With other delimiters.
   *
   * @param field between fields
   * @param record behind each row
   * @return the new options
   */
  public CsvOutput withDelimiters(String field, String record) {
    return new CsvOutput(field, record, quote, quoteEscape, quoteFields);
  }
}
