package io.github.s3vfs.select;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * CSV as input. An empty field is NULL; a blank line is skipped; a carriage return in front of the
 * record delimiter {@code \n} belongs to it. Within quotes a quote is written doubled or with the
 * escape character in front, which works outside of quotes, too. Characters are any of Unicode.
 *
 * @param fileHeaderInfo what the first record is
 * @param recordDelimiter between records, one or more characters
 * @param fieldDelimiter between fields, one or more characters
 * @param quote around fields, or parts of them; null for none
 * @param quoteEscape makes the next character an ordinary one, but for the record delimiter; may be
 *     the quote itself; null for none
 * @param comments records that begin with it are skipped. Null is {@code #}, or none in the dialect
 *     {@code CEPH}; the empty string is none
 * @param allowQuotedRecordDelimiter whether a record delimiter within quotes is part of the field,
 *     otherwise it ends the record. Null is false, or true in the dialect {@code CEPH} unless a
 *     range is read. If true, the object can not be split
 */
public record CsvInput(
    FileHeaderInfo fileHeaderInfo,
    String recordDelimiter,
    String fieldDelimiter,
    @Nullable String quote,
    @Nullable String quoteEscape,
    @Nullable String comments,
    @Nullable Boolean allowQuotedRecordDelimiter)
    implements InputFormat {
  /** No header, line feeds, commas, double quotes, and the backslash as escape. */
  public static final CsvInput DEFAULT =
      new CsvInput(FileHeaderInfo.NONE, "\n", ",", "\"", "\\", null, null);

  /** The default with the first record as names of the columns. */
  public static final CsvInput WITH_HEADER = DEFAULT.withHeader(FileHeaderInfo.USE);

  private static final int MAX_DELIMITER = 16;

  /**
   * Checks the values.
   *
   * @throws SelectException {@code INVALID_REQUEST}, naming the option
   */
  public CsvInput {
    Objects.requireNonNull(fileHeaderInfo, "fileHeaderInfo");
    check("recordDelimiter", recordDelimiter, MAX_DELIMITER);
    check("fieldDelimiter", fieldDelimiter, MAX_DELIMITER);
    if (quote != null) {
      check("quote", quote, 1);
    }
    if (quoteEscape != null) {
      check("quoteEscape", quoteEscape, 1);
    }
    if (comments != null && !comments.isEmpty()) {
      check("comments", comments, 1);
    }
    if (recordDelimiter.equals(fieldDelimiter)) {
      throw new SelectException(
          SelectError.INVALID_REQUEST, "recordDelimiter and fieldDelimiter are the same");
    }
  }

  private static void check(String name, String value, int most) {
    if (value.isEmpty() || value.codePointCount(0, value.length()) > most) {
      throw new SelectException(
          SelectError.INVALID_REQUEST,
          name + " has " + value.length() + " characters; possible are 1 to " + most);
    }
  }

  /**
   * With another kind of header.
   *
   * @param header what the first record is
   * @return the new options
   */
  public CsvInput withHeader(FileHeaderInfo header) {
    return new CsvInput(
        header,
        recordDelimiter,
        fieldDelimiter,
        quote,
        quoteEscape,
        comments,
        allowQuotedRecordDelimiter);
  }

  /**
   * With other delimiters.
   *
   * @param field between fields
   * @param record between records
   * @return the new options
   * @throws SelectException {@code INVALID_REQUEST}
   */
  public CsvInput withDelimiters(String field, String record) {
    return new CsvInput(
        fileHeaderInfo, record, field, quote, quoteEscape, comments, allowQuotedRecordDelimiter);
  }

  /**
   * With other quotes.
   *
   * @param newQuote around fields; null for none
   * @param newEscape in front of a quote; null for none
   * @return the new options
   * @throws SelectException {@code INVALID_REQUEST}
   */
  public CsvInput withQuotes(@Nullable String newQuote, @Nullable String newEscape) {
    return new CsvInput(
        fileHeaderInfo,
        recordDelimiter,
        fieldDelimiter,
        newQuote,
        newEscape,
        comments,
        allowQuotedRecordDelimiter);
  }

  /**
   * With other comments.
   *
   * @param character with which comments begin; empty for none
   * @return the new options
   * @throws SelectException {@code INVALID_REQUEST}
   */
  public CsvInput withComments(String character) {
    return new CsvInput(
        fileHeaderInfo,
        recordDelimiter,
        fieldDelimiter,
        quote,
        quoteEscape,
        character,
        allowQuotedRecordDelimiter);
  }

  /**
   * With another meaning of record delimiters within quotes.
   *
   * @param allow whether they are part of the field
   * @return the new options
   */
  public CsvInput withQuotedRecordDelimiter(boolean allow) {
    return new CsvInput(
        fileHeaderInfo, recordDelimiter, fieldDelimiter, quote, quoteEscape, comments, allow);
  }
}
