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
import org.junit.jupiter.api.Test;

/** What becomes of a commit whose PUT of the head fails, or gets no answer. */
class CommitOutcomeTest extends SnapshotFixture {
  private static final byte[] ONE = database(5, 1, 1);
  private static final byte[] TWO = database(7, 2, 2);
  private static final byte[] THREE = database(3, 3, 3);

  private final SnapshotVolume volume = volume();

  private FaultPlan.Rule onHeadPut() {
    return store.faults().on(Request.PUT).key(HEAD);
  }

  private static S3VfsException failure(Session session) {
    S3VfsException e = assertThrows(S3VfsException.class, session::sync);
    end(session);
    return e;
  }

  private void assertNotCommitted(S3VfsException e, byte[] content) {
    assertEquals(ErrorKind.CONFLICT, e.kind(), e.getMessage());
    assertStored(content);
    assertArrayEquals(content, read(volume));
    store.faults().releaseLate();
    assertStored(content);
    assertNull(head().claim(), "the claim is given back");
  }

  @Test
  void isDurableWhenItIsAcknowledged() {
    commit(volume, ONE);
    assertStored(ONE);
    commit(volume, TWO);
    assertStored(TWO);
    assertArrayEquals(TWO, read(volume));
    assertEquals(2, head().record().version());
    assertEquals(2, segments().size());
  }

  @Test
  void anAnswerThatIsLostIsFoundInTheHead() {
    commit(volume, ONE);
    Session session = written(volume, TWO);
    onHeadPut().nth(1).failAfter(FaultPlan.unavailable());
    session.sync();
    end(session);
    assertStored(TWO);
    assertEquals(2, head().record().version());
  }

  @Test
  void aPutThatHadNoEffectIsSentAgain() {
    commit(volume, ONE);
    Session session = written(volume, TWO);
    onHeadPut().nth(1).failBefore(FaultPlan.unavailable());
    session.sync();
    end(session);
    assertStored(TWO);
  }

  @Test
  void aPutThatNeverGetsThroughIsFencedOff() {
    commit(volume, ONE);
    Session session = written(volume, TWO);
    onHeadPut().times(3).failBefore(FaultPlan.unavailable());
    assertNotCommitted(failure(session), ONE);
    commit(volume, THREE);
    assertStored(THREE);
  }

  @Test
  void aLatePutCannotTakeEffectBehindTheFence() {
    commit(volume, ONE);
    Session session = written(volume, TWO);
    onHeadPut().times(3).failNowTakeEffectLater(FaultPlan.unavailable(), Integer.MAX_VALUE);
    S3VfsException e = failure(session);
    assertEquals(3, store.faults().lateEffects());
    assertNotCommitted(e, ONE);
  }

  /** The first PUT takes effect after the reading that saw nothing of it. */
  @Test
  void aPutThatTakesEffectBehindTheSettlingReadIsFound() {
    commit(volume, ONE);
    Session session = written(volume, TWO);
    onHeadPut().nth(1).failNowTakeEffectLater(FaultPlan.unavailable(), 1);
    session.sync();
    end(session);
    assertStored(TWO);
    assertEquals(2, head().record().version());
  }

  @Test
  void aCommitThatOthersHaveBuiltUponIsFoundInTheHistory() {
    commit(volume, ONE);
    Session session = written(volume, TWO);
    SnapshotVolume other = volume();
    onHeadPut().nth(1).failAfter(FaultPlan.unavailable());
    // Between the PUT and what settles it, another process commits 40 times.
    byte[] last = TWO;
    store.faults().onAny().key(HEAD).failBefore(FaultPlan.unavailable());
    S3VfsException e = failure(session);
    assertEquals(ErrorKind.UNAVAILABLE, e.kind(), e.getMessage());
    store.faults().clear();
    for (int i = 3; i < 43; i++) {
      last = database(4, i, i);
      commit(other, last);
    }
    assertArrayEquals(last, read(volume), "settled by the history");
    assertEquals(42, head().record().version());
  }

  @Test
  void aCommitThatLostIsNeverInTheHistory() {
    commit(volume, ONE);
    Session session = written(volume, TWO);
    volume().read(System.nanoTime());
    breakClaim(session);
    S3VfsException e = failure(session);
    assertEquals(ErrorKind.CONFLICT, e.kind(), e.getMessage());
    assertStored(THREE);
    assertEquals(2, head().record().version());
  }

  /** As a process does that has seen the claim unchanged for its whole term. */
  private void breakClaim(Session holder) {
    assertTrue(holder.size() > 0);
    Head head = head();
    store.poke(HEAD, head.withClaim(null, Nonce.fresh()).encode());
    commit(volume(), THREE);
  }

  @Test
  void whileTheOutcomeIsUnknownNothingIsServed() {
    commit(volume, ONE);
    Session session = written(volume, TWO);
    store.faults().onAny().key(HEAD).failBefore(FaultPlan.unavailable());
    S3VfsException e = failure(session);
    assertEquals(ErrorKind.UNAVAILABLE, e.kind(), e.getMessage());
    assertTrue(String.valueOf(e.getMessage()).contains("unknown"), e.getMessage());
    assertThrows(S3VfsException.class, () -> begin(volume));
    store.faults().clear();
    assertArrayEquals(ONE, read(volume), "it had no effect, and can have none any more");
    assertNull(head().claim());
    commit(volume, THREE);
    assertStored(THREE);
  }

  @Test
  void whatTookEffectWhileTheStoreWasSilentIsServedAfterwards() {
    commit(volume, ONE);
    Session session = written(volume, TWO);
    onHeadPut().nth(1).failAfter(FaultPlan.unavailable());
    store.faults().onAny().key(HEAD).failBefore(FaultPlan.unavailable());
    assertEquals(ErrorKind.UNAVAILABLE, failure(session).kind());
    store.faults().clear();
    assertArrayEquals(TWO, read(volume));
  }

  @Test
  void aSegmentThatCannotBeStoredCostsNothingButTheTransaction() {
    commit(volume, ONE);
    Session session = written(volume, TWO);
    store.faults().on(Request.PUT).key(k -> k.contains("/s/")).failBefore(FaultPlan.unavailable());
    assertEquals(ErrorKind.UNAVAILABLE, failure(session).kind());
    store.faults().clear();
    assertStored(ONE);
    assertNull(head().claim(), "the claim is given back");
    commit(volume, THREE);
    assertStored(THREE);
  }

  /** A retry within the client has met its own success. */
  @Test
  void aSegmentThatIsThereAlreadyIsLookedAt() {
    commit(volume, ONE);
    Session session = written(volume, TWO);
    store
        .faults()
        .on(Request.PUT)
        .key(k -> k.contains("/s/"))
        .nth(1)
        .failAfter(new S3VfsException(ErrorKind.CONFLICT, "412 after a retry"));
    session.sync();
    end(session);
    assertStored(TWO);
  }

  @Test
  void whatSqliteWritesAfterAFailureOrASuccessIsOfNoImportance() {
    commit(volume, ONE);
    Session session = written(volume, TWO);
    onHeadPut().times(3).failBefore(FaultPlan.unavailable());
    assertThrows(S3VfsException.class, session::sync);
    write(session, ONE); // SQLite plays its journal back,
    session.sync(); // and says so
    end(session);
    assertStored(ONE);
    Session next = written(volume, TWO);
    next.sync();
    write(next, ONE);
    next.truncate(PAGE);
    assertEquals(TWO.length, next.size());
    next.sync();
    end(next);
    assertStored(TWO);
  }

  @Test
  void aDatabaseThatIsDeletedMeanwhileLeavesTheOutcomeUnknown() {
    commit(volume, ONE);
    Session session = written(volume, TWO);
    store.drop(HEAD);
    S3VfsException e = failure(session);
    assertEquals(ErrorKind.UNAVAILABLE, e.kind(), e.getMessage());
    assertTrue(String.valueOf(e.getMessage()).contains("was deleted"), e.getMessage());
    assertFalse(volume.connect(false, java.time.Duration.ZERO).size() > 0);
  }

  @Test
  void anInterruptLeavesTheOutcomeToTheNextTransaction() {
    commit(volume, ONE);
    Session session = written(volume, TWO);
    onHeadPut()
        .nth(1)
        .failAfter(new S3VfsException(ErrorKind.INTERRUPTED, "interrupted while waiting"));
    assertEquals(ErrorKind.INTERRUPTED, failure(session).kind());
    assertArrayEquals(TWO, read(volume));
  }
}
