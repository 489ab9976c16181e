package io.github.s3vfs.internal.vfs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.internal.layout.LockLevel;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random reads, writes and truncations of a database file, against a byte array. */
class RandomFileTest {
  private static final int RUNS = Boolean.getBoolean("s3vfs.test.thorough") ? 400 : 40;
  private static final int HEADER = 100;

  /** What is stored, and what the open transaction sees. */
  private byte[] stored = new byte[0];

  private byte[] seen = new byte[0];

  @Test
  void behavesAsAByteArray() {
    long first = Long.getLong("s3vfs.test.seed", System.nanoTime());
    for (int run = 0; run < RUNS; run++) {
      long seed = first + run;
      Random random = new Random(seed);
      int blockSize = List.of(97, 512, 4095, 4096, 4097, 70000).get(random.nextInt(6));
      String what = "-Ds3vfs.test.seed=" + seed + " block_size " + blockSize;
      try (MemoryVfs memory = new MemoryVfs()) {
        stored = new byte[0];
        for (int session = 0; session < 5; session++) {
          Map<String, String> parameters = Map.of("block_size", blockSize + "");
          VfsFile file = memory.vfs().open("db", parameters, OpenFlags.MAIN_DB | OpenFlags.CREATE);
          try {
            for (int transaction = 0; transaction < 4; transaction++) {
              transaction(file, random, what);
            }
          } finally {
            file.close();
          }
          assertEquals(
              (stored.length + blockSize - 1) / blockSize,
              memory.store().keys("db/").size(),
              what + ": number of blocks");
        }
      }
    }
  }

  private void transaction(VfsFile file, Random random, String what) {
    assertTrue(file.lock(LockLevel.SHARED), what);
    assertEquals(stored.length, file.size(), what);
    assertArrayEquals(stored, read(file, 0, stored.length + 10), what);
    assertTrue(file.lock(LockLevel.RESERVED), what);
    assertTrue(file.lock(LockLevel.EXCLUSIVE), what);
    seen = stored.clone();
    if (seen.length == 0) {
      byte[] header = new byte[HEADER];
      byte[] magic = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);
      System.arraycopy(magic, 0, header, 0, magic.length);
      ByteBuffer.wrap(header).putShort(16, (short) 512).put(18, (byte) 1).put(19, (byte) 1);
      write(file, header, 0);
    }
    int steps = 1 + random.nextInt(25);
    for (int step = 0; step < steps; step++) {
      step(file, random, what);
    }
    if (random.nextInt(4) > 0) {
      // A change counter that version-valid-for does not follow: the length comes from a LIST.
      write(file, ByteBuffer.allocate(4).putInt(0, 1 + random.nextInt(1 << 30)).array(), 24);
      file.syncControl();
      file.committedControl();
      stored = seen.clone();
    }
    file.unlock(LockLevel.SHARED);
    file.unlock(LockLevel.NONE);
  }

  private void step(VfsFile file, Random random, String what) {
    int at = HEADER + random.nextInt(60_000);
    switch (random.nextInt(8)) {
      case 0 -> {
        int size = HEADER + random.nextInt(60_000);
        file.truncate(size);
        seen = Arrays.copyOf(seen, size);
      }
      case 1, 2, 3 -> {
        byte[] bytes = new byte[1 + random.nextInt(9000)];
        random.nextBytes(bytes);
        write(file, bytes, at);
      }
      case 4 -> {
        file.syncControl();
        stored = seen.clone();
      }
      default -> {
        int count = 1 + random.nextInt(9000);
        byte[] expected =
            at >= seen.length
                ? new byte[0]
                : Arrays.copyOfRange(seen, at, Math.min(seen.length, at + count));
        assertArrayEquals(expected, read(file, at, count), what + " at " + at);
      }
    }
    assertEquals(seen.length, file.size(), what);
  }

  private void write(VfsFile file, byte[] bytes, int at) {
    if (at + bytes.length > seen.length) {
      seen = Arrays.copyOf(seen, at + bytes.length);
    }
    System.arraycopy(bytes, 0, seen, at, bytes.length);
    file.write(ByteBuffer.wrap(bytes), at);
  }

  private static byte[] read(VfsFile file, int at, int count) {
    ByteBuffer target = ByteBuffer.allocate(count);
    int read = file.read(target, at);
    return Arrays.copyOf(target.array(), read);
  }
}
