package io.github.s3vfs.csv;

import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Random values, with a liking for those that are hard to write. */
final class RandomFields {
  private static final String[] PIECES = {
    "",
    "\"",
    "\"\"",
    ",",
    ";",
    "\n",
    "\r",
    "\r\n",
    "\t",
    " ",
    "'",
    "$",
    "x",
    "#",
    "\\",
    "\\N",
    "NULL",
    "0",
    "1.5",
    "-7",
    "é",
    "漢",
    "\uD83D\uDE00",
    "\uDBFF\uDFFF",
    "\uFEFF",
    "\u2028",
    "\u0001",
    "=1+1"
  };
  private static final long[] LONGS = {
    0, 1, -1, Long.MAX_VALUE, Long.MIN_VALUE, Integer.MAX_VALUE + 1L, 1L << 53, (1L << 53) + 1
  };
  private static final double[] DOUBLES = {
    0,
    1,
    0.1,
    -1e300,
    Double.MIN_VALUE,
    Double.MAX_VALUE,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY,
    1e15 + 0.3,
    9007199254740992.0
  };

  private RandomFields() {}

  static @Nullable Object value(CsvType type, Random random) {
    if (random.nextInt(6) == 0) {
      return null;
    }
    return switch (type) {
      case INTEGER -> integer(random);
      case REAL -> real(random);
      case TEXT -> text(random);
      case BLOB -> bytes(random);
      case ANY, NUMERIC ->
          switch (random.nextInt(3)) {
            case 0 -> integer(random);
            case 1 -> real(random);
            default -> text(random);
          };
    };
  }

  private static Object integer(Random random) {
    return random.nextInt(3) == 0
        ? LONGS[random.nextInt(LONGS.length)]
        : random.nextLong() >> random.nextInt(64);
  }

  private static Object real(Random random) {
    double value = Double.longBitsToDouble(random.nextLong());
    return random.nextInt(3) == 0 || Double.isNaN(value)
        ? DOUBLES[random.nextInt(DOUBLES.length)]
        : value;
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    int pieces = random.nextInt(20) == 0 ? random.nextInt(5000) : random.nextInt(4);
    for (int i = 0; i < pieces; i++) {
      text.append(PIECES[random.nextInt(PIECES.length)]);
    }
    return text.toString();
  }

  private static byte[] bytes(Random random) {
    byte[] bytes = new byte[random.nextInt(10) == 0 ? random.nextInt(20_000) : random.nextInt(9)];
    random.nextBytes(bytes);
    return bytes;
  }
}
