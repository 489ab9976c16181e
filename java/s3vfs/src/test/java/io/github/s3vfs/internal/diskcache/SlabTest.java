package io.github.s3vfs.internal.diskcache;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.internal.diskcache.Slab.Entry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bytes of a slab, and what becomes of them when they are damaged. */
class SlabTest {
  private static final long SEED = Long.getLong("s3vfs.test.seed", System.nanoTime());
  private static final String WHAT = "-Ds3vfs.test.seed=" + SEED;
  private static final int SLAB_BYTES = 1 << 20;
  private static final int COUNT = 5;

  @TempDir Path directory;
  private Path file = Path.of("");
  private byte[] whole = new byte[0];

  @BeforeEach
  void write() throws Exception {
    file = directory.resolve("slab");
    try (SlabWriter writer = new SlabWriter(SlabFiles.onDisk(file), SLAB_BYTES)) {
      for (int i = 0; i < COUNT; i++) {
        assertTrue(writer.takes(Bodies.body(i).length));
        assertEquals(1 + i, writer.append(Bodies.key(i), Bodies.body(i)));
      }
      assertEquals(Files.size(file), writer.end());
    }
    whole = Files.readAllBytes(file);
  }

  private byte[] read(int number) throws Exception {
    byte[] body = Slab.read(file, 1 + number, Bodies.key(number), Bodies.body(number).length);
    return body == null ? new byte[0] : body;
  }

  @Test
  void bodiesAreFoundByTheTable() throws Exception {
    List<Entry> entries = Slab.entries(file);
    assertEquals(COUNT, entries.size());
    for (int i = 0; i < COUNT; i++) {
      assertEquals(Bodies.key(i), entries.get(i).key());
      assertEquals(1 + i, entries.get(i).slot());
      assertArrayEquals(Bodies.body(i), read(i));
    }
    assertNull(Slab.read(file, 1, Bodies.key(1), Bodies.body(1).length), "another key");
    assertNull(Slab.read(file, 1, Bodies.key(0), Bodies.body(0).length - 1), "another length");
    assertNull(Slab.read(file, 2000, Bodies.key(0), Bodies.body(0).length), "an empty slot");
  }

  @Test
  void aSlotIsWhatIsDocumented() {
    ByteBuffer bytes = ByteBuffer.wrap(whole);
    assertEquals("S3VFSLB1", new String(whole, 0, 8, StandardCharsets.US_ASCII));
    byte[] body = Bodies.body(0);
    assertEquals(Bodies.key(0), new DiskKey(bytes.getLong(32), bytes.getLong(40)));
    assertEquals(2048 * 32, bytes.getInt(48));
    assertEquals(body.length, bytes.getInt(52));
    assertEquals(Slab.crc(ByteBuffer.wrap(body)), bytes.getInt(56));
    assertEquals(Slab.crc(bytes.slice(32, 28)), bytes.getInt(60));
    assertArrayEquals(body, Arrays.copyOfRange(whole, 2048 * 32, 2048 * 32 + body.length));
    assertEquals(0, bytes.getInt(64 + 16) % 512);
  }

  @Test
  void aFlippedBitIsAMissOfItsBodyOnly() throws Exception {
    Random random = new Random(SEED);
    for (int run = 0; run < 300; run++) {
      int body = random.nextInt(COUNT);
      int position = ByteBuffer.wrap(whole).getInt((1 + body) * Slab.SLOT_BYTES + 16);
      boolean inSlot = random.nextBoolean();
      int at =
          inSlot
              ? (1 + body) * Slab.SLOT_BYTES + random.nextInt(Slab.SLOT_BYTES)
              : position + random.nextInt(Bodies.body(body).length);
      byte[] damaged = whole.clone();
      damaged[at] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, damaged);
      assertEquals(inSlot ? COUNT - 1 : COUNT, Slab.entries(file).size(), WHAT);
      for (int i = 0; i < COUNT; i++) {
        assertArrayEquals(i == body ? new byte[0] : Bodies.body(i), read(i), WHAT);
      }
    }
  }

  @Test
  void whatWasCutOffIsAMiss() throws Exception {
    Random random = new Random(SEED);
    for (int run = 0; run < 100; run++) {
      int length = run < 50 ? random.nextInt(whole.length) : random.nextInt(200);
      Files.write(file, Arrays.copyOf(whole, length));
      assertTrue(Slab.entries(file).size() <= COUNT, WHAT);
      for (int i = 0; i < COUNT; i++) {
        byte[] read = read(i);
        assertTrue(read.length == 0 || Arrays.equals(Bodies.body(i), read), WHAT);
      }
      assertEquals(0, read(COUNT - 1).length, WHAT);
    }
  }

  @Test
  void aFileOfAnotherKindHasNothing() throws Exception {
    byte[] foreign = new byte[SLAB_BYTES];
    new Random(SEED).nextBytes(foreign);
    Files.write(file, foreign);
    assertEquals(List.of(), Slab.entries(file));
    assertEquals(0, read(0).length);
    byte[] otherMagic = whole.clone();
    otherMagic[7]++;
    Files.write(file, otherMagic);
    assertEquals(List.of(), Slab.entries(file), "of another version");
  }

  @Test
  void aSlabIsBoundedInBytesAndBodies() throws Exception {
    Path other = directory.resolve("other");
    try (SlabWriter writer = new SlabWriter(SlabFiles.onDisk(other), SLAB_BYTES)) {
      assertTrue(writer.takes(SLAB_BYTES - Slab.TABLE));
      assertFalse(writer.takes(SLAB_BYTES - Slab.TABLE + 1));
      byte[] body = {1};
      int count = 0;
      while (writer.takes(1)) {
        writer.append(Bodies.key(count), body);
        count++;
      }
      assertEquals((SLAB_BYTES - Slab.TABLE) / 512, count);
    }
    assertTrue(Files.size(other) <= SLAB_BYTES);
    Path third = directory.resolve("third");
    try (SlabWriter writer = new SlabWriter(SlabFiles.onDisk(third), 8 << 20)) {
      int count = 0;
      while (writer.takes(1)) {
        writer.append(Bodies.key(count), new byte[] {1});
        count++;
      }
      assertEquals(Slab.SLOTS - 1, count);
      assertEquals(count, Slab.entries(third).size());
    }
  }
}
