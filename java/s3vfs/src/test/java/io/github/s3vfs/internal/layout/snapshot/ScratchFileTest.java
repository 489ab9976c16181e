package io.github.s3vfs.internal.layout.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScratchFileTest {
  private static final long SEED = Long.getLong("s3vfs.test.seed", System.nanoTime());
  private static final int ROUNDS = Boolean.getBoolean("s3vfs.test.thorough") ? 500 : 12;
  private static final int LONGEST = 400_000;

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 64 << 10, 100_000, 128 << 10, 1 << 20})
  void isWhatAnArrayIs(long memoryBytes) {
    for (int round = 0; round < ROUNDS; round++) {
      long seed = SEED + round;
      String what = "-Ds3vfs.test.seed=" + seed + " memory " + memoryBytes;
      Random random = new Random(seed);
      byte[] model = new byte[0];
      try (ScratchFile file = new ScratchFile(memoryBytes)) {
        for (int i = 0; i < 60; i++) {
          int at = random.nextInt(1 + Math.min(LONGEST, model.length + 70_000));
          int kind = random.nextInt(10);
          if (kind < 5) {
            byte[] bytes = new byte[random.nextInt(random.nextInt(4) == 0 ? 150_000 : 5_000)];
            random.nextBytes(bytes);
            file.write(ByteBuffer.wrap(bytes), at);
            int end = bytes.length == 0 ? 0 : at + bytes.length;
            model = Arrays.copyOf(model, Math.max(model.length, Math.max(at, end)));
            System.arraycopy(bytes, 0, model, at, bytes.length);
          } else if (kind < 7) {
            file.truncate(at);
            model = Arrays.copyOf(model, at);
          }
          assertEquals(model.length, file.length(), what);
          int from = random.nextInt(model.length + 1);
          assertPart(model, file, from, random.nextInt(model.length - from + 100), what);
        }
        assertPart(model, file, 0, model.length + 1, what);
      }
    }
  }

  private static void assertPart(
      byte[] model, ScratchFile file, int from, int length, String what) {
    ByteBuffer read = ByteBuffer.allocate(length);
    int count = file.read(read, from);
    assertEquals(Math.min(length, model.length - from), count, what);
    assertEquals(count, read.position(), what);
    assertArrayEquals(
        Arrays.copyOfRange(model, from, from + count), Arrays.copyOf(read.array(), count), what);
  }

  @Test
  void leavesNoFileBehindAndIsEmptyWhenClosed() throws IOException {
    Set<Path> before = temporaryFiles();
    ScratchFile file = new ScratchFile(64 << 10);
    file.write(ByteBuffer.allocate(200_000), 0);
    file.close();
    assertEquals(Set.of(), without(temporaryFiles(), before));
    assertEquals(0, file.length());
    assertEquals(0, file.read(ByteBuffer.allocate(10), 0));
    file.close();
  }

  @Test
  void makesNoFileForWhatFitsIntoMemory() throws IOException {
    Path open = Path.of("/proc/self/fd");
    long before = Files.isDirectory(open) ? scratchFiles(open) : 0;
    try (ScratchFile small = new ScratchFile(1 << 20);
        ScratchFile large = new ScratchFile(64 << 10)) {
      small.write(ByteBuffer.allocate(1 << 20), 0);
      large.write(ByteBuffer.allocate(1 << 20), 0);
      if (Files.isDirectory(open)) {
        assertEquals(before + 1, scratchFiles(open));
      }
    }
    if (Files.isDirectory(open)) {
      assertEquals(before, scratchFiles(open));
    }
  }

  private static long scratchFiles(Path open) throws IOException {
    try (Stream<Path> files = Files.list(open)) {
      return files.filter(file -> target(file).contains("/s3vfs-")).count();
    }
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return ""; // closed meanwhile
    }
  }

  private static Set<Path> temporaryFiles() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return files
          .filter(file -> file.getFileName().toString().matches("s3vfs-\\d+\\.tmp"))
          .collect(Collectors.toSet());
    }
  }

  private static Set<Path> without(Set<Path> files, Set<Path> those) {
    return files.stream().filter(file -> !those.contains(file)).collect(Collectors.toSet());
  }
}
