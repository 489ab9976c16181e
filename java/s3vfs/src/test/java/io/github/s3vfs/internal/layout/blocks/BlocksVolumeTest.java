package io.github.s3vfs.internal.layout.blocks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.DatabaseHeader;
import io.github.s3vfs.internal.layout.Journal;
import io.github.s3vfs.internal.layout.Session;
import io.github.s3vfs.internal.store.InMemoryObjectStore;
import io.github.s3vfs.internal.store.InMemoryObjectStore.Request;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The order of requests and the commit points, without SQLite. */
class BlocksVolumeTest {
  private static final int BLOCK = 512;
  private static final byte[] MAGIC = {
    (byte) 0xd9, (byte) 0xd5, 0x05, (byte) 0xf9, 0x20, (byte) 0xa1, 0x63, (byte) 0xd7
  };

  private final RecordedStore store = new RecordedStore(new InMemoryObjectStore("bkt"));
  private final BlocksVolume volume = volume(64 << 20);

  private BlocksVolume volume(long writeBuffer) {
    return new BlocksVolume(
        new S3Location("bkt", "db"),
        store,
        new BlockCache(1 << 20),
        new BlocksSettings(
            BLOCK, true, writeBuffer, 8, Duration.ofSeconds(20), Duration.ofSeconds(5)));
  }

  /** A database of that many pages of 512 bytes, all filled with a byte behind the header. */
  private static byte[] database(int pages, int version, int fill) {
    byte[] bytes = new byte[pages * BLOCK];
    Arrays.fill(bytes, (byte) fill);
    ByteBuffer header = ByteBuffer.wrap(bytes);
    header.put("SQLite format 3\0".getBytes(StandardCharsets.US_ASCII));
    header.putShort(16, (short) 512).put(18, (byte) 1).put(19, (byte) 1);
    header.putInt(24, version).putInt(28, pages).putInt(92, version);
    return bytes;
  }

  private static void write(Session session, byte[] bytes, int from, int until) {
    session.write(ByteBuffer.wrap(bytes, from, until - from), from);
  }

  private void commit(Session session, byte[] bytes, boolean journalled) {
    session.beginRead();
    session.beginWrite(false);
    Journal journal = volume.journal();
    if (journalled) {
      journal.write(ByteBuffer.wrap(new byte[2 * BLOCK]), 0);
      journal.write(ByteBuffer.wrap(MAGIC), 0);
      journal.sync();
    }
    write(session, bytes, 0, bytes.length);
    session.truncate(bytes.length);
    session.sync();
    if (journalled) {
      journal.delete();
    }
    session.committed();
    session.endWrite();
    session.endRead();
  }

  private byte[] stored() {
    return Blocks.concatenated(store.memory(), "db/");
  }

  @Test
  void aCommitStoresTheJournalThenTheBlocksThenBlockZeroAndDeletesTheJournalFromItsBeginning() {
    try (Session session = volume.connect(false, true, Duration.ZERO)) {
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
    try (Session session = volume.connect(false, true, Duration.ZERO)) {
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
    try (Session session = volume.connect(false, true, Duration.ZERO)) {
      commit(session, database(5, 1, 7), true);
      commit(session, database(2, 2, 8), true);
    }
    assertArrayEquals(database(2, 2, 8), stored());
    assertEquals(2, store.memory().keys("db/").size());
  }

  @Test
  void unchangedBlocksAreNotStoredAgain() {
    try (Session session = volume.connect(false, true, Duration.ZERO)) {
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
    try (Session session = volume.connect(false, true, Duration.ZERO)) {
      commit(session, database(3, 1, 7), false);
      read(session, 3 * BLOCK);
      store.memory().resetCounts();
      read(session, 3 * BLOCK);
      assertEquals(1, store.memory().count(Request.GET));
      assertEquals(1, store.memory().count(Request.LIST));
      assertEquals(2, store.memory().requests());
    }
  }

  private byte[] read(Session session, int count) {
    session.beginRead();
    assertFalse(volume.journal().exists());
    ByteBuffer all = ByteBuffer.allocate(count);
    for (int at = 0; at < count; at += BLOCK) {
      session.read(all.slice(at, BLOCK), at);
    }
    session.endRead();
    return all.array();
  }

  @Test
  void withinMaxStalenessAReadTransactionAsksNothing() {
    try (Session session = volume.connect(false, true, Duration.ZERO)) {
      commit(session, database(3, 1, 7), false);
      read(session, 3 * BLOCK);
    }
    store.memory().resetCounts();
    try (Session session = volume.connect(true, true, Duration.ofMinutes(1))) {
      read(session, 3 * BLOCK);
      read(session, 3 * BLOCK);
    }
    assertEquals(0, store.memory().requests());
  }

  @Test
  void aChangeByAnotherProcessIsSeenByTheNextReadTransaction() {
    BlocksVolume other = volume(64 << 20);
    try (Session session = volume.connect(false, true, Duration.ZERO)) {
      commit(session, database(3, 1, 7), false);
      assertArrayEquals(database(3, 1, 7), read(session, 3 * BLOCK));
      long generation = session.generation();
      Session theirs = other.connect(false, true, Duration.ZERO);
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
    Session mine = volume.connect(false, true, Duration.ZERO);
    commit(mine, database(3, 1, 7), false);
    Session theirs = other.connect(false, true, Duration.ZERO);
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
    Session session = volume.connect(false, true, Duration.ZERO);
    commit(session, database(3, 1, 7), false);
    BlocksVolume other = volume(64 << 20);
    Session theirs = other.connect(false, true, Duration.ZERO);
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
    try (Session session = volume.connect(false, true, Duration.ZERO)) {
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
    Session mine = volume.connect(false, true, Duration.ZERO);
    commit(mine, database(3, 1, 7), false);
    assertTrue(mine.beginRead());
    assertTrue(mine.beginWrite(false));
    volume.journal().write(ByteBuffer.wrap(MAGIC), 0);
    write(mine, database(3, 2, 9), 0, 3 * BLOCK);
    mine.sync(); // and the process stops here: the journal is hot, the lease is held
    Session theirs = other.connect(false, true, Duration.ZERO);
    assertFalse(theirs.beginRead(), "the other one is in the middle of a commit");
    volume.journal().delete();
    mine.endWrite();
    assertTrue(theirs.beginRead());
    assertArrayEquals(database(3, 2, 9), stored());
  }

  @Test
  void aFailedCommitLeavesTheJournalAndTheStateIsLookedAtAgain() {
    try (Session session = volume.connect(false, true, Duration.ZERO)) {
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
    try (Session session = volume.connect(false, true, Duration.ZERO)) {
      session.beginRead();
      assertFalse(volume.journal().exists(), "without block 0 there is no journal");
      session.endRead();
      commit(session, database(2, 1, 7), true);
    }
    assertEquals("DELETE db-journal/0000000005", store.takeWrites().get(0));
    assertEquals(List.of(), store.memory().keys("db-journal/"));
  }

  @Test
  void aJournalWhoseHeaderIsZerosIsNotHotAndCostsNoListingOfTheDatabase() {
    try (Session session = volume.connect(false, true, Duration.ZERO)) {
      commit(session, database(3, 1, 7), false);
      store.memory().poke("db-journal/0000000000", new byte[BLOCK]);
      session.beginRead();
      assertTrue(volume.journal().exists(), "SQLite looks at its first byte itself");
      session.endRead();
      store.memory().resetCounts();
      session.beginRead();
      assertTrue(volume.journal().exists());
      ByteBuffer first = ByteBuffer.allocate(1);
      volume.journal().read(first, 0);
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
    try (Session session = small.connect(false, true, Duration.ZERO)) {
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
    try (Session session = volume.connect(true, true, Duration.ZERO)) {
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
    try (Session session = small.connect(false, true, Duration.ZERO)) {
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
