package io.github.s3vfs.internal.layout.blocks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.blocks.WriterLease.Taken;
import io.github.s3vfs.internal.store.FaultPlan;
import io.github.s3vfs.internal.store.InMemoryObjectStore;
import io.github.s3vfs.internal.store.InMemoryObjectStore.Request;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WriterLeaseTest {
  private static final Duration TERM = Duration.ofHours(1);

  private final InMemoryObjectStore store = new InMemoryObjectStore("bkt");
  private final AtomicLong clock = new AtomicLong();
  private final WriterLease a = lease("a");
  private final WriterLease b = lease("b");

  private WriterLease lease(String holder) {
    return new WriterLease(store, "db-lease", TERM, Duration.ofSeconds(5), holder, clock::get);
  }

  private void pass(Duration time) {
    clock.addAndGet(time.toNanos());
  }

  private LeaseRecord stored() {
    return LeaseRecord.parse(Objects.requireNonNull(store.peek("db-lease")), "it");
  }

  @Test
  void oneHasItAndTheOtherWaitsUntilItIsReleased() {
    assertEquals(Taken.ANEW, a.take());
    assertEquals(Taken.NOT, b.take());
    assertTrue(b.heldElsewhere());
    assertFalse(a.heldElsewhere());
    a.release();
    assertFalse(stored().held());
    assertEquals(Taken.ANEW, b.take());
  }

  @Test
  void takingItAgainCostsOneRequestAndIsKnownToBeCurrent() {
    a.take();
    a.release();
    store.resetCounts();
    assertEquals(Taken.AGAIN, a.take());
    assertEquals(1, store.requests());
  }

  @Test
  void afterAnotherHadItItIsTakenAnew() {
    a.take();
    a.release();
    b.take();
    b.release();
    assertEquals(Taken.ANEW, a.take());
  }

  @Test
  void aHolderThatIsSilentForItsTermLosesItAndMayNotWriteAnyMore() {
    a.take();
    assertEquals(Taken.NOT, b.take());
    pass(TERM.minusSeconds(1));
    assertEquals(Taken.NOT, b.take());
    pass(Duration.ofSeconds(2));
    assertEquals(Taken.ANEW, b.take());
    S3VfsException e = assertThrows(S3VfsException.class, a::checkLasts);
    assertEquals(ErrorKind.UNAVAILABLE, e.kind());
    a.release();
    assertTrue(stored().held(), "b's lease is not released by a");
    assertEquals("b", stored().holder());
  }

  @Test
  void theTermIsWatchedFromTheFirstSightNotFromTheHoldersClock() {
    a.take();
    pass(TERM.multipliedBy(3));
    assertEquals(Taken.NOT, b.take(), "first seen now");
    pass(TERM.plusSeconds(1));
    assertEquals(Taken.ANEW, b.take());
  }

  @Test
  void noWriteStartsThatTheLeaseMayNotOutlast() {
    a.take();
    a.checkLasts();
    pass(TERM.minusSeconds(4));
    assertThrows(S3VfsException.class, a::checkLasts);
  }

  @Test
  void anAnswerThatWasLostIsSettledByTheNonce() {
    store.faults().on(Request.PUT).times(1).failAfter(FaultPlan.unavailable());
    assertEquals(Taken.ANEW, a.take());
    a.checkLasts();
    store.faults().on(Request.PUT).times(1).failBefore(FaultPlan.unavailable());
    a.release();
    assertTrue(stored().held(), "the release did not get through");
    assertEquals(Taken.NOT, b.take());
    assertFalse(a.heldElsewhere());
    assertEquals(Taken.ANEW, a.take(), "what it could not release is still its own");
    a.checkLasts();
  }

  @Test
  void ownSuccessThatARetryMeetsAsAConflictIsASuccess() {
    store
        .faults()
        .on(Request.PUT)
        .times(1)
        .failAfter(new S3VfsException(ErrorKind.CONFLICT, "412 to the retry"));
    assertEquals(Taken.ANEW, a.take());
    a.checkLasts();
  }

  @Test
  void everyWriteOfTheObjectHasAFreshNonce() {
    a.take();
    String first = stored().nonce();
    a.release();
    String second = stored().nonce();
    a.take();
    assertEquals(3, java.util.Set.of(first, second, stored().nonce()).size());
  }

  @Test
  void anObjectThatIsNoLeaseIsAnErrorThatNamesIt() {
    store.poke("db-lease", new byte[] {'x'});
    S3VfsException e = assertThrows(S3VfsException.class, a::take);
    assertTrue(String.valueOf(e.getMessage()).contains("s3://bkt/db-lease"), e::getMessage);
  }
}
