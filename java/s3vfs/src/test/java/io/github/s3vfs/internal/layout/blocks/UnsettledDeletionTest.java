package io.github.s3vfs.internal.layout.blocks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.Journal;
import io.github.s3vfs.internal.layout.Session;
import io.github.s3vfs.internal.store.FaultPlan;
import io.github.s3vfs.internal.store.InMemoryObjectStore.Request;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The commit point, of which no answer tells whether it has happened. */
class UnsettledDeletionTest extends BlocksVolumeFixture {
  private static final String JOURNAL_0 = "db-journal/0000000000";

  private final Session session = volume.connect(false, Duration.ZERO);

  @BeforeEach
  void store() {
    commit(session, database(3, 1, 7), true);
  }

  private void failDeletions(int times, boolean later) {
    FaultPlan.Rule rule = store.memory().faults().on(Request.DELETE).key(JOURNAL_0).times(times);
    if (later) {
      rule.failNowTakeEffectLater(FaultPlan.unavailable(), 1000);
    } else {
      rule.failBefore(FaultPlan.unavailable());
    }
  }

  /** A commit whose last step fails, and what SQLite does then. */
  private void commitInVain(byte[] bytes) {
    assertThrows(S3VfsException.class, () -> commit(session, bytes, true));
    try {
      session.endWrite();
    } catch (S3VfsException e) {
      // SQLite does not look at the result of xUnlock.
    }
    session.endRead();
  }

  @Test
  void isAskedForAgainBeforeTheLeaseIsGivenBack() {
    failDeletions(1, true);
    commitInVain(database(3, 2, 8));
    assertArrayEquals(database(3, 2, 8), stored());
    assertEquals(List.of(), store.memory().keys("db-journal/"));
    Session theirs = volume(64 << 20).connect(true, Duration.ZERO);
    assertTrue(theirs.beginRead());
    assertTrue(theirs.beginWrite(false));
    theirs.endWrite();
    theirs.endRead();
  }

  @Test
  void keepsOtherProcessesOutUntilItIsSettled() {
    failDeletions(2, false);
    commitInVain(database(3, 2, 8));
    BlocksVolume other = volume(64 << 20);
    Session theirs = other.connect(true, Duration.ZERO);
    assertFalse(theirs.beginRead(), "the journal is hot and the lease is held");
    // This process: SQLite finds the journal hot and locks to roll it back.
    assertTrue(session.beginRead());
    assertTrue(volume.journal().exists());
    assertTrue(session.beginWrite(true));
    assertFalse(volume.journal().exists(), "the commit was brought to its end instead");
    session.endWrite();
    session.endRead();
    assertArrayEquals(database(3, 2, 8), read(session, 3 * BLOCK));
    assertTrue(theirs.beginRead());
    assertTrue(theirs.beginWrite(false));
    theirs.endWrite();
    theirs.endRead();
  }

  @Test
  void nothingIsWrittenWhileItCannotBeSettled() {
    failDeletions(Integer.MAX_VALUE, false);
    commitInVain(database(3, 2, 8));
    assertTrue(session.beginRead());
    store.takeWrites();
    assertThrows(S3VfsException.class, () -> session.beginWrite(true));
    assertTrue(
        store.takeWrites().stream().allMatch(("DELETE " + JOURNAL_0)::equals),
        "nothing but another try");
    session.endRead();
  }

  @Test
  void thatHasHappenedIsNotAskedForAgain() {
    store
        .memory()
        .faults()
        .on(Request.DELETE)
        .key(JOURNAL_0)
        .times(2)
        .failAfter(FaultPlan.unavailable());
    commitInVain(database(3, 2, 8));
    assertArrayEquals(database(3, 2, 8), read(session, 3 * BLOCK));
    store.takeWrites();
    commit(session, database(3, 3, 9), true);
    assertEquals(1, store.takeWrites().stream().filter(("DELETE " + JOURNAL_0)::equals).count());
  }

  @Test
  void theJournalOfAnotherProcessIsNotTakenForOnesOwn() throws Exception {
    Duration term = Duration.ofMillis(200);
    BlocksVolume dying = volume(64 << 20, term, Duration.ofMillis(80));
    Session theirs = dying.connect(true, Duration.ZERO);
    store
        .memory()
        .faults()
        .on(Request.DELETE)
        .key(JOURNAL_0)
        .times(2)
        .failBefore(FaultPlan.unavailable());
    assertThrows(S3VfsException.class, () -> commit(dying, theirs, database(3, 2, 8), true));
    assertThrows(S3VfsException.class, theirs::endWrite);
    theirs.endRead();
    // Another process waits for the term, rolls back, and dies in the middle of its own commit.
    assertFalse(session.beginRead());
    Thread.sleep(2 * term.toMillis());
    assertTrue(session.beginRead());
    assertTrue(session.beginWrite(true));
    write(session, database(3, 1, 7), 0, 3 * BLOCK);
    session.sync();
    Journal journal = volume.journal();
    journal.delete();
    journal.write(ByteBuffer.wrap(MAGIC), 0);
    write(session, database(3, 3, 9), 0, 3 * BLOCK);
    session.sync();
    volume.abandon();
    assertFalse(theirs.beginRead(), "the other one has the lease");
    store.memory().poke("db-lease", LeaseRecord.fresh(false, term, "other").toBytes());
    assertTrue(theirs.beginRead());
    assertTrue(theirs.beginWrite(true));
    assertTrue(dying.journal().exists(), "it is the other one's, and is rolled back");
    theirs.endWrite();
    theirs.endRead();
  }

  @Test
  void thatAnotherProcessHasUndoneLeavesNothingInTheCache() throws Exception {
    Duration term = Duration.ofMillis(200);
    BlocksVolume unlucky = volume(64 << 20, term, Duration.ofMillis(80));
    Session theirs = unlucky.connect(true, Duration.ZERO);
    failDeletions(2, false);
    assertThrows(S3VfsException.class, () -> commit(unlucky, theirs, database(3, 2, 8), true));
    assertThrows(S3VfsException.class, theirs::endWrite);
    theirs.endRead();
    assertFalse(session.beginRead());
    Thread.sleep(2 * term.toMillis());
    assertTrue(session.beginRead());
    assertTrue(session.beginWrite(true));
    write(session, database(3, 1, 7), 0, 3 * BLOCK);
    session.sync();
    volume.journal().delete();
    session.endWrite();
    session.endRead();
    // Another commit, whose block 0 is byte for byte the one that was undone.
    byte[] other = database(3, 2, 8);
    other[BLOCK + 17] = 1;
    commit(session, other, true);
    assertTrue(theirs.beginRead());
    ByteBuffer page = ByteBuffer.allocate(BLOCK);
    theirs.read(page, BLOCK);
    assertEquals(1, page.get(17));
    theirs.endRead();
  }
}
