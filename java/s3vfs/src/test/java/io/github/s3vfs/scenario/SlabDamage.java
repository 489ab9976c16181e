package io.github.s3vfs.scenario;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** What may become of the files of a cache on disk. */
final class SlabDamage {
  private SlabDamage() {}

  /** Flips bits of a file, cuts it off, deletes it, or puts another one in its place. */
  static void some(Path directory, Random random) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(directory)) {
      files = all.filter(file -> file.toString().endsWith(".slab")).sorted().toList();
    } catch (NoSuchFileException e) {
      return;
    }
    if (files.isEmpty()) {
      return;
    }
    Path file = files.get(random.nextInt(files.size()));
    int kind = random.nextInt(10);
    if (kind == 0) {
      Files.deleteIfExists(file);
      return;
    }
    if (kind == 1) {
      byte[] other = new byte[random.nextInt(300_000)];
      random.nextBytes(other);
      Files.write(file, other);
      return;
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      if (kind == 2) {
        channel.truncate((long) (random.nextDouble() * channel.size()));
        return;
      }
      for (int i = 0; i < 10; i++) {
        byte[] bytes = new byte[1 + random.nextInt(4)];
        random.nextBytes(bytes);
        long end = random.nextBoolean() ? channel.size() : Math.min(channel.size(), 2_000);
        channel.write(ByteBuffer.wrap(bytes), (long) (random.nextDouble() * end));
      }
    } catch (NoSuchFileException e) {
      // The cache was faster to delete it.
    }
  }
}
