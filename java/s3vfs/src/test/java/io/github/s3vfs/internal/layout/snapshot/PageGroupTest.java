package io.github.s3vfs.internal.layout.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageGroupTest {
  private static final long SEED = Long.getLong("s3vfs.test.seed", System.nanoTime());
  private static final int ROUNDS = Boolean.getBoolean("s3vfs.test.thorough") ? 500 : 20;

  @ParameterizedTest
  @ValueSource(ints = {512, 1024, 2048, 4096, 8192, 16384, 32768, 65536})
  void isReadAsItWasWritten(int pageSize) {
    for (int round = 0; round < ROUNDS; round++) {
      long seed = SEED + round;
      PageGroup group = new RandomValues(new Random(seed)).group(pageSize);
      assertSame(group, "-Ds3vfs.test.seed=" + seed);
    }
  }

  private static void assertSame(PageGroup group, String what) {
    PageGroup read = PageGroup.decode(ByteBuffer.wrap(group.encode()), what);
    assertEquals(group.pageSize(), read.pageSize(), what);
    assertArrayEquals(group.pages(), read.pages(), what);
    assertArrayEquals(group.bytes(), read.bytes(), what);
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 1024, 2048, 4096, 8192, 16384, 32768, 65536})
  void hasTheGivenBytesAtOnceIfAPageIsNotLarger(int pageSize) {
    int pages = PageGroup.pagesPerGroup(pageSize);
    assertTrue(pages >= 1);
    assertTrue(pages == 1 || pages * pageSize == PageGroup.TARGET_BYTES);
  }

  @Test
  void takesLittleMoreThanWhatCannotBeCompressedAndLittleForZeros() {
    byte[] random = new byte[16 << 10];
    new Random(SEED).nextBytes(random);
    long[] pages = {1, 2, 900_000_000, Extents.MAX_PAGE};
    PageGroup incompressible = new PageGroup(4096, pages, random);
    assertTrue(incompressible.encode().length <= random.length + 60);
    assertSame(incompressible, "incompressible");
    PageGroup zeros = new PageGroup(4096, pages, new byte[16 << 10]);
    assertTrue(zeros.encode().length < 100);
    assertSame(zeros, "zeros");
  }

  @Test
  void noticesThatAnotherPageIsThere() {
    PageGroup group = new PageGroup(512, new long[] {3, 7, 8}, new byte[3 * 512]);
    assertEquals(512, group.offset(7, 1, 512));
    assertEquals(-1, group.offset(3, 1, 512));
    assertEquals(-1, group.offset(8, 3, 512));
    assertEquals(-1, group.offset(8, Integer.MAX_VALUE, 512));
    assertEquals(-1, group.offset(7, 1, 1024));
  }

  @Test
  void noticesAPageThatIsNotTheOneOfItsChecksum() {
    byte[] bytes = new byte[1024];
    new Random(SEED).nextBytes(bytes);
    byte[] encoded = new PageGroup(512, new long[] {3, 7}, bytes).encode();
    int payload = encoded.length - bytes.length;
    byte[] swapped = encoded.clone();
    System.arraycopy(encoded, payload + 512, swapped, payload, 512);
    System.arraycopy(encoded, payload, swapped, payload + 512, 512);
    assertCorrupt(() -> PageGroup.decode(ByteBuffer.wrap(swapped), "it"));
    byte[] longer = new Encoder().bytes(encoded).u8(0).toBytes();
    assertCorrupt(() -> PageGroup.decode(ByteBuffer.wrap(longer), "it"));
  }

  private static void assertCorrupt(Runnable read) {
    S3VfsException e = assertThrows(S3VfsException.class, read::run);
    assertEquals(ErrorKind.CORRUPT, e.kind());
  }
}
