package io.github.s3vfs.internal.jna;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the headers of a library say it is. The system's loader says little about a library for
 * another machine, and Linux's maps one that was cut off, so that the process dies when it comes to
 * what is missing.
 *
 * @param kind for messages, as in "an ELF library for x86-64"
 * @param length the least number of bytes that the file must have; 0 where that is not known
 */
record LibraryImage(String kind, long length) {
  private static final int HEADERS = 1 << 16;
  private static final LibraryImage NONE = new LibraryImage("no library", 0);

  /** Reads the headers of a file. */
  static LibraryImage of(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return of(ByteBuffer.wrap(in.readNBytes(HEADERS)));
    }
  }

  /** Reads headers from the first bytes of a file. */
  static LibraryImage of(ByteBuffer start) {
    ByteBuffer bytes = start.order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.limit() < 64) {
      return NONE;
    }
    if (bytes.getInt(0) == 0x464c457f) { // 0x7f E L F
      return elf(bytes.order(bytes.get(5) == 2 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN));
    }
    if (bytes.getInt(0) == 0xfeedfacf) {
      return new LibraryImage("a Mach-O library for " + machOMachine(bytes.getInt(4)), 0);
    }
    int pe = bytes.getShort(0) == 0x5a4d ? bytes.getInt(0x3c) : -1; // M Z
    if (pe >= 0 && pe <= bytes.limit() - 6 && bytes.getInt(pe) == 0x4550) { // P E
      return new LibraryImage("a PE library for " + peMachine(bytes.getShort(pe + 4)), 0);
    }
    return NONE;
  }

  /** https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html and ch5.pheader.html */
  private static LibraryImage elf(ByteBuffer bytes) {
    boolean wide = bytes.get(4) == 2;
    String kind = "an ELF library for " + elfMachine(bytes.getShort(18));
    long programs = wide ? bytes.getLong(32) : bytes.getInt(28);
    int programSize = bytes.getShort(wide ? 54 : 42);
    int programCount = bytes.getShort(wide ? 56 : 44);
    long sections = wide ? bytes.getLong(40) : bytes.getInt(32);
    int sectionSize = bytes.getShort(wide ? 58 : 46);
    int sectionCount = bytes.getShort(wide ? 60 : 48);
    long length =
        Math.max(
            programs + (long) programSize * programCount,
            sections + (long) sectionSize * sectionCount);
    for (int i = 0; i < programCount; i++) {
      long at = programs + (long) i * programSize;
      if (at < 0 || at + (wide ? 40 : 20) > bytes.limit()) {
        break;
      }
      int program = (int) at;
      long end =
          wide
              ? bytes.getLong(program + 8) + bytes.getLong(program + 32)
              : (long) bytes.getInt(program + 4) + bytes.getInt(program + 16);
      length = Math.max(length, end);
    }
    return new LibraryImage(kind, length);
  }

  private static String elfMachine(short machine) {
    return switch (machine) {
      case 3 -> "x86";
      case 40 -> "arm";
      case 62 -> "x86-64";
      case 183 -> "aarch64";
      default -> "machine " + machine;
    };
  }

  private static String machOMachine(int machine) {
    return switch (machine) {
      case 0x01000007 -> "x86-64";
      case 0x0100000c -> "aarch64";
      default -> "machine " + machine;
    };
  }

  private static String peMachine(short machine) {
    return switch (machine) {
      case 0x014c -> "x86";
      case (short) 0x8664 -> "x86-64";
      case (short) 0xaa64 -> "aarch64";
      default -> "machine " + machine;
    };
  }
}
