package io.github.s3vfs.internal.jna;

import com.sun.jna.Pointer;
import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Texts and bytes at native addresses, valid during one call. */
final class NativeText {
  private NativeText() {}

  /** A NUL-terminated UTF-8 text. */
  static String read(long address) {
    return new Pointer(address).getString(0, StandardCharsets.UTF_8.name());
  }

  /** As {@link #read}, null for a NULL pointer. */
  static @Nullable String readNullable(long address) {
    return address == 0 ? null : read(address);
  }

  /** Names and values in turn, ended by an empty name. */
  static Map<String, String> readPairs(long address) {
    Map<String, String> pairs = new LinkedHashMap<>();
    Pointer at = new Pointer(address);
    while (true) {
      long nameLength = at.indexOf(0, (byte) 0);
      if (nameLength == 0) {
        return pairs;
      }
      Pointer value = at.share(nameLength + 1);
      pairs.putIfAbsent(
          at.getString(0, StandardCharsets.UTF_8.name()),
          value.getString(0, StandardCharsets.UTF_8.name()));
      at = value.share(value.indexOf(0, (byte) 0) + 1);
    }
  }

  /**
   * Writes a NUL-terminated text.
   *
   * @param size room in bytes, the NUL included
   */
  static void write(String text, long address, int size) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length >= size) {
      throw new S3VfsException(
          ErrorKind.INVALID, "a text of " + bytes.length + " bytes does not fit into " + size);
    }
    ByteBuffer target = bytes(address, bytes.length + 1);
    target.put(bytes).put((byte) 0);
  }

  /** Writes as much of a text as there is room for, NUL-terminated. */
  static void writeStart(String text, long address, int size) {
    byte[] bytes = text.replace('\0', ' ').getBytes(StandardCharsets.UTF_8);
    int length = Math.min(bytes.length, size - 1);
    while (length < bytes.length && length > 0 && (bytes[length] & 0xC0) == 0x80) {
      length--; // not in the middle of a character
    }
    bytes(address, length + 1).put(bytes, 0, length).put((byte) 0);
  }

  /** Native memory as a buffer. */
  static ByteBuffer bytes(long address, int count) {
    return new Pointer(address).getByteBuffer(0, count);
  }

  /** A text as an argument of the native library: UTF-8, NUL-terminated. */
  static byte[] zeroTerminated(String text) {
    return (text + "\0").getBytes(StandardCharsets.UTF_8);
  }
}
