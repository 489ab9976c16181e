package io.github.s3vfs.internal.layout.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.MemoryPageCache;
import io.github.s3vfs.internal.store.InMemoryObjectStore;
import io.github.s3vfs.internal.store.Meter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A process is cloned while it replaces a database: both have the same claim, and store segments
 * under the same names. Here they are two volumes that draw the same nonces.
 */
class ClonedReplacementTest extends SnapshotFixture {
  private static final byte[] OLD = database(3, 1, 1);

  private final byte[] input = database(10_000, 2, 2);

  @BeforeEach
  void create() {
    commit(volume(), OLD);
    Random random = new Random(1);
    for (int at = 100; at < input.length; at++) {
      input[at] = (byte) random.nextInt();
    }
  }

  private SnapshotVolume clone(boolean optimistic) {
    Random random = new Random(2);
    Surroundings real = Surroundings.real();
    return new SnapshotVolume(
        new S3Location("bkt", "db"),
        store,
        new FrameCache(1 << 20, new Meter()),
        new MemoryPageCache(1 << 20),
        new SnapshotSettings(
            1 << 20, optimistic, TERM.multipliedBy(100), TERM.multipliedBy(100), false, TIMEOUT),
        () -> false,
        new Surroundings(
            real.nanoTime(),
            real.wallMillis(),
            () -> new Nonce(random.nextLong(), random.nextLong()),
            real.decoding(),
            real.frames(),
            real.locks(),
            real.repetition()));
  }

  /** What happens when most of the input was read. */
  private interface Meanwhile {
    void run() throws IOException;
  }

  private InputStream input(Meanwhile what) {
    return new InputStream() {
      private final ByteArrayInputStream bytes = new ByteArrayInputStream(input);
      private boolean done;

      @Override
      public int read() {
        return bytes.read();
      }

      @Override
      public int read(byte[] target, int offset, int length) throws IOException {
        if (!done && bytes.available() < input.length / 8) {
          done = true;
          what.run();
        }
        return bytes.read(target, offset, Math.min(length, PAGE));
      }
    };
  }

  private static void breaks() throws IOException {
    throw new IOException("broken");
  }

  private void assertBreaks(SnapshotVolume volume, Meanwhile before) {
    Meanwhile what =
        () -> {
          before.run();
          breaks();
        };
    IOException e =
        assertThrows(IOException.class, () -> volume.replace(input(what), null), "no failure");
    assertEquals("broken", e.getMessage());
  }

  @Test
  void oneThatFailsAloneLeavesNothing() {
    List<String> before = segments();
    assertBreaks(clone(false), () -> assertTrue(segments().size() > before.size()));
    assertEquals(before, segments());
    assertStored(OLD);
  }

  @Test
  void oneThatFailsLeavesWhatTheOtherOneHasCommitted() throws Exception {
    for (boolean optimistic : List.of(false, true)) {
      InMemoryObjectStore initial = store.copy();
      clone(optimistic).replace(input(() -> {}), null);
      InMemoryObjectStore committed = store.copy();
      assertStored(input);
      store.restore(initial);
      assertBreaks(
          clone(optimistic),
          () -> {
            assertTrue(committed.keys().containsAll(segments()), "other names");
            store.restore(committed);
          });
      assertStored(input);
      store.restore(initial);
    }
  }

  @Test
  void theOtherOneCannotCommitWhatWasRemoved() {
    InMemoryObjectStore initial = store.copy();
    Meanwhile otherFails =
        () -> {
          InMemoryObjectStore now = store.copy();
          store.restore(initial);
          assertBreaks(clone(false), () -> store.restore(now));
          assertEquals(initial.keys("db/s/"), segments());
        };
    S3VfsException e =
        assertThrows(S3VfsException.class, () -> clone(false).replace(input(otherFails), null));
    assertEquals(ErrorKind.CONFLICT, e.kind());
    assertStored(OLD);
  }
}
