package io.github.s3vfs.transfer;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A header as it is put in front of sources that begin in a certain way. Pure.
 *
 * @param bytes the header, with the end of its line and a byte order mark in front
 * @param line the header's line alone
 * @param charset that sources must be in
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record HeaderBytes(byte[] bytes, byte[] line, Charset charset) {
  private static final byte[] NOTHING = new byte[0];

  /** Byte order marks, with what they say; the longer ones first. */
  private enum Mark {
    UTF_32LE("UTF-32LE"),
    UTF_32BE("UTF-32BE"),
    UTF_8("UTF-8"),
    UTF_16LE("UTF-16LE"),
    UTF_16BE("UTF-16BE");

    private final String charset;

    Mark(String charset) {
      this.charset = charset;
    }

    byte[] bytes() {
      return "\ufeff".getBytes(Charset.forName(charset));
    }

    static @Nullable Mark of(byte[] start) {
      for (Mark mark : values()) {
        if (startsWith(start, 0, mark.bytes())) {
          return mark;
        }
      }
      return null;
    }

    static @Nullable Mark of(Charset charset) {
      for (Mark mark : values()) {
        if (mark.charset.equals(charset.name())) {
          return mark;
        }
      }
      return null;
    }
  }

  /**
   * Makes it for the first source.
   *
   * @param header what is wanted
   * @param start the beginning of the source, or all of it
   * @param source names it in messages
   * @throws io.github.s3vfs.S3VfsException {@code INVALID} if the source's byte order mark tells of
   *     another charset, or the text has a character that the charset has not
   */
  static HeaderBytes of(Header header, byte[] start, String source) {
    Mark mark = header.bom() == BomPolicy.IGNORE ? null : Mark.of(start);
    Charset charset = charset(header.charset(), mark);
    checkMark(charset, mark, source);
    int from = mark == null ? 0 : mark.bytes().length;
    String end =
        header.lineEnd() == LineEnd.AS_SOURCE
            ? lineEnd(start, from, charset, start.length >= toBeKnownFirst(header))
            : header.lineEnd().text();
    boolean ended = header.text().endsWith("\n") || header.text().endsWith("\r");
    byte[] line = encode(header.text(), charset);
    byte[] ending = ended || header.text().isEmpty() ? NOTHING : encode(end, charset);
    byte[] front =
        switch (header.bom()) {
          case MOVE -> mark == null ? NOTHING : mark.bytes();
          case ADD -> added(charset);
          case DROP, IGNORE -> NOTHING;
        };
    return new HeaderBytes(join(front, line, ending), line, charset);
  }

  /** UTF-16 without an order has that of the source's mark. */
  private static Charset charset(Charset wanted, @Nullable Mark mark) {
    if (wanted.equals(StandardCharsets.UTF_16)) {
      return mark == Mark.UTF_16LE ? StandardCharsets.UTF_16LE : StandardCharsets.UTF_16BE;
    }
    if (wanted.name().equals("UTF-32")) {
      return Charset.forName(mark == Mark.UTF_32LE ? "UTF-32LE" : "UTF-32BE");
    }
    return wanted;
  }

  private static void checkMark(Charset charset, @Nullable Mark mark, String source) {
    if (mark == null || mark.charset.equals(charset.name())) {
      return;
    }
    throw Header.invalid(
        source
            + " begins with the byte order mark of "
            + mark.charset
            + ", but the header is to be in "
            + charset
            + "; choose that charset for it, or ignore byte order marks",
        null);
  }

  private static byte[] added(Charset charset) {
    Mark mark = Mark.of(charset);
    if (mark == null) {
      throw Header.invalid("there is no byte order mark for " + charset, null);
    }
    return mark.bytes();
  }

  private static byte[] encode(String text, Charset charset) {
    try {
      ByteBuffer bytes =
          charset
              .newEncoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .encode(CharBuffer.wrap(text));
      byte[] encoded = new byte[bytes.remaining()];
      bytes.get(encoded);
      return encoded;
    } catch (CharacterCodingException e) {
      throw Header.invalid("the header has a character that is not in " + charset, e);
    }
  }

  /**
   * What ends lines: the first end that is not in quotes tells, but a CR only where there is no LF.
   *
   * @param cut whether the source may go on behind what is known of it
   */
  private static String lineEnd(byte[] start, int from, Charset charset, boolean cut) {
    byte[] lf = encode("\n", charset);
    byte[] cr = encode("\r", charset);
    byte[] quote = encode("\"", charset);
    int unit = lf.length;
    boolean quoted = false;
    LineEnds plain = new LineEnds();
    LineEnds all = new LineEnds(); // also within quotes, which may be none
    for (int i = from; i + unit <= start.length && plain.lf == null; i += unit) {
      if (startsWith(start, i, quote)) {
        quoted = !quoted && (i == from || !isText(start, i - unit, unit));
        continue;
      }
      boolean isLf = startsWith(start, i, lf);
      if (!isLf && !startsWith(start, i, cr)) {
        continue;
      }
      boolean afterCr = i > from && startsWith(start, i - unit, cr);
      boolean known = isLf || !cut || i + 2 * unit <= start.length;
      all.add(isLf, afterCr, known);
      if (!quoted) {
        plain.add(isLf, afterCr, known);
      }
    }
    return (quoted && plain.lf == null ? all : plain).end();
  }

  /** Ends of lines that were seen. */
  private static final class LineEnds {
    private @Nullable String lf;
    private boolean cr;

    void add(boolean isLf, boolean afterCr, boolean known) {
      if (!isLf) {
        cr |= known;
      } else if (lf == null) {
        lf = afterCr ? "\r\n" : "\n";
      }
    }

    String end() {
      return lf != null ? lf : cr ? "\r" : "\n";
    }
  }

  /** Whether this is a letter or digit: a quote behind it does not begin a field. */
  private static boolean isText(byte[] bytes, int from, int length) {
    for (int i = from; i < from + length; i++) {
      if (bytes[i] < 0 || Character.isLetterOrDigit(bytes[i])) {
        return true;
      }
    }
    return false;
  }

  /**
   * How many bytes at the beginning of a source are left out: its byte order mark, and the header's
   * own line where it may be there.
   *
   * @param header that this was made of
   * @param start the beginning of the source
   * @param source names it in messages
   * @throws io.github.s3vfs.S3VfsException {@code INVALID} if its byte order mark tells of another
   *     charset
   */
  int leftOut(Header header, byte[] start, String source) {
    int skip = 0;
    if (header.bom() != BomPolicy.IGNORE) {
      Mark mark = Mark.of(start);
      checkMark(charset, mark, source);
      skip = mark == null ? 0 : mark.bytes().length;
    }
    if (!header.skipIfPresent() || line.length == 0 || !startsWith(start, skip, line)) {
      return skip;
    }
    int end = skip + line.length;
    if (end == start.length || header.text().endsWith("\n")) {
      return end;
    }
    for (String each : new String[] {"\r\n", "\n", "\r"}) {
      byte[] lineEnd = encode(each, charset);
      if (startsWith(start, end, lineEnd)) {
        return end + lineEnd.length;
      }
    }
    return header.text().endsWith("\r") ? end : skip;
  }

  /** Whether what is left out of a source is the header's line, not only a byte order mark. */
  boolean hasLine(Header header, byte[] start, int leftOut) {
    Mark mark = header.bom() == BomPolicy.IGNORE ? null : Mark.of(start);
    return leftOut > (mark == null ? 0 : mark.bytes().length);
  }

  /** The longest beginning of a source that must be known. */
  static int toBeKnown(Header header) {
    return 4 * (header.text().length() + 8) + (64 << 10);
  }

  /**
   * As {@link #toBeKnown}, of the source that the header is in front of: its first line may be
   * long.
   */
  static int toBeKnownFirst(Header header) {
    return Math.max(toBeKnown(header), (int) PartSizes.MIN_PART);
  }

  private static boolean startsWith(byte[] bytes, int from, byte[] prefix) {
    return from + prefix.length <= bytes.length
        && Arrays.equals(bytes, from, from + prefix.length, prefix, 0, prefix.length);
  }

  private static byte[] join(byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteBuffer all = ByteBuffer.allocate(length);
    for (byte[] part : parts) {
      all.put(part);
    }
    return all.array();
  }
}
