package io.github.s3vfs.internal.layout.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChangedFileTest {
  private static final long SEED = Long.getLong("s3vfs.test.seed", System.nanoTime());
  private static final int ROUNDS = Boolean.getBoolean("s3vfs.test.thorough") ? 400 : 10;

  @ParameterizedTest
  @ValueSource(ints = {512, 1024, 2048, 4096, 8192, 16384, 32768, 65536})
  void isWhatAnArrayIs(int pageSize) {
    for (int round = 0; round < ROUNDS; round++) {
      long seed = SEED + round;
      Random random = new Random(seed);
      Model model =
          new Model(random, pageSize, "-Ds3vfs.test.seed=" + seed + " page size " + pageSize);
      try (ChangedFile file = model.file) {
        for (int i = 0; i < 60; i++) {
          model.operation();
        }
        model.assertChanged();
        assertEquals(model.bytes.length, file.length(), model.what);
      }
    }
  }

  /** A file, and what it should be. */
  private static final class Model {
    final Random random;
    final int pageSize;
    final String what;
    final byte[] stored;
    final ChangedFile file;
    final TreeSet<Long> written = new TreeSet<>();
    byte[] bytes;
    long kept;

    Model(Random random, int pageSize, String what) {
      this.random = random;
      this.pageSize = pageSize;
      this.what = what;
      this.stored = new byte[pageSize * random.nextInt(12)];
      random.nextBytes(stored);
      this.bytes = stored.clone();
      this.kept = stored.length;
      long memory = (64L << 10) * random.nextInt(4);
      int known = stored.length == 0 ? 0 : pageSize;
      this.file = new ChangedFile(this::readStored, known, stored.length, memory);
    }

    private void readStored(long page, int start, ByteBuffer dst, int count) {
      dst.put(stored, (int) (page - 1) * pageSize + start, count);
    }

    void operation() {
      int at = random.nextInt(bytes.length + 2 * pageSize);
      switch (random.nextInt(8)) {
        case 0 -> truncate(random.nextBoolean() ? at : at / pageSize * pageSize);
        case 1, 2 -> write(at / pageSize * pageSize, pageSize);
        case 3, 4 -> write(at, 1 + random.nextInt(3 * pageSize));
        default -> read(at, random.nextInt(3 * pageSize));
      }
    }

    private void truncate(int size) {
      file.truncate(size);
      kept = Math.min(kept, size);
      bytes = Arrays.copyOf(bytes, size);
    }

    private void write(int at, int length) {
      // The first write to an empty file tells the page size.
      byte[] content = new byte[file.pageSize() == 0 ? pageSize : length];
      random.nextBytes(content);
      ByteBuffer src = ByteBuffer.wrap(content);
      file.write(src, at);
      assertFalse(src.hasRemaining(), what);
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length, at + content.length));
      System.arraycopy(content, 0, bytes, at, content.length);
      int last = (at + content.length - 1) / pageSize + 1;
      for (int page = at / pageSize + 1; page <= last; page++) {
        written.add((long) page);
      }
    }

    private void read(int at, int length) {
      ByteBuffer dst = ByteBuffer.allocate(length);
      int count = file.read(dst, at);
      assertEquals(Math.max(0, Math.min(length, bytes.length - at)), count, what);
      assertEquals(count, dst.position(), what);
      byte[] wanted = count == 0 ? new byte[0] : Arrays.copyOfRange(bytes, at, at + count);
      assertArrayEquals(wanted, Arrays.copyOf(dst.array(), count), what);
    }

    void assertChanged() {
      read(0, bytes.length);
      assertEquals(kept, file.kept(), what);
      long pages = (bytes.length + pageSize - 1L) / pageSize;
      assertArrayEquals(
          written.headSet(pages, true).stream().mapToLong(p -> p).toArray(),
          file.changed(Long.MAX_VALUE),
          what);
      for (long page : file.changed(Long.MAX_VALUE)) {
        int from = (int) (page - 1) * pageSize;
        byte[] wanted = Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + pageSize));
        assertArrayEquals(Arrays.copyOf(wanted, pageSize), file.page(page), what);
      }
      assertEquals(written.isEmpty() && kept == bytes.length, file.isUntouched(), what);
    }
  }

  @Test
  void knowsThePageSizeOfAnEmptyFileFromItsFirstWrite() {
    for (int first : new int[] {512, 65536}) {
      try (ChangedFile file = new ChangedFile(ChangedFileTest::nothing, 0, 0, 0)) {
        assertTrue(file.isUntouched());
        file.write(ByteBuffer.allocate(first), 0);
        assertEquals(first, file.pageSize());
      }
    }
    for (int first : new int[] {1, 100, 4095, 131072}) {
      try (ChangedFile file = new ChangedFile(ChangedFileTest::nothing, 0, 0, 0)) {
        file.write(ByteBuffer.allocate(first), 0);
        assertEquals(4096, file.pageSize());
        assertEquals(first, file.length());
      }
    }
  }

  @Test
  void ofNothingIsZerosWhenItGrowsWithoutAWrite() {
    try (ChangedFile file = new ChangedFile(ChangedFileTest::nothing, 0, 0, 0)) {
      file.truncate(5000);
      ByteBuffer dst = ByteBuffer.wrap(new byte[] {1, 2, 3, 4});
      assertEquals(3, file.read(dst, 4997));
      assertArrayEquals(new byte[] {0, 0, 0, 4}, dst.array());
      file.truncate(0);
      assertEquals(0, file.changed(Long.MAX_VALUE).length);
    }
  }

  private static void nothing(long page, int start, ByteBuffer dst, int count) {
    throw new AssertionError("page " + page + " is not stored");
  }
}
