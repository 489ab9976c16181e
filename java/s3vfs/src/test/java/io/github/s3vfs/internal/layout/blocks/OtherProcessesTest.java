package io.github.s3vfs.internal.layout.blocks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.Session;
import io.github.s3vfs.internal.store.InMemoryObjectStore.Request;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Two volumes on one database, as two processes have them, without SQLite. */
class OtherProcessesTest extends BlocksVolumeFixture {
  @Test
  void aChangeByAnotherProcessIsSeenByTheNextReadTransaction() {
    BlocksVolume other = volume(64 << 20);
    try (Session session = volume.connect(false, Duration.ZERO)) {
      commit(session, database(3, 1, 7), false);
      assertArrayEquals(database(3, 1, 7), read(session, 3 * BLOCK));
      long generation = session.generation();
      Session theirs = other.connect(false, Duration.ZERO);
      theirs.beginRead();
      theirs.beginWrite(false);
      write(theirs, database(3, 2, 9), 0, 3 * BLOCK);
      theirs.sync();
      theirs.endWrite();
      theirs.endRead();
      assertArrayEquals(database(3, 2, 9), read(session, 3 * BLOCK));
      assertTrue(session.generation() != generation);
    }
  }

  @Test
  void aWriterOfAnotherProcessIsWaitedForAndWhatItWroteEndsAnOlderRead() {
    BlocksVolume other = volume(64 << 20);
    Session mine = volume.connect(false, Duration.ZERO);
    commit(mine, database(3, 1, 7), false);
    Session theirs = other.connect(false, Duration.ZERO);
    assertTrue(mine.beginRead());
    assertTrue(theirs.beginRead());
    assertTrue(theirs.beginWrite(false));
    assertFalse(mine.beginWrite(false), "the other one has the lease");
    write(theirs, database(3, 2, 9), 0, 3 * BLOCK);
    theirs.sync();
    theirs.endWrite();
    theirs.endRead();
    S3VfsException e = assertThrows(S3VfsException.class, () -> mine.beginWrite(false));
    assertEquals(ErrorKind.CONFLICT, e.kind());
    mine.endRead();
    assertTrue(mine.beginRead());
    assertTrue(mine.beginWrite(false), "a new read has seen it");
    mine.endWrite();
    mine.endRead();
    assertArrayEquals(database(3, 2, 9), stored());
  }

  @Test
  void aLeaseThatWasTakenInVainIsReleased() {
    Session session = volume.connect(false, Duration.ZERO);
    commit(session, database(3, 1, 7), false);
    BlocksVolume other = volume(64 << 20);
    Session theirs = other.connect(false, Duration.ZERO);
    assertTrue(theirs.beginRead());
    store
        .memory()
        .faults()
        .on(Request.GET)
        .key("db/0000000000")
        .times(1)
        .failBefore(new S3VfsException(ErrorKind.UNAVAILABLE, "planned"));
    assertThrows(S3VfsException.class, () -> theirs.beginWrite(false));
    theirs.endRead();
    assertTrue(session.beginRead());
    assertTrue(session.beginWrite(false), "nobody has the lease");
    session.endWrite();
    session.endRead();
  }

  @Test
  void aCommitTakesTheLeaseByOneRequestAndReleasesItByOne() {
    try (Session session = volume.connect(false, Duration.ZERO)) {
      commit(session, database(3, 1, 7), false);
      store.takeAllWrites();
      commit(session, database(3, 2, 8), false);
      List<String> writes = store.takeAllWrites();
      assertEquals("PUT db-lease", writes.get(0));
      assertEquals("PUT db-lease", writes.get(writes.size() - 1));
      assertEquals(2, writes.stream().filter("PUT db-lease"::equals).count());
    }
  }

  @Test
  void aCommitThatFailsHalfWayIsWaitedForOrRolledBackByOthersAndNeverRead() {
    BlocksVolume other = volume(64 << 20);
    Session mine = volume.connect(false, Duration.ZERO);
    commit(mine, database(3, 1, 7), false);
    assertTrue(mine.beginRead());
    assertTrue(mine.beginWrite(false));
    volume.journal().write(ByteBuffer.wrap(MAGIC), 0);
    write(mine, database(3, 2, 9), 0, 3 * BLOCK);
    mine.sync(); // and the process stops here: the journal is hot, the lease is held
    Session theirs = other.connect(false, Duration.ZERO);
    assertFalse(theirs.beginRead(), "the other one is in the middle of a commit");
    volume.journal().delete();
    mine.endWrite();
    assertTrue(theirs.beginRead());
    assertArrayEquals(database(3, 2, 9), stored());
  }

  @Test
  void theFirstWriteOfAProcessLooksAtTheLeaseAndThenAtTheDatabaseAgain() {
    commit(volume.connect(false, Duration.ZERO), database(3, 1, 7), false);
    Session theirs = volume(64 << 20).connect(false, Duration.ZERO);
    theirs.beginRead();
    store.memory().resetCounts();
    assertTrue(theirs.beginWrite(false));
    assertEquals(2, store.memory().count(Request.GET), "the lease and block 0");
    assertEquals(1, store.memory().count(Request.LIST), "the journal");
    assertEquals(1, store.memory().count(Request.PUT), "the lease");
    theirs.endWrite();
    theirs.endRead();
    theirs.beginRead();
    store.memory().resetCounts();
    assertTrue(theirs.beginWrite(false));
    assertEquals(1, store.memory().count(Request.PUT), "the lease");
    assertEquals(1, store.memory().count(Request.GET), "block 0");
    assertEquals(2, store.memory().requests(), "nobody has had the lease since");
    theirs.endWrite();
    theirs.endRead();
  }

  @Test
  void aChangeByAnotherProcessCostsAListingOfTheBlocksAndThenOneOfTheJournal() {
    Session mine = volume.connect(false, Duration.ZERO);
    commit(mine, database(3, 1, 7), false);
    read(mine, 3 * BLOCK);
    store.memory().poke("db/0000000000", Arrays.copyOf(database(3, 2, 9), BLOCK));
    store.memory().resetCounts();
    mine.beginRead();
    assertEquals(1, store.memory().count(Request.GET));
    assertEquals(3, store.memory().count(Request.LIST));
    assertEquals(4, store.memory().requests());
    mine.endRead();
  }

  @Test
  void aWriterThatStoresBlockZeroFirstIsNoticedByItsJournal() {
    Session mine = volume.connect(false, Duration.ZERO);
    commit(mine, database(3, 1, 7), false);
    read(mine, 3 * BLOCK);
    byte[] changed = database(3, 2, 9);
    store.memory().poke("db/0000000000", Arrays.copyOf(changed, BLOCK));
    store.before("LIST db/", () -> store.memory().poke("db-journal/0000000000", MAGIC));
    assertTrue(mine.beginRead());
    assertTrue(volume.journal().exists(), "SQLite is told of a journal to roll back");
    mine.endRead();
    store.memory().poke("db/0000000001", Arrays.copyOfRange(changed, BLOCK, 2 * BLOCK));
    store.memory().poke("db/0000000002", Arrays.copyOfRange(changed, 2 * BLOCK, 3 * BLOCK));
    store.memory().drop("db-journal/0000000000");
    assertArrayEquals(changed, read(mine, 3 * BLOCK), "nothing was kept of the half-way state");
  }

  @Test
  void whatADeadProcessLeftBehindTheEndIsRemovedByTheNextWriter() throws Exception {
    Duration term = Duration.ofMillis(200);
    BlocksVolume dying = volume(64 << 20, term, Duration.ofMillis(80));
    Session theirs = dying.connect(false, Duration.ZERO);
    commit(dying, theirs, database(3, 1, 7), false);
    theirs.beginRead();
    assertTrue(theirs.beginWrite(false));
    dying.abandon(); // it dies with the lease, after it has shortened the database
    store.memory().poke("db/0000000003", new byte[BLOCK]);
    store.memory().poke("db/0000000007", new byte[BLOCK]);
    Session mine = volume.connect(true, Duration.ZERO);
    assertTrue(mine.beginRead());
    assertEquals(3 * BLOCK, mine.size());
    assertFalse(mine.beginWrite(false), "the lease is seen for the first time");
    Thread.sleep(2 * term.toMillis());
    assertTrue(mine.beginWrite(false));
    write(mine, database(4, 2, 8), 0, 4 * BLOCK);
    mine.sync();
    mine.committed();
    mine.endWrite();
    mine.endRead();
    assertArrayEquals(database(4, 2, 8), stored());
    assertEquals(4, store.memory().keys("db/").size());
  }

  @Test
  void aWriteEndsWhenAnotherConnectionOfTheProcessHasSeenANewerState() {
    Session mine = volume.connect(false, Duration.ZERO);
    commit(mine, database(3, 1, 7), false);
    assertTrue(mine.beginRead());
    BlocksVolume other = volume(64 << 20);
    commit(other, other.connect(true, Duration.ZERO), database(3, 2, 9), false);
    Session neighbour = volume.connect(true, Duration.ZERO);
    assertTrue(neighbour.beginRead());
    assertEquals(
        ErrorKind.CONFLICT,
        assertThrows(S3VfsException.class, () -> mine.beginWrite(false)).kind());
    assertTrue(neighbour.beginWrite(false), "it has seen the newest state, and the lease is free");
    neighbour.endWrite();
    neighbour.endRead();
    mine.endRead();
    assertTrue(mine.beginRead());
    assertTrue(mine.beginWrite(false));
    mine.endWrite();
    mine.endRead();
  }
}
