package io.github.s3vfs.internal.jna;

import com.sun.jna.Platform;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The machine and process that the native library is for. */
final class HostPlatform {
  /** System property: the platform whose library is taken from the jar, as in linux-x86-64. */
  static final String PROPERTY = "s3vfs.native.platform";

  private HostPlatform() {}

  /** As JNA spells it: linux-x86-64 or darwin-aarch64. */
  static String name() {
    return System.getProperty(PROPERTY, Platform.RESOURCE_PREFIX);
  }

  /** For messages: the name, and what it was concluded from. */
  static String describe() {
    String os = System.getProperty("os.name");
    return name()
        + " (os.name="
        + os
        + ", os.arch="
        + System.getProperty("os.arch")
        + (os.startsWith("Linux") ? ", libc=" + libc() : "")
        + ")";
  }

  private static String libc() {
    // Paths may be in any encoding; this one has a character for each byte.
    try (Stream<String> maps =
        Files.lines(Path.of("/proc/self/maps"), StandardCharsets.ISO_8859_1)) {
      return libc(maps);
    } catch (IOException | UncheckedIOException e) {
      return "unknown";
    }
  }

  /**
   * Which C library a process runs on: glibc, musl or unknown.
   *
   * @param maps the lines of its /proc/PID/maps
   */
  static String libc(Stream<String> maps) {
    return maps.map(line -> line.substring(line.lastIndexOf('/') + 1))
        .map(
            file ->
                file.startsWith("ld-musl-") || file.startsWith("libc.musl-")
                    ? "musl"
                    : file.startsWith("libc.so.6") || file.startsWith("libc-2.") ? "glibc" : "")
        .filter(name -> !name.isEmpty())
        .findFirst()
        .orElse("unknown");
  }
}
