package io.github.s3vfs.csv;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * What a CSV file looks like, for export and import. Immutable.
 *
 * @param delimiter what is between fields: one character, no line end
 * @param quote what is around fields; within one it is doubled
 * @param charset of the file. What is read has the charset of its byte order mark, if there is one
 * @param nullText how NULL is written: the text of a field without quotes. Text that is the same is
 *     written in quotes, and read as text when it is in quotes
 * @param blobs how bytes are written
 */
public record CsvFormat(
    char delimiter, char quote, Charset charset, String nullText, BlobText blobs) {

  /** RFC 4180 in UTF-8: comma, double quotes; NULL is an empty field, bytes are hexadecimal. */
  public static final CsvFormat DEFAULT =
      new CsvFormat(',', '"', StandardCharsets.UTF_8, "", BlobText.HEX);

  /** As {@link #DEFAULT}, with tabs between fields. */
  public static final CsvFormat TABS = DEFAULT.withDelimiter('\t');

  static final char BYTE_ORDER_MARK = '\uFEFF';

  /**
   * Checks that the parts can be told from each other.
   *
   * @throws S3VfsException {@code INVALID}, naming the setting
   */
  public CsvFormat {
    Objects.requireNonNull(charset, "charset");
    Objects.requireNonNull(nullText, "nullText");
    Objects.requireNonNull(blobs, "blobs");
    check(isUsable(delimiter), "the delimiter", delimiter);
    check(isUsable(quote), "the quote", quote);
    check(delimiter != quote, "a delimiter that is the quote, too,", delimiter);
    for (int i = 0; i < nullText.length(); i++) {
      char c = nullText.charAt(i);
      check(c != delimiter && c != quote && isUsable(c), "nullText with", c);
    }
    check(charset.canEncode(), "a charset that only can be read,", charset);
  }

  /** Whether it can be a delimiter, a quote, or in the text of NULL. */
  private static boolean isUsable(char c) {
    return c != '\r' && c != '\n' && c != 0 && c != BYTE_ORDER_MARK && !Character.isSurrogate(c);
  }

  private static void check(boolean holds, String what, Object value) {
    if (!holds) {
      throw new S3VfsException(
          ErrorKind.INVALID, what + " " + Excerpt.of(value.toString()) + " is not possible");
    }
  }

  /**
   * With another delimiter.
   *
   * @param newDelimiter what is between fields
   * @return the changed format
   */
  public CsvFormat withDelimiter(char newDelimiter) {
    return new CsvFormat(newDelimiter, quote, charset, nullText, blobs);
  }

  /**
   * With another quote.
   *
   * @param newQuote what is around fields
   * @return the changed format
   */
  public CsvFormat withQuote(char newQuote) {
    return new CsvFormat(delimiter, newQuote, charset, nullText, blobs);
  }

  /**
   * With another charset.
   *
   * @param newCharset of the file
   * @return the changed format
   */
  public CsvFormat withCharset(Charset newCharset) {
    return new CsvFormat(delimiter, quote, newCharset, nullText, blobs);
  }

  /**
   * With another text for NULL.
   *
   * @param newNullText "" for an empty field
   * @return the changed format
   */
  public CsvFormat withNullText(String newNullText) {
    return new CsvFormat(delimiter, quote, charset, newNullText, blobs);
  }

  /**
   * With bytes written otherwise.
   *
   * @param newBlobs how
   * @return the changed format
   */
  public CsvFormat withBlobs(BlobText newBlobs) {
    return new CsvFormat(delimiter, quote, charset, nullText, newBlobs);
  }
}
