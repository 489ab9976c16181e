package io.github.s3vfs.csv;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import java.util.Objects;

/**
 * How a query is written. Immutable.
 *
 * @param format what the file looks like
 * @param header whether the first record has the names of the columns
 * @param quoting which fields are put in quotes
 * @param lineEnd what ends a record, the last one too
 * @param byteOrderMark whether the file begins with one; in UTF-8, UTF-16 or UTF-32 only
 * @param gzip whether the file is compressed; S3 objects then have Content-Encoding: gzip
 */
public record CsvExportOptions(
    CsvFormat format,
    boolean header,
    QuotePolicy quoting,
    LineEnd lineEnd,
    boolean byteOrderMark,
    boolean gzip) {

  /** RFC 4180 in UTF-8, with a header, not compressed. */
  public static final CsvExportOptions DEFAULT =
      new CsvExportOptions(
          CsvFormat.DEFAULT, true, QuotePolicy.REQUIRED, LineEnd.CRLF, false, false);

  /**
   * Checks the options.
   *
   * @throws S3VfsException {@code INVALID} for a byte order mark in a charset that has none
   */
  public CsvExportOptions {
    Objects.requireNonNull(format, "format");
    Objects.requireNonNull(quoting, "quoting");
    Objects.requireNonNull(lineEnd, "lineEnd");
    if (byteOrderMark && !format.charset().name().startsWith("UTF-")) {
      throw new S3VfsException(
          ErrorKind.INVALID, "there is no byte order mark in " + format.charset());
    }
  }

  /**
   * In another format.
   *
   * @param newFormat what the file looks like
   * @return the changed options
   */
  public CsvExportOptions withFormat(CsvFormat newFormat) {
    return new CsvExportOptions(newFormat, header, quoting, lineEnd, byteOrderMark, gzip);
  }

  /**
   * With or without a header.
   *
   * @param newHeader whether the first record has the names of the columns
   * @return the changed options
   */
  public CsvExportOptions withHeader(boolean newHeader) {
    return new CsvExportOptions(format, newHeader, quoting, lineEnd, byteOrderMark, gzip);
  }

  /**
   * With other quoting.
   *
   * @param newQuoting which fields are put in quotes
   * @return the changed options
   */
  public CsvExportOptions withQuoting(QuotePolicy newQuoting) {
    return new CsvExportOptions(format, header, newQuoting, lineEnd, byteOrderMark, gzip);
  }

  /**
   * With another line end.
   *
   * @param newLineEnd what ends a record
   * @return the changed options
   */
  public CsvExportOptions withLineEnd(LineEnd newLineEnd) {
    return new CsvExportOptions(format, header, quoting, newLineEnd, byteOrderMark, gzip);
  }

  /**
   * With or without a byte order mark.
   *
   * @param newByteOrderMark whether the file begins with one
   * @return the changed options
   * @throws S3VfsException {@code INVALID} for a charset that has none
   */
  public CsvExportOptions withByteOrderMark(boolean newByteOrderMark) {
    return new CsvExportOptions(format, header, quoting, lineEnd, newByteOrderMark, gzip);
  }

  /**
   * Compressed or not.
   *
   * @param newGzip whether the file is compressed
   * @return the changed options
   */
  public CsvExportOptions withGzip(boolean newGzip) {
    return new CsvExportOptions(format, header, quoting, lineEnd, byteOrderMark, newGzip);
  }
}
