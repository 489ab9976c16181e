package io.github.s3vfs.internal.layout.blocks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongToIntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WriteBufferTest {
  private static final long SEED = Long.getLong("s3vfs.test.seed", System.nanoTime());
  private static final int ROUNDS = Boolean.getBoolean("s3vfs.test.thorough") ? 3_000 : 40;
  private static final int OPERATIONS = 40;

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 512, 4095, 4096, 4097, 65536})
  void whatIsStoredIsWhatWasWritten(int blockSize) {
    // Fewer rounds where a round moves many bytes.
    int rounds = Math.max(10, blockSize > 512 ? ROUNDS / 8 : ROUNDS);
    for (int round = 0; round < rounds; round++) {
      long seed = SEED + round;
      File file =
          new File(blockSize, new Random(seed), "block size " + blockSize + " seed " + seed);
      for (int i = 0; i < OPERATIONS; i++) {
        file.randomOperation();
      }
      file.store();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 512, 4095, 4096, 4097, 65536})
  void rollingBackATornWriteLeavesOnlyRegularBlocks(int blockSize) {
    int rounds = Math.max(10, blockSize > 512 ? ROUNDS / 8 : ROUNDS);
    for (int round = 0; round < rounds; round++) {
      long seed = SEED + round;
      File file =
          new File(blockSize, new Random(seed), "block size " + blockSize + " seed " + seed);
      int original = file.tear();
      file.read(0, file.model.length);
      // What SQLite does first when it plays a journal back.
      file.truncate(file.random.nextInt(original + 1));
      for (int i = 0; i < OPERATIONS; i++) {
        file.randomOperation();
      }
      file.store();
    }
  }

  @Test
  void aFreshBufferIsCleanAndEmpty() {
    WriteBuffer buffer = new WriteBuffer(4096, 0, index -> new byte[0]);
    assertTrue(buffer.isClean());
    assertEquals(0, buffer.length());
    assertEquals(0, buffer.bytes());
    assertTrue(buffer.toStore(buffer.storedBlockLength()).isEmpty());
    assertEquals(0, buffer.read(ByteBuffer.allocate(16), 0));
  }

  @Test
  void aSpilledBlockIsCutAgainWhateverLengthItHadBefore() {
    WriteBuffer buffer = new WriteBuffer(4, 12, index -> new byte[] {1, 2, 3, 4});
    LongToIntFunction listed = index -> index == 1 ? 2 : 4;
    buffer.truncate(4);
    buffer.write(ByteBuffer.allocate(12), 4);
    assertEquals(Set.of(1L, 2L), buffer.toSpill(listed).keySet());
    buffer.spilled();
    buffer.truncate(6);
    assertArrayEquals(new byte[] {1, 2}, buffer.toStore(listed).get(1L));
    assertArrayEquals(new long[] {2, 3}, buffer.toDelete());
  }

  @Test
  void aWriteFarBehindTheEndReadsOnlyWhatItChanges() {
    WriteBuffer buffer =
        new WriteBuffer(
            4096,
            4096L << 20,
            index -> {
              throw new AssertionError("block " + index + " was read");
            });
    buffer.write(ByteBuffer.allocate(4096), 5 * 4096);
    buffer.write(ByteBuffer.allocate(100), 4096L << 20);
    assertEquals(2 * 4096, buffer.bytes());
    assertEquals(Set.of(5L, 1L << 20), buffer.toStore(buffer.storedBlockLength()).keySet());
  }

  @Test
  void truncatedBytesNeverComeBack() {
    byte[] block = {1, 2, 3, 4};
    WriteBuffer buffer = new WriteBuffer(4, 4, index -> block);
    buffer.truncate(1);
    buffer.truncate(4);
    assertFalse(buffer.isClean());
    assertArrayEquals(new byte[] {1, 0, 0, 0}, buffer.toStore(buffer.storedBlockLength()).get(0L));
  }

  @Test
  void forgettingChangesBringsTheStoredFileBack() {
    byte[] block = {1, 2, 3, 4};
    WriteBuffer buffer = new WriteBuffer(4, 4, index -> block);
    buffer.write(ByteBuffer.wrap(new byte[] {9, 9, 9}), 3);
    buffer.truncate(5);
    buffer.reset();
    assertTrue(buffer.isClean());
    ByteBuffer dst = ByteBuffer.allocate(8);
    assertEquals(4, buffer.read(dst, 0));
    assertArrayEquals(new byte[] {1, 2, 3, 4, 0, 0, 0, 0}, dst.array());
  }

  @Test
  void behindTheEndOfAShortBlockAreZeros() {
    WriteBuffer buffer = new WriteBuffer(8, 16, index -> new byte[] {1, 2});
    for (int position = 0; position < 16; position++) {
      ByteBuffer dst = ByteBuffer.allocate(1);
      assertEquals(1, buffer.read(dst, position));
      assertEquals(position % 8 < 2 ? position % 8 + 1 : 0, dst.get(0), "at " + position);
    }
  }

  @Test
  void aBlockMissingWhereNothingWasChangedIsNotReplacedByZeros() {
    byte[] block = {1, 2, 3, 4};
    WriteBuffer buffer = new WriteBuffer(4, 16, index -> index == 1 ? new byte[0] : block);
    buffer.write(ByteBuffer.wrap(new byte[] {9}), 12);
    var stored = buffer.toStore(index -> index == 1 ? 0 : 4);
    assertEquals(Set.of(3L), stored.keySet(), "the damage must stay visible to readers");
  }

  /** A write buffer, the blocks stored so far, and a byte array that must always be the same. */
  private static final class File {
    final int blockSize;
    final Random random;
    final String what;
    final int most;
    final TreeMap<Long, byte[]> stored = new TreeMap<>();
    final IdentityHashMap<byte[], byte[]> givenOut = new IdentityHashMap<>();
    byte[] model = new byte[0];
    WriteBuffer buffer;
    LongToIntFunction sizes;

    File(int blockSize, Random random, String what) {
      this.blockSize = blockSize;
      this.random = random;
      this.what = what;
      this.most = Math.max(40, 9 * blockSize);
      this.buffer = reopened();
      this.sizes = index -> buffer.storedBlockLength().applyAsInt(index);
    }

    WriteBuffer reopened() {
      return new WriteBuffer(blockSize, model.length, i -> stored.getOrDefault(i, new byte[0]));
    }

    /** A file whose growth was torn: blocks behind its original length are missing or short. */
    int tear() {
      int full = random.nextInt(4);
      int original = full * blockSize + random.nextInt(blockSize);
      for (long index = 0; index < full; index++) {
        stored.put(index, bytes(blockSize));
      }
      long last = (long) full + random.nextInt(5);
      for (long index = full; index <= last; index++) {
        int size = random.nextBoolean() ? blockSize : random.nextInt(blockSize + 1);
        if (size > 0) {
          stored.put(index, bytes(size));
        }
      }
      Map<Long, Integer> listed = new HashMap<>();
      stored.forEach((index, bytes) -> listed.put(index, bytes.length));
      int length = stored.isEmpty() ? 0 : (int) (stored.lastKey() * blockSize);
      model = new byte[length + (stored.isEmpty() ? 0 : stored.lastEntry().getValue().length)];
      stored.forEach((i, b) -> System.arraycopy(b, 0, model, (int) (i * blockSize), b.length));
      buffer = reopened();
      sizes = index -> listed.getOrDefault(index, 0);
      return Math.min(original, model.length);
    }

    byte[] bytes(int count) {
      byte[] bytes = new byte[count];
      random.nextBytes(bytes);
      return bytes;
    }

    void randomOperation() {
      switch (random.nextInt(12)) {
        case 0, 1, 2, 3 -> write(random.nextInt(most), random.nextInt(Math.max(20, 2 * blockSize)));
        case 4 -> write(random.nextInt(most / blockSize) * blockSize, blockSize - 1);
        case 5, 6 -> read(random.nextInt(most + 10), random.nextInt(most));
        case 7 -> truncate(random.nextInt(most));
        case 8 -> truncate(random.nextInt(most / blockSize) * blockSize);
        case 9 -> spill();
        case 10 -> storeHalf();
        default -> store();
      }
      assertEquals(model.length, buffer.length(), what);
      if (buffer.isClean()) {
        assertStoredIsModel();
      }
    }

    void write(int position, int countLessOne) {
      byte[] data = bytes(countLessOne + 1);
      model = Arrays.copyOf(model, Math.max(model.length, position + data.length));
      System.arraycopy(data, 0, model, position, data.length);
      ByteBuffer src = ByteBuffer.wrap(data);
      buffer.write(src, position);
      assertFalse(src.hasRemaining(), what);
      assertTrue(buffer.bytes() > 0, what);
    }

    void read(int position, int count) {
      ByteBuffer dst = ByteBuffer.allocate(count);
      int expected = Math.max(0, Math.min(count, model.length - position));
      assertEquals(expected, buffer.read(dst, position), what);
      assertEquals(expected, dst.position(), what);
      ByteBuffer wanted = ByteBuffer.wrap(model, Math.min(position, model.length), expected);
      assertEquals(wanted, dst.flip(), what);
    }

    void truncate(int size) {
      model = Arrays.copyOf(model, size);
      buffer.truncate(size);
    }

    /** Stores as a store does, block for block the same array, which a cache may keep. */
    private void put(Map<Long, byte[]> blocks, int percent) {
      blocks.forEach(
          (index, bytes) -> {
            givenOut.putIfAbsent(bytes, bytes.clone());
            if (random.nextInt(100) < percent) {
              stored.put(index, bytes);
            }
          });
    }

    void spill() {
      Map<Long, byte[]> blocks = buffer.toSpill(sizes);
      assertFalse(blocks.containsKey(0L), what);
      for (Map.Entry<Long, byte[]> block : blocks.entrySet()) {
        assertEquals(blockSize, block.getValue().length, what);
        assertTrue((block.getKey() + 1) * blockSize < model.length, what);
      }
      boolean fails = random.nextInt(4) == 0;
      put(blocks, fails ? 50 : 100);
      if (!fails) {
        buffer.spilled();
        assertTrue(buffer.bytes() <= 2L * blockSize, what);
      }
      read(0, model.length + 1);
    }

    /** A store that fails half-way; the writer goes on. */
    void storeHalf() {
      put(buffer.toStore(sizes), random.nextInt(101));
      read(0, model.length + 1);
    }

    void store() {
      put(buffer.toStore(sizes), 100);
      long[] surplus = buffer.toDelete();
      for (long index = surplus[0]; index < surplus[1]; index++) {
        stored.remove(index);
      }
      buffer.allStored();
      givenOut.forEach((now, then) -> assertArrayEquals(then, now, what));
      givenOut.clear();
      assertStoredIsModel();
      read(0, model.length + 1);
      if (random.nextBoolean()) {
        buffer = reopened();
      }
      sizes = index -> buffer.storedBlockLength().applyAsInt(index);
      assertTrue(buffer.isClean(), what);
      assertTrue(buffer.toStore(sizes).isEmpty(), what);
    }

    private void assertStoredIsModel() {
      int blocks = (model.length + blockSize - 1) / blockSize;
      assertEquals(blocks, stored.size(), what);
      for (int index = 0; index < blocks; index++) {
        int from = index * blockSize;
        byte[] wanted = Arrays.copyOfRange(model, from, Math.min(model.length, from + blockSize));
        assertArrayEquals(wanted, stored.get((long) index), what);
      }
    }
  }
}
