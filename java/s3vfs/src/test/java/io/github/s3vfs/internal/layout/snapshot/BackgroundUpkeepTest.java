package io.github.s3vfs.internal.layout.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import java.time.Instant;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** A process that commits compacts and collects now and then. */
class BackgroundUpkeepTest extends SnapshotFixture {
  private static final Duration RETENTION = Duration.ofMinutes(15);
  private static final int PAGES = 100;

  private volatile Instant now = Instant.parse("2030-01-01T00:00:00Z");
  private final byte[] file = database(PAGES, 1, 1);

  private SnapshotVolume volume(boolean upkeep) {
    store.setClock(() -> now);
    return new SnapshotVolume(
        new S3Location("bkt", "db"),
        store,
        new FrameCache(1 << 20, new Meter()),
        new MemoryPageCache(1 << 20),
        new SnapshotSettings(1 << 20, false, TERM, RETENTION, upkeep, TIMEOUT),
        () -> false);
  }

  private void commits(SnapshotVolume volume, int count) {
    if (version() == 0) {
      commit(volume, file);
    }
    for (int i = 0; i < count; i++) {
      Session session = begin(volume);
      assertTrue(session.beginWrite(false));
      int version = (int) version() + 1;
      System.arraycopy(database(PAGES, version, 1), 0, file, 0, 100);
      int at = (1 + version * 7 % (PAGES - 1)) * PAGE;
      file[at + 1] = (byte) version;
      session.write(ByteBuffer.wrap(file, 0, PAGE), 0);
      session.write(ByteBuffer.wrap(file, at, PAGE), at);
      session.sync();
      end(session);
    }
  }

  private long version() {
    return store.peek(HEAD) == null ? 0 : head().record().version();
  }

  private static void await(BooleanSupplier condition, String what) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() - end < 0, what);
      Thread.sleep(5);
    }
  }

  @Test
  void compactsAfterManyVersions() throws Exception {
    SnapshotVolume volume = volume(true);
    commits(volume, 200);
    assertEquals(0, head().upkeep().compacted());
    commits(volume, 100);
    await(() -> head().upkeep().compacted() >= 256, "a compaction");
    assertStored(file);
    commits(volume, 3);
    assertStored(file);
  }

  @Test
  void collectsWhenTheLastCollectionIsTheRetentionAgo() throws Exception {
    SnapshotVolume volume = volume(true);
    commits(volume, 100);
    assertEquals(0, head().upkeep().collected());
    now = now.plus(RETENTION).plusSeconds(1);
    commits(volume, 1);
    await(() -> head().upkeep().collected() > 100, "a collection");
    long epoch = head().epoch();
    commits(volume, 100);
    assertEquals(epoch, head().epoch(), "not again so soon");
    now = now.plus(RETENTION).plusSeconds(1);
    commits(volume, 1);
    await(() -> head().upkeep().collected() > 200, "another one");
    await(() -> segments().size() < 110, "nothing is kept that is older than the retention");
    assertStored(file);
  }

  @Test
  void collectsWhenMuchWasStored() throws Exception {
    SnapshotVolume volume = volume(true);
    commit(volume, file);
    now = now.plus(RETENTION).plusSeconds(1);
    byte[] large = database(4_000, 2, 7);
    Random random = new Random(1); // so that it cannot be compressed
    for (int i = 100; i < large.length; i++) {
      large[i] = (byte) random.nextInt();
    }
    commit(volume, large);
    await(() -> head().upkeep().collected() == 2, "a collection");
  }

  @Test
  void leavesItToOthersIfItIsToldTo() throws Exception {
    SnapshotVolume volume = volume(false);
    commits(volume, 300);
    now = now.plus(RETENTION).plusSeconds(1);
    store.resetCounts();
    commits(volume, 1);
    assertEquals(0, store.count(Request.LIST));
    assertEquals(0, head().upkeep().compacted());
    assertEquals(0, head().upkeep().collected());
  }

  @Test
  void triesOnceIfItMayNot() throws Exception {
    SnapshotVolume volume = volume(true);
    commits(volume, 70);
    now = now.plus(RETENTION).plusSeconds(1);
    store
        .faults()
        .on(Request.LIST)
        .failBefore(new S3VfsException(ErrorKind.ACCESS_DENIED, "403 AccessDenied"));
    store.resetCounts();
    commits(volume, 1);
    await(() -> store.count(Request.LIST) == 1, "a try");
    commits(volume, 20);
    assertEquals(1, store.count(Request.LIST));
    assertStored(file);
  }
}
