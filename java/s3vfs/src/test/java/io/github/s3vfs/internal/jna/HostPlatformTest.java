package io.github.s3vfs.internal.jna;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostPlatformTest {
  @ParameterizedTest
  @CsvSource({
    "/usr/lib/x86_64-linux-gnu/libc.so.6, glibc",
    "/lib64/libc-2.28.so, glibc",
    "/lib/ld-musl-x86_64.so.1, musl",
    "/lib/libc.musl-aarch64.so.1, musl",
    "/opt/libcrypto.so.3, unknown"
  })
  void theCLibraryIsTheOneThatIsMapped(String library, String name) {
    assertEquals(
        name,
        HostPlatform.libc(
            Stream.of(
                "7f0000000000-7f0000001000 r-xp 00000000 fe:00 1  /usr/bin/java",
                "7f0000002000-7f0000003000 rw-p 00000000 00:00 0",
                "7f0000004000-7f0000005000 r-xp 00000000 fe:00 2  " + library)));
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void onLinuxItIsNamed() {
    String description = HostPlatform.describe();
    assertTrue(description.matches(".*libc=(glibc|musl)\\)"), description);
    assertTrue(description.contains("os.arch=" + System.getProperty("os.arch")), description);
  }
}
