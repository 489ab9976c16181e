package io.github.s3vfs.internal.jna;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LibraryImageTest {
  private static ByteBuffer file(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static ByteBuffer elf(int bits, int machine) {
    ByteBuffer bytes = file(256);
    bytes.putInt(0, 0x464c457f).put(4, (byte) (bits / 32)).put(5, (byte) 1);
    return bytes.putShort(18, (short) machine);
  }

  @ParameterizedTest
  @CsvSource({
    "64, 62, x86-64",
    "64, 183, aarch64",
    "32, 3, x86",
    "32, 40, arm",
    "64, 2, machine 2"
  })
  void elf(int bits, int machine, String name) {
    assertEquals("an ELF library for " + name, LibraryImage.of(elf(bits, machine)).kind());
  }

  @ParameterizedTest
  @CsvSource({"0x01000007, x86-64", "0x0100000c, aarch64"})
  void machO(String machine, String name) {
    ByteBuffer bytes = file(64).putInt(0, 0xfeedfacf).putInt(4, Integer.decode(machine));
    assertEquals("a Mach-O library for " + name, LibraryImage.of(bytes).kind());
  }

  @ParameterizedTest
  @CsvSource({"0x8664, x86-64", "0x014c, x86", "0xaa64, aarch64"})
  void pe(String machine, String name) {
    ByteBuffer bytes = file(256).putShort(0, (short) 0x5a4d).putInt(0x3c, 128).putInt(128, 0x4550);
    bytes.putShort(132, Integer.decode(machine).shortValue());
    assertEquals("a PE library for " + name, LibraryImage.of(bytes).kind());
  }

  @Test
  void anythingElseIsNone() {
    assertEquals("no library", LibraryImage.of(file(0)).kind());
    assertEquals("no library", LibraryImage.of(file(1000)).kind());
    assertEquals("no library", LibraryImage.of(file(64).putShort(0, (short) 0x5a4d)).kind());
    ByteBuffer far = file(64).putShort(0, (short) 0x5a4d).putInt(0x3c, Integer.MAX_VALUE);
    assertEquals("no library", LibraryImage.of(far).kind());
  }

  @Test
  void theLengthIsTheEndOfTheLastPart() {
    ByteBuffer wide = elf(64, 62).putLong(32, 64).putShort(54, (short) 56).putShort(56, (short) 2);
    wide.putLong(64 + 8, 4096).putLong(64 + 32, 5000).putLong(120 + 8, 8192).putLong(120 + 32, 100);
    assertEquals(4096 + 5000, LibraryImage.of(wide).length());
    wide.putLong(40, 20_000).putShort(58, (short) 64).putShort(60, (short) 3);
    assertEquals(20_000 + 3 * 64, LibraryImage.of(wide).length());

    ByteBuffer narrow = elf(32, 3).putInt(28, 52).putShort(42, (short) 32).putShort(44, (short) 1);
    narrow.putInt(52 + 4, 1000).putInt(52 + 16, 2000);
    assertEquals(3000, LibraryImage.of(narrow).length());
  }

  @Test
  void headersThatPointBehindTheEndMakeNoFailure() {
    ByteBuffer bytes = elf(64, 62).putLong(32, Long.MAX_VALUE / 2);
    bytes.putShort(54, (short) 56).putShort(56, (short) 9);
    assertTrue(LibraryImage.of(bytes).length() > Long.MAX_VALUE / 2);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void theLibraryOfTheJarIsWhole() throws Exception {
    try (LibraryFile file = LibraryFile.open()) {
      LibraryImage image = LibraryImage.of(file.path());
      assertTrue(image.kind().startsWith("an ELF library for "), image.kind());
      assertEquals(Files.size(file.path()), image.length());
    }
  }
}
