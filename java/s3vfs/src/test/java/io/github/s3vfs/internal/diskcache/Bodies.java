package io.github.s3vfs.internal.diskcache;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Bodies that can be told from their numbers, and the files that they are in. */
final class Bodies {
  private static final byte[] SCOPE = DiskKey.scope("http://store", "bucket", "key");

  private Bodies() {}

  static DiskKey key(long number) {
    return DiskKey.of(SCOPE, number);
  }

  /** 1 to 20,000 bytes. */
  static byte[] body(long number) {
    Random random = new Random(number);
    byte[] bytes = new byte[1 + random.nextInt(20_000)];
    random.nextBytes(bytes);
    return bytes;
  }

  static void put(DiskCache cache, long number) {
    cache.put(key(number), ByteBuffer.wrap(body(number)));
  }

  /** Whether a body is there; it must be as it was. */
  static boolean isIn(DiskCache cache, long number) {
    byte[] body = body(number);
    byte[] read = cache.read(key(number), body.length);
    if (read != null && !Arrays.equals(body, read)) {
      throw new AssertionError("body " + number + " is another one");
    }
    return read != null;
  }

  /** How many of the bodies 0, 1, ... are there. */
  static int countIn(DiskCache cache, int numbers) {
    int count = 0;
    for (int i = 0; i < numbers; i++) {
      count += isIn(cache, i) ? 1 : 0;
    }
    return count;
  }

  static List<Path> files(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Bytes of all files. */
  static long bytes(Path directory) {
    return files(directory).stream().mapToLong(file -> file.toFile().length()).sum();
  }
}
