package io.github.s3vfs.csv;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The characters of a source without its byte order mark, whose charset counts. Bytes that are no
 * characters are an error when all in front of them were read. Not thread-safe.
 */
final class DecodedText extends Reader {
  private static final int BUFFER = 16 << 10;

  private final InputStream source;
  private final CharsetDecoder decoder;
  private final boolean nulCharacters;
  private final ByteBuffer bytes = ByteBuffer.allocate(BUFFER).limit(0);
  private long decodedBytes;
  private boolean ended;
  private boolean flushed;
  private @Nullable CsvException failure;

  /**
   * @param charset if there is no byte order mark
   * @param nulCharacters whether NUL is a character like others
   */
  DecodedText(InputStream source, Charset charset, boolean nulCharacters) throws IOException {
    this.source = source;
    this.nulCharacters = nulCharacters;
    while (bytes.limit() < 4 && fill()) {
      // a byte order mark has up to four bytes
    }
    this.decoder =
        skipMark(charset)
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
  }

  /** The charset by the mark, which is skipped; section 23.8 of the Unicode Standard. */
  private Charset skipMark(Charset otherwise) {
    if (skip(0xef, 0xbb, 0xbf)) {
      return StandardCharsets.UTF_8;
    } else if (skip(0xff, 0xfe, 0, 0)) {
      return Charset.forName("UTF-32LE");
    } else if (skip(0, 0, 0xfe, 0xff)) {
      return Charset.forName("UTF-32BE");
    } else if (skip(0xff, 0xfe)) {
      return StandardCharsets.UTF_16LE;
    } else if (skip(0xfe, 0xff)) {
      return StandardCharsets.UTF_16BE;
    }
    return otherwise;
  }

  private boolean skip(int... mark) {
    if (bytes.remaining() < mark.length) {
      return false;
    }
    for (int i = 0; i < mark.length; i++) {
      if (Byte.toUnsignedInt(bytes.get(i)) != mark[i]) {
        return false;
      }
    }
    bytes.position(mark.length);
    decodedBytes = mark.length;
    return true;
  }

  /** Reads more; false at the end. */
  private boolean fill() throws IOException {
    if (ended) {
      return false;
    }
    bytes.compact();
    int count = source.read(bytes.array(), bytes.position(), bytes.remaining());
    bytes.position(bytes.position() + Math.max(count, 0)).flip();
    ended = count < 0;
    return !ended;
  }

  @Override
  public int read(char[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    int count = failure == null ? decode(CharBuffer.wrap(target, offset, length)) : 0;
    if (!nulCharacters) {
      count = upToNul(target, offset, count);
    }
    if (count == 0 && failure != null) {
      throw failure;
    }
    return count == 0 ? -1 : count;
  }

  /** Decodes some characters, or none at the end or at a failure. */
  private int decode(CharBuffer target) throws IOException {
    int start = target.position();
    while (target.position() == start && failure == null && !flushed) {
      int before = bytes.position();
      CoderResult result = decoder.decode(bytes, target, ended);
      decodedBytes += bytes.position() - before;
      if (result.isError()) {
        failure =
            new CsvException("from byte " + decodedBytes + " on it is not " + decoder.charset());
      } else if (result.isOverflow()) {
        break;
      } else if (ended) {
        decoder.flush(target);
        flushed = true;
      } else if (target.position() == start) {
        fill();
      }
    }
    return target.position() - start;
  }

  private int upToNul(char[] target, int offset, int count) {
    for (int i = 0; i < count; i++) {
      if (target[offset + i] == 0) {
        failure = new CsvException("it has the character NUL, which text does not have");
        return i;
      }
    }
    return count;
  }

  @Override
  public void close() {}
}
