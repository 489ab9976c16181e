package io.github.s3vfs.benchmark;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Random;

/** CSV of a number, one below 1,000, a name, a fraction, a timestamp and a colour. */
final class SelectRowsFile {
  private static final String[] COLOURS = {"red", "green", "blue", "yellow", "black", "white"};

  private SelectRowsFile() {}

  static byte[] make(int rows) {
    Random random = new Random(1);
    LocalDateTime first = LocalDateTime.of(2001, 1, 1, 0, 0, 0);
    ByteArrayOutputStream out = new ByteArrayOutputStream(rows * 58);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < rows; i++) {
      text.append(i).append(',').append(random.nextInt(1000));
      text.append(",name").append(random.nextInt(100_000));
      text.append(',').append(random.nextInt(1_000_000) / 1000.0).append(',');
      DateTimeFormatter.ISO_LOCAL_DATE_TIME.formatTo(
          first.plusSeconds(1 + random.nextInt(500_000_000)), text);
      text.append("Z,").append(COLOURS[random.nextInt(COLOURS.length)]).append('\n');
      if (text.length() > 1 << 16 || i == rows - 1) {
        out.writeBytes(text.toString().getBytes(StandardCharsets.US_ASCII));
        text.setLength(0);
      }
    }
    return out.toByteArray();
  }
}
