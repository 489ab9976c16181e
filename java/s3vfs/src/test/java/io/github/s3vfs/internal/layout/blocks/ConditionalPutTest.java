package io.github.s3vfs.internal.layout.blocks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
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
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The conditions of PUTs of blocks, and what a conflict comes from. */
class ConditionalPutTest extends BlocksVolumeFixture {
  private final Session session = volume.connect(false, Duration.ZERO);

  @Test
  void everyPutOfAKnownOrANewBlockHasACondition() {
    commit(session, database(5, 1, 7), true);
    read(session, 5 * BLOCK);
    commit(session, database(7, 2, 8), true);
    commit(session, database(2, 3, 9), true);
    assertEquals(List.of(), store.unconditionalPuts());
    assertArrayEquals(database(2, 3, 9), stored());
  }

  @Test
  void aBlockThatIsTooLargeForAConditionIsStoredWithoutOne() {
    store.maxConditionalPut(BLOCK - 1);
    commit(session, database(2, 1, 7), false);
    assertEquals(
        List.of("db/0000000000", "db/0000000001"),
        store.unconditionalPuts().stream().sorted().toList());
    assertArrayEquals(database(2, 1, 7), stored());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"db/0000000000", "db/0000000001", "db/0000000003", "db-journal/0000000000"})
  void ownSuccessThatARetryMeetsAsAConflictIsASuccess(String key) {
    commit(session, database(3, 1, 7), true);
    store
        .memory()
        .faults()
        .on(Request.PUT)
        .key(key)
        .times(1)
        .failAfter(new S3VfsException(ErrorKind.CONFLICT, "412 to the retry"));
    commit(session, database(4, 2, 8), true);
    assertEquals(1, store.memory().faults().hits());
    assertArrayEquals(database(4, 2, 8), stored());
    commit(session, database(4, 3, 9), true);
    assertArrayEquals(database(4, 3, 9), stored());
  }

  @Test
  void aConflictWithARequestThatCameToNothingIsTriedAgain() {
    commit(session, database(3, 1, 7), true);
    store
        .memory()
        .faults()
        .on(Request.PUT)
        .key("db/0000000001")
        .times(2)
        .failBefore(new S3VfsException(ErrorKind.CONFLICT, "409 ConditionalRequestConflict"));
    commit(session, database(3, 2, 8), true);
    assertEquals(2, store.memory().faults().hits());
    assertArrayEquals(database(3, 2, 8), stored());
  }

  /** SQLite does not roll back pages that are not in use. */
  @Test
  void whatARolledBackTransactionOfAnotherProcessLeftIsOverwritten() {
    commit(session, database(3, 1, 7), true);
    read(session, 3 * BLOCK);
    store.memory().poke("db/0000000001", new byte[BLOCK]);
    commit(session, database(3, 2, 8), true);
    assertArrayEquals(database(3, 2, 8), stored());
    commit(session, database(3, 3, 9), true);
    assertArrayEquals(database(3, 3, 9), stored());
  }

  @Test
  void whatAFailedWriteLeftBehindTheEndIsOverwritten() {
    commit(session, database(3, 1, 7), true);
    store.memory().poke("db/0000000003", new byte[] {1, 2, 3});
    commit(session, database(4, 2, 8), true);
    assertArrayEquals(database(4, 2, 8), stored());
  }

  @Test
  void aBlockThatSomebodyElseHasChangedIsNotOverwritten() {
    commit(session, database(3, 1, 7), true);
    read(session, 3 * BLOCK);
    byte[] foreign = new byte[BLOCK];
    assertTrue(session.beginRead());
    assertTrue(session.beginWrite(false));
    store.memory().poke("db/0000000000", Arrays.copyOf(database(3, 9, 7), BLOCK));
    store.memory().poke("db/0000000001", foreign);
    write(session, database(3, 2, 8), 0, 3 * BLOCK);
    S3VfsException e = assertThrows(S3VfsException.class, session::sync);
    assertEquals(ErrorKind.CORRUPT, e.kind());
    assertTrue(String.valueOf(e.getMessage()).contains("s3://bkt/db/"), e::getMessage);
    assertArrayEquals(foreign, store.memory().peek("db/0000000001"));
    assertEquals(
        9,
        ByteBuffer.wrap(Objects.requireNonNull(store.memory().peek("db/0000000000"))).getInt(24),
        "block 0 was not stored");
    write(session, database(3, 1, 7), 0, 3 * BLOCK); // SQLite rolls back
    session.sync();
    assertArrayEquals(foreign, store.memory().peek("db/0000000001"), "nor is it put back");
    session.endWrite();
    session.endRead();
  }

  @Test
  void aJournalThatSomebodyElseIsWritingIsNotOverwritten() {
    commit(session, database(3, 1, 7), true);
    assertTrue(session.beginRead());
    assertTrue(session.beginWrite(false));
    byte[] foreign = Arrays.copyOf(MAGIC, 100);
    store.memory().poke("db-journal/0000000000", foreign);
    volume.journal().write(ByteBuffer.wrap(MAGIC), 0);
    write(session, database(3, 2, 8), 0, 3 * BLOCK);
    assertEquals(ErrorKind.CORRUPT, assertThrows(S3VfsException.class, session::sync).kind());
    assertArrayEquals(foreign, store.memory().peek("db-journal/0000000000"));
    assertArrayEquals(database(3, 1, 7), stored());
    session.endWrite();
    session.endRead();
  }

  @Test
  void aLeaseThatWasLostMeanwhileEndsTheTransaction() {
    commit(session, database(3, 1, 7), true);
    assertTrue(session.beginRead());
    assertTrue(session.beginWrite(false));
    store
        .memory()
        .poke("db-lease", LeaseRecord.fresh(true, Duration.ofSeconds(20), "other").toBytes());
    store.memory().poke("db/0000000001", new byte[BLOCK]);
    write(session, database(3, 2, 8), 0, 3 * BLOCK);
    S3VfsException e = assertThrows(S3VfsException.class, session::sync);
    assertEquals(ErrorKind.UNAVAILABLE, e.kind());
    assertTrue(String.valueOf(e.getMessage()).contains("lease was lost"), e::getMessage);
    store.takeWrites();
    assertThrows(S3VfsException.class, session::sync);
    assertEquals(List.of(), store.takeWrites(), "nothing more is sent");
    session.endWrite();
    session.endRead();
  }

  @Test
  void aBlockBehindTheEndIsNotOverwrittenWhenBlockZeroIsAnotherOne() {
    commit(session, database(3, 1, 7), true);
    assertTrue(session.beginRead());
    assertTrue(session.beginWrite(false));
    store.memory().poke("db/0000000000", Arrays.copyOf(database(4, 9, 9), BLOCK));
    store.memory().poke("db/0000000003", new byte[BLOCK]);
    write(session, database(4, 1, 7), 3 * BLOCK, 4 * BLOCK);
    assertEquals(ErrorKind.CORRUPT, assertThrows(S3VfsException.class, session::sync).kind());
    assertArrayEquals(new byte[BLOCK], store.memory().peek("db/0000000003"));
    session.endWrite();
    session.endRead();
  }
}
