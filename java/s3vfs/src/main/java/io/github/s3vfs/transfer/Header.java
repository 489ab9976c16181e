package io.github.s3vfs.transfer;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is put in front of an object: a line of text, the names of CSV columns, or bytes. Immutable.
 *
 * @param text without the end of the line
 * @param charset of the text; the source must be in the same one. {@code UTF-16} takes the byte
 *     order of the source's mark, and big-endian without one.
 * @param lineEnd what ends the line
 * @param bom what becomes of a byte order mark
 * @param skipIfPresent whether a source that begins with this very line keeps no second one: the
 *     line is then once in the result, also if several sources have it
 */
public record Header(
    String text, Charset charset, LineEnd lineEnd, BomPolicy bom, boolean skipIfPresent) {

  /** Nothing: sources are only put together. */
  public static final Header NONE =
      new Header("", StandardCharsets.ISO_8859_1, LineEnd.NONE, BomPolicy.IGNORE, false);

  private static final int MAX_CHARACTERS = 16 << 20;

  /**
   * Checks the length.
   *
   * @throws S3VfsException {@code INVALID} if the text has more than 16 Mi characters
   */
  public Header {
    Objects.requireNonNull(charset, "charset");
    Objects.requireNonNull(lineEnd, "lineEnd");
    Objects.requireNonNull(bom, "bom");
    if (text.length() > MAX_CHARACTERS) {
      throw new S3VfsException(
          ErrorKind.INVALID,
          "a header of " + text.length() + " characters; at most " + MAX_CHARACTERS);
    }
  }

  /**
   * A line of text in UTF-8; its end is as in the source, and a byte order mark is moved.
   *
   * @param text without the end of the line
   * @return the header
   */
  public static Header line(String text) {
    return new Header(text, StandardCharsets.UTF_8, LineEnd.AS_SOURCE, BomPolicy.MOVE, false);
  }

  /**
   * Bytes, which go in front as they are. Nothing is looked for in the source.
   *
   * @param bytes any
   * @return the header
   */
  public static Header bytes(byte[] bytes) {
    // Each byte is a character of this charset.
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    return new Header(text, StandardCharsets.ISO_8859_1, LineEnd.NONE, BomPolicy.IGNORE, false);
  }

  /**
   * The names of CSV columns, in quotes where that is needed (RFC 4180).
   *
   * @param names one or more
   * @param separator between them, as a comma
   * @return the header, in UTF-8
   * @throws S3VfsException {@code INVALID} if there is no name, or the separator cannot be one
   */
  public static Header columns(List<String> names, char separator) {
    if (names.isEmpty()) {
      throw new S3VfsException(ErrorKind.INVALID, "a header without a column");
    }
    if (separator == '"' || separator == '\r' || separator == '\n') {
      throw new S3VfsException(
          ErrorKind.INVALID, "the separator cannot be a quote or the end of a line");
    }
    boolean alone = names.size() == 1;
    return line(
        names.stream()
            .map(name -> field(name, separator, alone))
            .collect(Collectors.joining(String.valueOf(separator))));
  }

  private static String field(String name, char separator, boolean alone) {
    boolean plain =
        name.chars().noneMatch(c -> c == separator || c == '"' || c == '\r' || c == '\n')
            && name.strip().equals(name)
            && !(alone && name.isEmpty());
    return plain ? name : '"' + name.replace("\"", "\"\"") + '"';
  }

  /**
   * In another charset.
   *
   * @param newCharset of the text
   * @return the new header
   */
  public Header withCharset(Charset newCharset) {
    return new Header(text, newCharset, lineEnd, bom, skipIfPresent);
  }

  /**
   * With another end of the line.
   *
   * @param newLineEnd what ends it
   * @return the new header
   */
  public Header withLineEnd(LineEnd newLineEnd) {
    return new Header(text, charset, newLineEnd, bom, skipIfPresent);
  }

  /**
   * With another treatment of byte order marks.
   *
   * @param newBom what becomes of them
   * @return the new header
   */
  public Header withBom(BomPolicy newBom) {
    return new Header(text, charset, lineEnd, newBom, skipIfPresent);
  }

  /**
   * With or without a look whether the line is there already.
   *
   * @param skip whether a source may have it
   * @return the new header
   */
  public Header withSkipIfPresent(boolean skip) {
    return new Header(text, charset, lineEnd, bom, skip);
  }

  /** Whether nothing must be known of a source. */
  boolean ignoresSource() {
    return bom == BomPolicy.IGNORE && lineEnd != LineEnd.AS_SOURCE && !skipIfPresent;
  }

  /** A failure that names the header. */
  static S3VfsException invalid(String message, @Nullable Throwable cause) {
    return new S3VfsException(ErrorKind.INVALID, message, cause);
  }
}
