package io.github.s3vfs.internal.layout.blocks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.blocks.WriterLease.Free;
import io.github.s3vfs.internal.store.FaultPlan;
import io.github.s3vfs.internal.store.InMemoryObjectStore;
import io.github.s3vfs.internal.store.InMemoryObjectStore.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WriterLeaseTest {
  private static final Duration TERM = Duration.ofHours(1);

  private final InMemoryObjectStore store = new InMemoryObjectStore("bkt");
  private final AtomicLong clock = new AtomicLong();
  private final WriterLease a = lease("a");
  private final WriterLease b = lease("b");

  private WriterLease lease(String holder) {
    return new WriterLease(
        store, "db-lease", TERM, Duration.ofSeconds(5), holder, clock::get, () -> false);
  }

  /** What a lease was last taken as. */
  private final List<Free> taken = new ArrayList<>();

  private boolean take(WriterLease lease) {
    return lease.take(taken::add, false);
  }

  private Free lastTaken() {
    return taken.get(taken.size() - 1);
  }

  private void pass(Duration time) {
    clock.addAndGet(time.toNanos());
  }

  private LeaseRecord stored() {
    return LeaseRecord.parse(Objects.requireNonNull(store.peek("db-lease")), "it");
  }

  @Test
  void oneHasItAndTheOtherWaitsUntilItIsReleased() {
    assertTrue(take(a));
    assertFalse(take(b));
    assertTrue(b.heldElsewhere());
    assertFalse(a.heldElsewhere());
    a.release();
    assertFalse(stored().held());
    assertTrue(take(b));
  }

  @Test
  void takingItAgainCostsOneRequestAndNobodyHasHadItSince() {
    pass(Duration.ofSeconds(5));
    take(a);
    long since = lastTaken().since();
    pass(Duration.ofSeconds(5));
    a.release();
    store.resetCounts();
    assertTrue(take(a));
    assertEquals(1, store.requests());
    assertEquals(new Free(lastTaken().etag(), since, true, true), lastTaken());
  }

  @Test
  void whatWasSeenFreeBeforehandIsTakenByOneRequest() {
    take(a);
    a.release();
    assertFalse(b.heldElsewhere());
    long seen = clock.get();
    pass(Duration.ofMinutes(1));
    store.resetCounts();
    assertTrue(take(b));
    assertEquals(1, store.requests());
    assertEquals(new Free(lastTaken().etag(), seen, true, false), lastTaken());
  }

  @Test
  void whatAnotherHasHadMeanwhileIsSeenAgainFirst() {
    take(a);
    a.release();
    pass(Duration.ofMinutes(1));
    take(b);
    b.release();
    pass(Duration.ofMinutes(1));
    assertTrue(take(a));
    assertEquals(clock.get(), lastTaken().since());
    assertFalse(lastTaken().own());
    assertTrue(lastTaken().orderly());
  }

  @Test
  void whatAnotherHoldsMeanwhileIsNotTaken() {
    take(a);
    a.release();
    take(b);
    assertFalse(take(a));
    assertTrue(a.heldElsewhere());
  }

  @Test
  void aHolderThatIsSilentForItsTermLosesItAndMayNotWriteAnyMore() {
    take(a);
    assertFalse(take(b));
    pass(TERM.minusSeconds(1));
    assertFalse(take(b));
    pass(Duration.ofSeconds(2));
    assertTrue(take(b));
    assertFalse(lastTaken().orderly(), "a has left the database as it was");
    S3VfsException e = assertThrows(S3VfsException.class, a::checkLasts);
    assertEquals(ErrorKind.UNAVAILABLE, e.kind());
    a.release();
    assertTrue(stored().held(), "b's lease is not released by a");
    assertEquals("b", stored().holder());
  }

  @Test
  void theTermIsWatchedFromTheFirstSightNotFromTheHoldersClock() {
    take(a);
    pass(TERM.multipliedBy(3));
    assertFalse(take(b), "first seen now");
    pass(TERM.plusSeconds(1));
    assertTrue(take(b));
  }

  @Test
  void noWriteStartsThatTheLeaseMayNotOutlast() {
    take(a);
    a.checkLasts();
    pass(TERM.minusSeconds(4));
    assertThrows(S3VfsException.class, a::checkLasts);
  }

  @Test
  void anAnswerThatWasLostIsSettledByTheNonce() {
    store.faults().on(Request.PUT).times(1).failAfter(FaultPlan.unavailable());
    assertTrue(take(a));
    a.checkLasts();
    store.faults().on(Request.PUT).times(1).failBefore(FaultPlan.unavailable());
    a.release();
    assertTrue(stored().held(), "the release did not get through");
    assertFalse(take(b));
    assertFalse(a.heldElsewhere());
    assertTrue(take(a), "what it could not release is still its own");
    assertTrue(lastTaken().own());
    a.checkLasts();
  }

  @Test
  void ownSuccessThatARetryMeetsAsAConflictIsASuccess() {
    store
        .faults()
        .on(Request.PUT)
        .times(1)
        .failAfter(new S3VfsException(ErrorKind.CONFLICT, "412 to the retry"));
    assertTrue(take(a));
    a.checkLasts();
  }

  /** The next n changes get no answer, and take effect before the next but one request. */
  private void delayPuts(int n) {
    store.faults().on(Request.PUT).times(n).failNowTakeEffectLater(FaultPlan.unavailable(), 1);
  }

  @Test
  void aRenewalThatTakesEffectLateLosesNothing() {
    take(a);
    delayPuts(1);
    a.renew();
    a.renew();
    a.checkLasts();
    a.release();
    assertFalse(stored().held());
    assertTrue(take(b));
  }

  @Test
  void theLeaseIsGivenBackBehindARenewalThatTakesEffectLate() {
    take(a);
    delayPuts(1);
    a.renew();
    a.release();
    assertFalse(stored().held());
  }

  @Test
  void theDatabaseIsSaidToBeMovedBehindARenewalThatTakesEffectLate() {
    take(a);
    delayPuts(1);
    a.renew();
    a.move();
    assertTrue(stored().moved());
  }

  @Test
  void ownSuccessThatARetryMeetsIsOneAlsoWhenTheDatabaseIsMoved() {
    take(a);
    store
        .faults()
        .on(Request.PUT)
        .times(1)
        .failAfter(new S3VfsException(ErrorKind.CONFLICT, "412 to the retry"));
    a.move();
    assertTrue(stored().moved());
  }

  @Test
  void whatTakesEffectLateIsOnesOwnAndAnotherOneHasHadItBefore() {
    take(a);
    a.release();
    store.faults().on(Request.PUT).times(1).failNowTakeEffectLater(FaultPlan.unavailable(), 2);
    assertThrows(S3VfsException.class, () -> take(b));
    assertTrue(take(b), "its first attempt has come in between");
    assertFalse(lastTaken().own());
    b.checkLasts();
  }

  @Test
  void whoMayHaveMovedTheDatabaseLooksWhereItIsToo() {
    AtomicBoolean elsewhere = new AtomicBoolean(true);
    WriterLease c =
        new WriterLease(
            store, "db-lease", TERM, Duration.ofSeconds(5), "c", clock::get, elsewhere::get);
    take(c);
    c.abandonMoved();
    assertFalse(c.heldElsewhere());
    S3VfsException e = assertThrows(S3VfsException.class, () -> take(c));
    assertEquals(ErrorKind.INVALID, e.kind());
    elsewhere.set(false);
    assertTrue(take(c));
    c.release();
    assertFalse(stored().moved());
  }

  @Test
  void whoHasNotLookedWhereItIsDoesNotSayThatItIsHere() {
    take(a);
    a.move();
    assertTrue(b.take(taken::add, true));
    b.release();
    assertTrue(stored().moved());
    assertTrue(b.take(taken::add, true));
    assertThrows(
        S3VfsException.class,
        () ->
            b.moveHere(
                () -> {
                  throw FaultPlan.unavailable();
                }));
    assertTrue(stored().moved());
    assertTrue(b.take(taken::add, true));
    b.moveHere(() -> {});
    b.release();
    assertFalse(stored().moved());
  }

  @Test
  void whoIsInterruptedWhileItIsTakenGivesItBack() {
    take(a);
    a.release();
    Thread.currentThread().interrupt();
    store.resetCounts();
    assertEquals(ErrorKind.INTERRUPTED, assertThrows(S3VfsException.class, () -> take(a)).kind());
    assertTrue(Thread.interrupted());
    assertEquals(0, store.count(Request.PUT), "nothing is sent by one who is interrupted already");
    store
        .faults()
        .on(Request.PUT)
        .key(
            key -> {
              Thread.currentThread().interrupt();
              return true;
            })
        .times(1)
        .answerSlowly();
    assertEquals(ErrorKind.INTERRUPTED, assertThrows(S3VfsException.class, () -> take(a)).kind());
    assertTrue(Thread.interrupted());
    assertFalse(stored().held());
    assertTrue(take(b));
  }

  @Test
  void everyWriteOfTheObjectHasAFreshNonce() {
    take(a);
    String first = stored().nonce();
    a.release();
    String second = stored().nonce();
    take(a);
    assertEquals(3, java.util.Set.of(first, second, stored().nonce()).size());
  }

  @Test
  void aLostLeaseIsNoticedWhenItIsAskedFor() {
    take(a);
    store.poke("db-lease", LeaseRecord.fresh(true, TERM, "b").toBytes());
    a.checkLasts();
    a.renew();
    assertThrows(S3VfsException.class, a::checkLasts);
  }

  @Test
  void anObjectThatIsNoLeaseIsAnErrorThatNamesIt() {
    store.poke("db-lease", new byte[] {'x'});
    S3VfsException e = assertThrows(S3VfsException.class, () -> take(a));
    assertTrue(String.valueOf(e.getMessage()).contains("s3://bkt/db-lease"), e::getMessage);
  }
}
