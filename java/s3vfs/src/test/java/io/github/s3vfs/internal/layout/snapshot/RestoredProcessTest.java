package io.github.s3vfs.internal.layout.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.MemoryPageCache;
import io.github.s3vfs.internal.layout.Session;
import io.github.s3vfs.internal.store.InMemoryObjectStore.Request;
import io.github.s3vfs.internal.store.Meter;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * A process that goes on from a snapshot of its machine, taken long ago: its monotonic clock has
 * stood still, the time of day has not.
 */
class RestoredProcessTest extends SnapshotFixture {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final byte[] OLD = database(3, 1, 1);
  private static final byte[] NEW = database(4, 2, 2);

  private final AtomicLong wallMillis = new AtomicLong(1_000_000_000_000L);
  private final Surroundings real = Surroundings.real();
  private final SnapshotVolume restored =
      new SnapshotVolume(
          new S3Location("bkt", "db"),
          store,
          new FrameCache(1 << 20, new Meter()),
          new MemoryPageCache(1 << 20),
          new SnapshotSettings(1 << 20, false, TERM, HOUR.multipliedBy(3), false, TIMEOUT),
          () -> false,
          new Surroundings(
              real.nanoTime(),
              () -> wallMillis.get() + System.nanoTime() / 1_000_000,
              real.nonces(),
              real.decoding(),
              real.frames(),
              real.locks(),
              real.repetition()));

  private void sleep() {
    wallMillis.addAndGet(HOUR.toMillis() / 2);
  }

  private static byte[] read(Session session) {
    assertTrue(session.beginRead());
    ByteBuffer bytes = ByteBuffer.allocate((int) session.size());
    session.read(bytes, 0);
    session.endRead();
    return bytes.array();
  }

  @Test
  void asksAgainHoweverStaleItsViewMayBe() {
    commit(volume(), OLD);
    Session session = restored.connect(true, HOUR);
    assertArrayEquals(OLD, read(session));
    commit(volume(), NEW);
    store.resetCounts();
    assertArrayEquals(OLD, read(session));
    assertEquals(0, store.count(Request.GET));
    sleep();
    assertArrayEquals(NEW, read(session));
    store.resetCounts();
    assertArrayEquals(NEW, read(session));
    assertEquals(0, store.count(Request.GET), "once");
  }

  @Test
  void asksAgainAlsoIfItHasWrittenItsClaimSince() {
    commit(volume(), OLD);
    Session session = restored.connect(true, HOUR);
    Session writer = restored.connect(true, HOUR);
    assertTrue(writer.beginRead());
    sleep();
    assertTrue(writer.beginWrite(false));
    writer.endWrite();
    writer.endRead();
    commit(volume(), NEW);
    assertArrayEquals(NEW, read(session));
  }

  @Test
  void doesNotCommitWhatItHadBegun() {
    commit(volume(), OLD);
    Session writer = begin(restored);
    assertTrue(writer.beginWrite(false));
    write(writer, database(3, 2, 9));
    sleep();
    Heads.dropClaim(store, "db"); // by somebody who has waited for its term
    commit(volume(), NEW);
    S3VfsException e = assertThrows(S3VfsException.class, writer::sync);
    assertEquals(ErrorKind.CONFLICT, e.kind());
    end(writer);
    assertStored(NEW);
    assertArrayEquals(NEW, read(restored.connect(true, Duration.ZERO)));
  }
}
