package io.github.s3vfs.internal.layout.blocks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.DatabaseHeader;
import io.github.s3vfs.internal.layout.Journal;
import io.github.s3vfs.internal.layout.Session;
import io.github.s3vfs.internal.store.InMemoryObjectStore.Request;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The order of requests and the commit points, without SQLite. */
class BlocksVolumeTest extends BlocksVolumeFixture {
  @Test
  void aCommitStoresTheJournalThenTheBlocksThenBlockZeroAndDeletesTheJournalFromItsBeginning() {
    try (Session session = volume.connect(false, Duration.ZERO)) {
      commit(session, database(3, 1, 7), true);
    }
    List<String> writes = store.takeWrites();
    assertEquals(
        List.of("PUT db-journal/0000000000", "PUT db-journal/0000000001"),
        writes.subList(0, 2).stream().sorted().toList());
    assertEquals(
        List.of("PUT db/0000000001", "PUT db/0000000002"),
        writes.subList(2, 4).stream().sorted().toList());
    assertEquals(
        List.of(
            "PUT db/0000000000", "DELETE db-journal/0000000000", "DELETE db-journal/0000000001"),
        writes.subList(4, writes.size()));
    assertArrayEquals(database(3, 1, 7), stored());
  }

  @Test
  void aRollbackSendsNothing() {
    try (Session session = volume.connect(false, Duration.ZERO)) {
      commit(session, database(3, 1, 7), true);
      store.takeWrites();
      session.beginRead();
      session.beginWrite(false);
      volume.journal().write(ByteBuffer.wrap(new byte[600]), 0);
      volume.journal().sync();
      write(session, database(3, 2, 9), 0, 1000);
      write(session, database(3, 1, 7), 0, 1000);
      session.sync();
      volume.journal().delete();
      session.endWrite();
      session.endRead();
    }
    // The journal is stored before the blocks are compared with the stored ones, and deleted.
    assertTrue(store.takeWrites().stream().noneMatch(w -> w.contains(" db/")));
    assertArrayEquals(database(3, 1, 7), stored());
  }

  @Test
  void shrinkingDeletesTheSurplusBlocks() {
    try (Session session = volume.connect(false, Duration.ZERO)) {
      commit(session, database(5, 1, 7), true);
      commit(session, database(2, 2, 8), true);
    }
    assertArrayEquals(database(2, 2, 8), stored());
    assertEquals(2, store.memory().keys("db/").size());
  }

  @Test
  void unchangedBlocksAreNotStoredAgain() {
    try (Session session = volume.connect(false, Duration.ZERO)) {
      commit(session, database(4, 1, 7), false);
      store.takeWrites();
      byte[] changed = database(4, 2, 7);
      changed[1200] = 1;
      commit(session, changed, false);
    }
    assertEquals(List.of("PUT db/0000000002", "PUT db/0000000000"), store.takeWrites());
  }

  @Test
  void aWarmReadTransactionAsksForBlockZeroAndTheJournalAndNothingElse() {
    try (Session session = volume.connect(false, Duration.ZERO)) {
      commit(session, database(3, 1, 7), false);
      read(session, 3 * BLOCK);
      store.memory().resetCounts();
      read(session, 3 * BLOCK);
      assertEquals(1, store.memory().count(Request.GET));
      assertEquals(1, store.memory().count(Request.LIST));
      assertEquals(2, store.memory().requests());
    }
  }

  @Test
  void withinMaxStalenessAReadTransactionAsksNothing() {
    try (Session session = volume.connect(false, Duration.ZERO)) {
      commit(session, database(3, 1, 7), false);
      read(session, 3 * BLOCK);
    }
    store.memory().resetCounts();
    try (Session session = volume.connect(true, Duration.ofMinutes(1))) {
      read(session, 3 * BLOCK);
      read(session, 3 * BLOCK);
    }
    assertEquals(0, store.memory().requests());
  }

  @Test
  void aFailedCommitLeavesTheJournalAndTheStateIsLookedAtAgain() {
    try (Session session = volume.connect(false, Duration.ZERO)) {
      commit(session, database(3, 1, 7), true);
      store
          .memory()
          .faults()
          .on(Request.PUT)
          .key("db/0000000001")
          .times(1)
          .failBefore(new S3VfsException(ErrorKind.UNAVAILABLE, "planned"));
      assertThrows(S3VfsException.class, () -> commit(session, database(3, 2, 9), true));
      session.endWrite();
      session.endRead();
      session.beginRead();
      assertTrue(volume.journal().exists(), "the stored journal is hot");
      session.endRead();
    }
    assertTrue(store.memory().keys("db-journal/").contains("db-journal/0000000000"));
  }

  @Test
  void leftoversOfAnOldJournalAreRemovedBeforeANewOneIsStored() {
    store.memory().poke("db-journal/0000000005", new byte[BLOCK]);
    try (Session session = volume.connect(false, Duration.ZERO)) {
      session.beginRead();
      assertFalse(volume.journal().exists(), "without block 0 there is no journal");
      session.endRead();
      commit(session, database(2, 1, 7), true);
    }
    assertEquals("DELETE db-journal/0000000005", store.takeWrites().get(0));
    assertEquals(List.of(), store.memory().keys("db-journal/"));
  }

  @Test
  void aJournalWhoseHeaderIsZerosIsNoneAndCostsNothing() {
    try (Session session = volume.connect(false, Duration.ZERO)) {
      commit(session, database(3, 1, 7), false);
      store.memory().poke("db-journal/0000000000", new byte[BLOCK]);
      session.beginRead();
      assertFalse(volume.journal().exists(), "SQLite need not look at it");
      session.endRead();
      store.memory().resetCounts();
      session.beginRead();
      assertFalse(volume.journal().exists());
      session.endRead();
      assertEquals(2, store.memory().requests(), "block 0, and the listing of the journal");
    }
  }

  @Test
  void aJournalThatIsStoredInPartsIsWholeWhenTheDatabaseIsStored() {
    BlocksVolume small = volume(2 * BLOCK);
    byte[] journal = new byte[9 * BLOCK + 100];
    Arrays.fill(journal, (byte) 5);
    System.arraycopy(MAGIC, 0, journal, 0, MAGIC.length);
    try (Session session = small.connect(false, Duration.ZERO)) {
      session.beginRead();
      session.beginWrite(false);
      for (int at = 0; at < journal.length; at += 100) {
        int count = Math.min(100, journal.length - at);
        small.journal().write(ByteBuffer.wrap(journal, at, count), at);
      }
      write(session, database(3, 1, 7), 0, 3 * BLOCK);
      session.sync();
      assertArrayEquals(journal, Blocks.concatenated(store.memory(), "db-journal/"));
      ByteBuffer all = ByteBuffer.allocate(journal.length);
      small.journal().read(all, 0);
      assertArrayEquals(journal, all.array());
      small.journal().delete();
      session.endWrite();
      session.endRead();
    }
    assertEquals(List.of(), store.memory().keys("db-journal/"));
  }

  @Test
  void aSuperJournalRecordIsCutFromTheJournal() {
    Journal journal = volume.journal();
    journal.write(ByteBuffer.wrap(new byte[1000]), 0);
    byte[] name = "/somewhere/main.db-mj12345678".getBytes(StandardCharsets.UTF_8);
    journal.write(ByteBuffer.allocate(4).putInt(0, 2097153), 1024);
    journal.write(ByteBuffer.wrap(name), 1028);
    journal.write(ByteBuffer.allocate(4).putInt(0, name.length), 1028 + name.length);
    journal.write(ByteBuffer.allocate(4).putInt(0, 4711), 1032 + name.length);
    assertEquals(1036 + name.length, journal.size());
    journal.write(ByteBuffer.wrap(MAGIC), 1036 + name.length);
    assertEquals(1024, journal.size());
  }

  @Test
  void aMissingBlockIsAnErrorThatNamesItExceptInTheLockBytePage() {
    byte[] header = database(1, 1, 0);
    int pages = (int) (DatabaseHeader.LOCK_BYTE / BLOCK) + 10;
    ByteBuffer.wrap(header).putInt(28, pages);
    store.memory().poke("db/0000000000", header);
    try (Session session = volume.connect(true, Duration.ZERO)) {
      session.beginRead();
      ByteBuffer page = ByteBuffer.allocate(BLOCK);
      assertEquals(BLOCK, session.read(page, DatabaseHeader.LOCK_BYTE));
      assertArrayEquals(new byte[BLOCK], page.array());
      S3VfsException e =
          assertThrows(
              S3VfsException.class, () -> session.read(ByteBuffer.allocate(BLOCK), 3 * BLOCK));
      assertEquals(ErrorKind.CORRUPT, e.kind());
      assertTrue(String.valueOf(e.getMessage()).contains("s3://bkt/db/0000000003"), e::getMessage);
    }
  }

  @Test
  void aTransactionLargerThanTheBufferIsStoredEarlyBehindItsJournal() {
    BlocksVolume small = volume(4 * BLOCK);
    try (Session session = small.connect(false, Duration.ZERO)) {
      session.beginRead();
      session.beginWrite(false);
      small.journal().write(ByteBuffer.wrap(MAGIC), 0);
      small.journal().sync();
      byte[] bytes = database(40, 1, 7);
      for (int at = 0; at < bytes.length; at += BLOCK) {
        write(session, bytes, at, at + BLOCK);
      }
      List<String> early = store.takeWrites();
      assertEquals("PUT db-journal/0000000000", early.get(0));
      assertTrue(early.size() > 20, early::toString);
      assertFalse(early.contains("PUT db/0000000000"), "block 0 comes last");
      ByteBuffer page = ByteBuffer.allocate(BLOCK);
      session.read(page, 5 * BLOCK);
      assertEquals(7, page.get(100));
      session.sync();
      small.journal().delete();
      session.endWrite();
      session.endRead();
    }
    assertArrayEquals(database(40, 1, 7), stored());
  }
}
