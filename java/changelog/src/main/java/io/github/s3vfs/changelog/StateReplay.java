package io.github.s3vfs.changelog;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Reads the file of a {@link StateLog} from its beginning to the last mark. */
final class StateReplay {
  private static final int BUFFER = 1 << 16;

  /** Takes the records that were saved. */
  interface Records {
    /** A row came, or went. */
    void row(char kind, long high, long low, byte[] content, long place) throws IOException;
  }

  /**
   * What a file has.
   *
   * @param mark the content of its last mark, without the checksums; null if it has none
   * @param end behind the last mark
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Found(byte @Nullable [] mark, long end) {}

  private StateReplay() {}

  /** Finds the last mark; what is behind it was cut off by a crash, or is damage. */
  static Found find(Path file) throws IOException {
    byte[] mark = null;
    long end = 0;
    long at = 0;
    CRC32C checksum = new CRC32C();
    try (DataInputStream in = open(file)) {
      long size = Files.size(file);
      byte[] header = new byte[StateLog.HEADER];
      while (size - at >= StateLog.HEADER) {
        in.readFully(header);
        int length = StateLog.intAt(header, 1);
        if (length < 0 || length > size - at - StateLog.HEADER || "pdm".indexOf(header[0]) < 0) {
          break;
        }
        byte[] content = in.readNBytes(length);
        if (header[0] == StateLog.MARK) {
          boolean here =
              StateLog.longAt(header, 5) == StateLog.MARKED
                  && StateLog.longAt(header, 13) == at
                  && length >= StateLog.CHECKSUMS;
          if (!here
              || StateLog.intAt(content, length - 8) != (int) checksum.getValue()
              || StateLog.intAt(content, length - 4)
                  != StateLog.checksumOf(content, 0, length - 4)) {
            break;
          }
          checksum.reset();
          mark = Arrays.copyOf(content, length - StateLog.CHECKSUMS);
          end = at + StateLog.HEADER + length;
        } else {
          checksum.update(header);
          checksum.update(content);
        }
        at += StateLog.HEADER + length;
      }
    }
    if (hasMarkBehind(file, end)) {
      throw new IOException(file + " is damaged behind byte " + end);
    }
    return new Found(mark, end);
  }

  /** A crash leaves no whole mark behind what it has cut off. */
  private static boolean hasMarkBehind(Path file, long from) throws IOException {
    byte[] wanted = new byte[8];
    StateLog.putLong(wanted, 0, StateLog.MARKED);
    String mark = new String(wanted, StandardCharsets.ISO_8859_1);
    String kept = "";
    long at = from;
    try (InputStream in = open(file)) {
      in.skipNBytes(from);
      byte[] part = in.readNBytes(BUFFER);
      while (part.length > 0) {
        String text = kept + new String(part, StandardCharsets.ISO_8859_1);
        long start = at - kept.length();
        for (int i = text.indexOf(mark); i >= 5; i = text.indexOf(mark, i + 1)) {
          byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
          long place = start + i - 5;
          if (i + 16 <= bytes.length && StateLog.longAt(bytes, i + 8) == place) {
            long end = place + StateLog.HEADER + StateLog.intAt(bytes, i - 4);
            if (end <= Files.size(file)) {
              return true;
            }
          }
        }
        kept = text.substring(Math.max(0, text.length() - 32));
        at += part.length;
        part = in.readNBytes(BUFFER);
      }
    }
    return false;
  }

  /** Gives the records of rows up to a place where one begins or a mark ends. */
  static void run(Path file, long end, Records records) throws IOException {
    try (DataInputStream in = open(file)) {
      byte[] header = new byte[StateLog.HEADER];
      long at = 0;
      while (at < end) {
        in.readFully(header);
        byte[] content = in.readNBytes(StateLog.intAt(header, 1));
        if (header[0] != StateLog.MARK) {
          records.row(
              (char) header[0],
              StateLog.longAt(header, 5),
              StateLog.longAt(header, 13),
              content,
              at);
        }
        at += StateLog.HEADER + content.length;
      }
    }
  }

  private static DataInputStream open(Path file) throws IOException {
    return new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER));
  }
}
