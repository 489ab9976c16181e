package io.github.s3vfs.internal.layout.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.Session;
import io.github.s3vfs.internal.store.FaultPlan;
import io.github.s3vfs.internal.store.InMemoryObjectStore.Request;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The database is deleted, and the answer does not come. */
class HeadDeletionTest extends SnapshotFixture {
  private static final byte[] ONE = database(5, 1, 1);
  private static final byte[] TWO = database(7, 2, 2);

  private final SnapshotVolume volume = volume();

  private FaultPlan.Rule deletions() {
    return store.faults().on(Request.DELETE).key(HEAD);
  }

  private static void assertUnavailable(Runnable action) {
    S3VfsException e = assertThrows(S3VfsException.class, action::run);
    assertEquals(ErrorKind.UNAVAILABLE, e.kind(), e::getMessage);
  }

  @Test
  void oneThatHasHadItsEffectIsDone() {
    commit(volume, ONE);
    deletions().failAfter(FaultPlan.unavailable());
    assertTrue(volume.delete());
    assertEquals(0, store.keys().size());
    commit(volume, TWO);
    assertStored(TWO);
  }

  @Test
  void anInterruptDoesNotEndIt() {
    commit(volume, ONE);
    store
        .faults()
        .on(Request.DELETE)
        .key(
            key -> {
              Thread.currentThread().interrupt();
              return true;
            })
        .answerSlowly();
    try {
      assertTrue(volume.delete());
    } catch (S3VfsException e) {
      assertEquals(ErrorKind.INTERRUPTED, e.kind(), "the segments were left");
    }
    assertTrue(Thread.interrupted(), "the interrupt status is gone");
    assertNull(store.peek(HEAD));
    commit(volume, TWO);
    assertStored(TWO);
  }

  @Test
  void nothingIsCommittedThatOneCouldTakeAway() {
    commit(volume, ONE);
    deletions().failNowTakeEffectLater(FaultPlan.unavailable(), Integer.MAX_VALUE);
    assertUnavailable(volume::delete);
    assertArrayEquals(ONE, read(volume));
    Session writer = begin(volume);
    assertUnavailable(() -> writer.beginWrite(false));
    writer.endRead();
    store.faults().releaseLate();
    assertNull(store.peek(HEAD));
    commit(volume, TWO);
    assertStored(TWO);
  }

  @Test
  void oneThatCannotComeAnyMoreKeepsNobodyFromWriting() throws Exception {
    Duration timeout = Duration.ofMillis(300);
    SnapshotVolume hasty = volume(store, false, TERM, timeout);
    commit(hasty, ONE);
    deletions().failBefore(FaultPlan.unavailable());
    assertUnavailable(hasty::delete);
    Session writer = begin(hasty);
    assertUnavailable(() -> writer.beginWrite(false));
    writer.endRead();
    Thread.sleep(timeout.toMillis() + 50);
    commit(hasty, TWO);
    assertStored(TWO);
    assertFalse(segments().isEmpty());
  }
}
