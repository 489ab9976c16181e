package io.github.s3vfs.select.internal.eval;

import io.github.s3vfs.select.internal.io.ByteSink;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** Values as text, and text by code points. */
public final class Text {
  private static final MathContext DIGITS = new MathContext(17, RoundingMode.HALF_EVEN);

  private Text() {}

  /** Writes a value as CSV shows it; NULL is nothing. */
  public static void write(Value value, ByteSink sink) {
    switch (value.kind) {
      case NULL -> {}
      case STRING -> sink.put(value.bytes, value.start, value.end);
      case NESTED -> JsonText.nested(value.bytes, value.start, value.end, sink);
      case BOOL -> sink.put(value.number != 0 ? "true" : "false");
      case INT -> sink.putLong(value.number);
      case DOUBLE -> writeDouble(value.real, sink);
      case DECIMAL -> sink.put(Decimals.text(value.decimal()));
      case TIMESTAMP -> Timestamps.write(value, sink);
    }
  }

  /** As {@code %.17g} of C, without zeros at the end. */
  static void writeDouble(double value, ByteSink sink) {
    if (value == Math.rint(value) && Math.abs(value) < 1e17) {
      if (value == 0 && 1 / value < 0) {
        sink.put('-');
      }
      sink.putLong((long) value);
    } else if (Double.isNaN(value)) {
      sink.put("nan");
    } else if (Double.isInfinite(value)) {
      sink.put(value > 0 ? "inf" : "-inf");
    } else {
      writeDigits(new BigDecimal(value).round(DIGITS), sink);
    }
  }

  private static void writeDigits(BigDecimal value, ByteSink sink) {
    BigDecimal shortest = value.stripTrailingZeros();
    int exponent = shortest.precision() - shortest.scale() - 1;
    if (exponent >= -4 && exponent < 17) {
      sink.put(shortest.toPlainString());
      return;
    }
    String digits = shortest.unscaledValue().abs().toString();
    if (shortest.signum() < 0) {
      sink.put('-');
    }
    sink.put(digits.charAt(0));
    if (digits.length() > 1) {
      sink.put('.');
      sink.put(digits.substring(1));
    }
    sink.put('e');
    sink.put(exponent < 0 ? '-' : '+');
    sink.putPadded(Math.abs(exponent), Math.abs(exponent) < 100 ? 2 : 3);
  }

  /** Behind the code point that begins at a byte; a byte that begins none is one by itself. */
  static int next(byte[] b, int at, int end) {
    int lead = b[at];
    if (lead >= 0) {
      return at + 1;
    }
    int length = lead >= (byte) 0xF0 ? 4 : lead >= (byte) 0xE0 ? 3 : lead >= (byte) 0xC2 ? 2 : 1;
    if (lead > (byte) 0xF4 || at + length > end) {
      return at + 1;
    }
    for (int i = 1; i < length; i++) {
      if ((b[at + i] & 0xC0) != 0x80) {
        return at + 1;
      }
    }
    return at + length;
  }

  /** The code point of these bytes; one that is none, for bytes that are not UTF-8. */
  static int codePoint(byte[] b, int at, int next) {
    return switch (next - at) {
      case 1 -> b[at] >= 0 ? b[at] : 0x110000 + (b[at] & 0xFF);
      case 2 -> ((b[at] & 0x1F) << 6) | (b[at + 1] & 0x3F);
      case 3 -> ((b[at] & 0x0F) << 12) | ((b[at + 1] & 0x3F) << 6) | (b[at + 2] & 0x3F);
      default ->
          ((b[at] & 0x07) << 18)
              | ((b[at + 1] & 0x3F) << 12)
              | ((b[at + 2] & 0x3F) << 6)
              | (b[at + 3] & 0x3F);
    };
  }

  /** How many code points there are. */
  static int length(byte[] b, int start, int end) {
    int count = 0;
    int at = start;
    while (at < end) {
      at = b[at] >= 0 ? at + 1 : next(b, at, end);
      count++;
    }
    return count;
  }

  /** Behind a number of code points, or the end. */
  static int skip(byte[] b, int start, int end, long count) {
    int at = start;
    for (long left = count; left > 0 && at < end; left--) {
      at = next(b, at, end);
    }
    return at;
  }
}
