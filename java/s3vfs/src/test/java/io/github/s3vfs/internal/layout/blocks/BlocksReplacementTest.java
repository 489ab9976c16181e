package io.github.s3vfs.internal.layout.blocks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.Session;
import io.github.s3vfs.internal.store.FaultPlan;
import io.github.s3vfs.internal.store.InMemoryObjectStore.Request;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Requests fail while a whole database is replaced or deleted. */
class BlocksReplacementTest extends BlocksVolumeFixture {
  private final byte[] old = database(3, 1, 7);
  private final byte[] now = database(4, 2, 8);

  private static InputStream stream(byte[] bytes) {
    return new ByteArrayInputStream(bytes);
  }

  private void create() {
    try (Session session = volume.connect(false, Duration.ZERO)) {
      commit(session, old, false);
    }
  }

  private List<String> blocks() {
    return store.memory().keys().stream().filter(key -> !key.endsWith("-lease")).toList();
  }

  private FaultPlan.Rule once(Request request, String key) {
    return store.memory().faults().on(request).key(key).times(1);
  }

  private S3VfsException failure() {
    return assertThrows(S3VfsException.class, () -> volume.replace(stream(now), null));
  }

  @Test
  void whereTheOldOneIsStillThereNothingHasChanged() {
    create();
    once(Request.DELETE, "db/0000000000").failBefore(FaultPlan.unavailable());
    assertEquals(ErrorKind.UNAVAILABLE, failure().kind());
    assertArrayEquals(old, stored());
  }

  @Test
  void aDeletionWhoseAnswerWasLostIsOne() throws Exception {
    create();
    once(Request.DELETE, "db/0000000000").failAfter(FaultPlan.unavailable());
    volume.replace(stream(now), null);
    assertArrayEquals(now, stored());
    once(Request.DELETE, "db/0000000000").failAfter(FaultPlan.unavailable());
    assertTrue(volume.delete());
    assertEquals(List.of(), blocks());
  }

  @Test
  void whateverIsLeftOfTheOldOneGoesToo() {
    create();
    once(Request.LIST, "db-journal/").failBefore(FaultPlan.unavailable());
    assertEquals(ErrorKind.UNAVAILABLE, failure().kind());
    assertEquals(List.of(), blocks());
  }

  @Test
  void theFirstFailureIsTheOneThatIsTold() {
    create();
    IOException broken = new IOException("the source broke");
    InputStream breaking =
        new ByteArrayInputStream(new byte[1]) {
          @Override
          public synchronized int read(byte[] target, int offset, int length) {
            store.memory().faults().on(Request.DELETE_ALL).failBefore(FaultPlan.unavailable());
            throw new UncheckedIOException(broken);
          }
        };
    assertSame(
        broken,
        assertThrows(
            IOException.class,
            () -> volume.replace(new SequenceInputStream(stream(now), breaking), null)));
    assertTrue(broken.getSuppressed().length > 0);
  }

  @Test
  void manyBlocksAreDeletedByRequestsWithATimeOutEach() throws Exception {
    volume.replace(stream(database(2500, 1, 7)), null);
    assertArrayEquals(database(2500, 1, 7), stored());
    store.takeWrites();
    assertTrue(volume.delete());
    List<String> writes = store.takeWrites();
    assertEquals(4, writes.size(), writes::toString);
    assertEquals(3, writes.stream().filter(write -> write.startsWith("DELETE_ALL")).count());
    assertEquals(List.of(), blocks());
  }

  /** A reader has seen a block of a commit that was rolled back. */
  @Test
  void whatWasHalfSeenIsForgottenAlsoIfTheLeaseIsNotToBeHad() {
    BlocksVolume other = volume(64 << 20);
    Session theirs = other.connect(false, Duration.ZERO);
    commit(other, theirs, database(3, 2, 8), false);
    Session mine = volume.connect(false, Duration.ZERO);
    assertTrue(mine.beginRead());
    assertFalse(volume.journal().exists());
    assertTrue(theirs.beginRead());
    assertTrue(theirs.beginWrite(false));
    other.journal().write(ByteBuffer.wrap(MAGIC), 0);
    write(theirs, database(3, 3, 9), 0, 3 * BLOCK);
    theirs.sync();
    ByteBuffer page = ByteBuffer.allocate(BLOCK);
    mine.read(page, BLOCK);
    assertEquals(9, page.get(17), "half of a commit");
    write(theirs, database(3, 2, 8), 0, 3 * BLOCK);
    theirs.sync();
    other.journal().delete();
    theirs.endWrite();
    theirs.endRead();
    long generation = mine.generation();
    once(Request.PUT, "db-lease").failBefore(FaultPlan.unavailable());
    assertThrows(S3VfsException.class, () -> mine.beginWrite(false));
    mine.endRead();
    assertTrue(mine.beginRead());
    assertTrue(mine.generation() != generation, "SQLite must not keep the page that it has seen");
  }
}
