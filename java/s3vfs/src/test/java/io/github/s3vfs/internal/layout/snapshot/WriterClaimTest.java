package io.github.s3vfs.internal.layout.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.Session;
import io.github.s3vfs.internal.store.Condition;
import io.github.s3vfs.internal.store.FaultPlan;
import io.github.s3vfs.internal.store.InMemoryObjectStore.Request;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who may write: claims, and writers without one. */
class WriterClaimTest extends SnapshotFixture {
  private static final byte[] ONE = database(5, 1, 1);
  private static final byte[] TWO = database(7, 2, 2);
  private static final byte[] THREE = database(3, 3, 3);

  private final SnapshotVolume volume = volume();
  private final SnapshotVolume other = volume();

  private static S3VfsException assertConflict(Runnable action) {
    S3VfsException e = assertThrows(S3VfsException.class, action::run);
    assertEquals(ErrorKind.CONFLICT, e.kind(), e.getMessage());
    return e;
  }

  @Test
  void aSecondWriterWaitsAndReadersDoNot() {
    commit(volume, ONE);
    Session writer = written(volume, TWO);
    Session second = begin(other);
    assertFalse(second.beginWrite(false));
    assertArrayEquals(ONE, read(other));
    writer.sync();
    end(writer);
    assertArrayEquals(TWO, read(other));
    second.endRead();
    assertTrue(second.beginRead());
    assertTrue(second.beginWrite(false));
    second.endWrite();
  }

  @Test
  void aReaderOfAnOlderVersionCannotWrite() {
    commit(volume, ONE);
    Session reader = begin(other);
    commit(volume, TWO);
    assertConflict(() -> reader.beginWrite(false));
    reader.endRead();
    assertTrue(reader.beginRead());
    assertTrue(reader.beginWrite(false), "the retry reads anew, whatever staleness is allowed");
    reader.endWrite();
  }

  @Test
  void aReaderKeepsItsVersionWhateverIsCommitted() {
    commit(volume, ONE);
    Session reader = begin(other);
    commit(volume, TWO);
    commit(volume, THREE);
    java.nio.ByteBuffer bytes = java.nio.ByteBuffer.allocate(ONE.length);
    assertEquals(ONE.length, reader.read(bytes, 0));
    assertArrayEquals(ONE, bytes.array());
    assertEquals(ONE.length, reader.size());
    reader.endRead();
    assertArrayEquals(THREE, read(other));
  }

  @Test
  void rollbackGivesTheClaimBackAndSendsNoPages() {
    commit(volume, ONE);
    int before = segments().size();
    store.resetCounts();
    Session writer = written(volume, TWO);
    writer.endWrite();
    writer.endRead();
    assertEquals(2, store.count(Request.PUT), "a claim and its release");
    assertEquals(before, segments().size());
    assertNull(head().claim());
    assertTrue(begin(other).beginWrite(false));
  }

  @Test
  void pagesThatAreAsTheyWereAreNoCommit() {
    commit(volume, ONE);
    Session writer = written(volume, ONE);
    writer.sync();
    end(writer);
    assertEquals(1, head().record().version());
    assertNull(head().claim());
  }

  /** ETags are of the content here, as S3's are. */
  @Test
  void noHeadIsEverTheSameAgain() {
    commit(volume, ONE);
    Set<Integer> seen = new HashSet<>();
    Set<Nonce> nonces = new HashSet<>();
    for (int i = 0; i < 20; i++) {
      Session writer = begin(i % 2 == 0 ? volume : other);
      assertTrue(writer.beginWrite(false));
      byte[] claimed = store.peek(HEAD);
      assertTrue(seen.add(Arrays.hashCode(claimed)) && nonces.add(head().nonce()));
      writer.endWrite();
      writer.endRead();
      byte[] released = store.peek(HEAD);
      assertTrue(seen.add(Arrays.hashCode(released)) && nonces.add(head().nonce()));
    }
  }

  @Test
  void aSilentWriterIsReplacedAfterItsWholeTermAndCannotCommitAnyMore() throws Exception {
    SnapshotVolume dying = volume(store, false, Duration.ofMillis(400));
    commit(dying, ONE);
    Session writer = written(dying, TWO);
    dying.commits().abandon();
    Session next = begin(other);
    long start = System.nanoTime();
    assertFalse(next.beginWrite(false), "seen for the first time");
    boolean granted = false;
    while (!granted) {
      Thread.sleep(20);
      next.endRead();
      assertTrue(next.beginRead());
      granted = next.beginWrite(false);
    }
    assertTrue(System.nanoTime() - start >= 400_000_000);
    write(next, THREE);
    next.sync();
    end(next);
    S3VfsException e = assertThrows(S3VfsException.class, writer::sync);
    assertEquals(ErrorKind.CLOSED, e.kind());
    assertStored(THREE);
  }

  @Test
  void aSlowWriterRenewsItsClaim() throws Exception {
    SnapshotVolume slow = volume(store, false, Duration.ofMillis(400));
    commit(slow, ONE);
    Session writer = written(slow, TWO);
    Nonce first = claim().nonce();
    Session second = begin(other);
    for (long end = System.nanoTime() + 1_500_000_000; System.nanoTime() < end; ) {
      assertFalse(second.beginWrite(false));
      Thread.sleep(50);
    }
    assertNotEquals(first, claim().nonce());
    writer.sync();
    end(writer);
    assertStored(TWO);
  }

  private Head.Claim claim() {
    Head.Claim claim = head().claim();
    assertNotNull(claim);
    return claim;
  }

  @Test
  void aClaimWithoutAnAnswerIsFoundInTheHead() {
    commit(volume, ONE);
    store.faults().on(Request.PUT).key(HEAD).nth(1).failAfter(FaultPlan.unavailable());
    commit(volume, TWO);
    assertStored(TWO);
  }

  /** Nobody waits for a term because of it. */
  @Test
  void aClaimThatTakesEffectLateIsTheWritersOwn() {
    commit(volume, ONE);
    store
        .faults()
        .on(Request.PUT)
        .key(HEAD)
        .times(3)
        .failNowTakeEffectLater(FaultPlan.unavailable(), Integer.MAX_VALUE);
    Session writer = begin(volume);
    assertThrows(S3VfsException.class, () -> writer.beginWrite(false));
    writer.endRead();
    store.faults().releaseLate();
    assertNotNull(claim());
    commit(volume, TWO);
    assertStored(TWO);
  }

  @Test
  void aRenewalThatTakesEffectLateLosesNothing() {
    commit(volume, ONE);
    Session writer = written(volume, TWO);
    store
        .faults()
        .on(Request.PUT)
        .key(HEAD)
        .times(3)
        .failNowTakeEffectLater(FaultPlan.unavailable(), 5);
    assertThrows(S3VfsException.class, volume.commits()::renew);
    store.faults().releaseLate();
    volume.commits().renew();
    writer.sync();
    end(writer);
    assertStored(TWO);
  }

  @Test
  void whoIsInterruptedWhileItClaimsGivesTheClaimBack() {
    commit(volume, ONE);
    Session writer = begin(volume);
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
    S3VfsException e = assertThrows(S3VfsException.class, () -> writer.beginWrite(false));
    assertEquals(ErrorKind.INTERRUPTED, e.kind());
    assertTrue(Thread.interrupted(), "the interrupt status is gone");
    assertNull(head().claim());
    writer.endRead();
    commit(other, TWO);
    assertStored(TWO);
  }

  /** As if this process had been paused for its term before it sends the head. */
  @Test
  void aReplacementThatLosesItsClaimLeavesWhatItHasStoredToACollection() {
    commit(volume, ONE);
    List<String> before = segments();
    SnapshotVolume slow =
        volume(
            MeanwhileStore.before(
                store,
                "put",
                3,
                () -> store.poke(HEAD, head().withClaim(null, Nonce.fresh()).encode())),
            false,
            TERM);
    assertConflict(
        () -> {
          try {
            slow.replace(new ByteArrayInputStream(TWO));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    // Whoever has taken the claim could be a clone, which stores under the same names.
    assertEquals(before.size() + 1, segments().size());
    assertStored(ONE);
  }

  @Test
  void withoutAClaimTheSlowerOneLosesAtCommit() {
    commit(volume, ONE);
    SnapshotVolume first = optimistic();
    Session one = written(first, TWO);
    Session two = written(optimistic(), THREE);
    assertNull(head().claim());
    two.sync();
    end(two);
    assertConflict(one::sync);
    end(one);
    assertStored(THREE);
    assertArrayEquals(THREE, read(first));
  }

  @Test
  void withoutAClaimThoseOfOthersAreHonoured() {
    commit(volume, ONE);
    Session claimed = written(volume, TWO);
    SnapshotVolume without = optimistic();
    assertFalse(begin(without).beginWrite(false));
    claimed.endWrite();
    Session writer = written(without, THREE);
    Session later = begin(volume);
    assertTrue(later.beginWrite(false));
    assertConflict(writer::sync);
    end(writer);
    later.endWrite();
    assertStored(ONE);
  }

  @Test
  void withoutAClaimOneThatCameAndWentIsNoLoss() {
    commit(volume, ONE);
    Session writer = written(optimistic(), THREE);
    Session later = begin(volume);
    assertTrue(later.beginWrite(false));
    later.endWrite();
    writer.sync();
    end(writer);
    assertStored(THREE);
  }

  @Test
  void aCommitBehindARaisedFloorIsStoredAnew() {
    commit(volume, ONE);
    Session writer = written(volume, TWO);
    Head head = head();
    long epoch = head.epoch() + 1;
    Head raised =
        new Head(
            head.writes() + 1,
            Nonce.fresh(),
            epoch,
            epoch,
            head.upkeep(),
            head.claim(),
            head.place(),
            head.record());
    store.poke(HEAD, raised.encode());
    writer.sync();
    end(writer);
    assertStored(TWO);
    SegmentName segment = head().place().segment();
    assertEquals(epoch, segment.epoch());
    assertEquals(epoch, head().floor(), "kept");
  }

  @Test
  void aHeadThatGoesBackIsAnError() {
    commit(volume, ONE);
    byte[] old = store.peek(HEAD);
    assertNotNull(old);
    commit(volume, TWO);
    assertArrayEquals(TWO, read(volume));
    store.poke(HEAD, old);
    S3VfsException e = assertThrows(S3VfsException.class, () -> read(volume));
    assertEquals(ErrorKind.CORRUPT, e.kind());
    assertTrue(
        String.valueOf(e.getMessage()).contains("gone back from version 2 to 1"), e::getMessage);
  }

  @Test
  void aDatabaseMadeAnewIsAnotherOne() {
    commit(volume, ONE);
    commit(volume, TWO);
    Nonce uuid = head().record().uuid();
    Session old = begin(other);
    long generation = old.generation();
    assertTrue(volume.delete());
    assertEquals(0, store.keys().size());
    commit(volume, THREE);
    assertNotEquals(uuid, head().record().uuid());
    old.endRead();
    assertTrue(old.beginRead());
    assertNotEquals(generation, old.generation());
    assertArrayEquals(THREE, read(other));
  }

  @ParameterizedTest
  @EnumSource(names = {"IF_MATCH", "IF_ABSENT"})
  void aStoreThatTakesNoNoticeOfConditionsIsRefusedWhenADatabaseIsMade(Condition.Kind ignored) {
    SnapshotVolume careless = volume(CarelessStore.over(store, ignored), false, TERM);
    Session writer = begin(careless);
    S3VfsException e = assertThrows(S3VfsException.class, () -> writer.beginWrite(false));
    assertEquals(ErrorKind.UNSUPPORTED, e.kind());
    assertTrue(
        String.valueOf(e.getMessage()).contains("takes no notice of conditions"), e::getMessage);
    assertEquals(0, store.keys().size(), "nothing is left");
  }
}
