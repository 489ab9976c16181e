package io.github.s3vfs.internal.layout.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.Session;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A request is answered, and its process has seen something newer meanwhile. */
class LateAnswersTest extends SnapshotFixture {
  private static final Duration HOUR = Duration.ofHours(1);

  /** A volume that reads something newer between the effect and the answer of its n-th PUT. */
  private SnapshotVolume readingBehindPut(int nth, Runnable others) {
    SnapshotVolume[] volume = new SnapshotVolume[1];
    Runnable meanwhile =
        () -> {
          others.run();
          begin(volume[0]).close();
        };
    volume[0] = volume(MeanwhileStore.behind(store, "put", nth, meanwhile), false, TERM);
    return volume[0];
  }

  private static int pages(SnapshotVolume volume, Duration staleness) {
    Session session = volume.connect(false, staleness);
    assertTrue(session.beginRead());
    return (int) (session.size() / PAGE);
  }

  @Test
  void aClaimOnADatabaseThatWasSeenDeletedDoesNotBringItBack() {
    commit(volume(), database(2, 1, 7));
    SnapshotVolume volume = readingBehindPut(1, () -> volume().delete());
    Session writer = begin(volume);
    assertTrue(writer.beginWrite(false));
    assertEquals(0, pages(volume, HOUR));
    write(writer, database(2, 2, 8));
    S3VfsException e = assertThrows(S3VfsException.class, writer::sync);
    assertEquals(ErrorKind.EXPIRED, e.kind(), e::getMessage);
    end(writer);
    assertEquals(0, pages(volume, HOUR));
  }

  @Test
  void aClaimThatWasReplacedBeforeItsAnswerCameIsNoDamage() {
    commit(volume(), database(2, 1, 7));
    SnapshotVolume volume =
        readingBehindPut(
            1,
            () -> {
              store.poke(HEAD, head().withClaim(null, Nonce.fresh()).encode());
              commit(volume(), database(3, 2, 8));
            });
    Session writer = begin(volume);
    assertTrue(writer.beginWrite(false));
    assertEquals(3, pages(volume, HOUR));
    write(writer, database(2, 2, 9));
    S3VfsException e = assertThrows(S3VfsException.class, writer::sync);
    assertEquals(ErrorKind.CONFLICT, e.kind(), e::getMessage);
    end(writer);
    assertStored(database(3, 2, 8));
  }

  @Test
  void aCommitToADatabaseThatWasSeenDeletedDoesNotBringItBack() {
    commit(volume(), database(2, 1, 7));
    SnapshotVolume volume = readingBehindPut(3, () -> volume().delete());
    commit(volume, database(3, 2, 8));
    assertEquals(0, pages(volume, HOUR));
  }

  @Test
  void whatIsMadeAnewAfterADeletionIsSeen() {
    SnapshotVolume volume = volume();
    commit(volume, database(2, 1, 7));
    volume().delete();
    assertEquals(0, pages(volume, Duration.ZERO));
    commit(volume, database(3, 1, 8));
    assertArrayEquals(database(3, 1, 8), read(volume));
    assertEquals(3, pages(volume, HOUR));
  }

  @Test
  void aDeletionBesideTheMakingOfTheDatabaseLeavesItWholeOrNothing() {
    SnapshotVolume deleting =
        volume(
            MeanwhileStore.before(store, "list", 1, () -> commit(volume(), database(2, 1, 7))),
            false,
            TERM);
    boolean unused = deleting.delete();
    assertEquals(0, pages(volume(), Duration.ZERO));
    commit(volume(), database(3, 1, 8));
    assertStored(database(3, 1, 8));
    SnapshotVolume late =
        volume(
            MeanwhileStore.before(store, "delete", 1, () -> commit(volume(), database(4, 2, 9))),
            false,
            TERM);
    assertTrue(late.delete());
    assertEquals(0, pages(volume(), Duration.ZERO));
  }
}
