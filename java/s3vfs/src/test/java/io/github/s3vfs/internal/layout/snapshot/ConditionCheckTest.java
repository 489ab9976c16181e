package io.github.s3vfs.internal.layout.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.Session;
import io.github.s3vfs.internal.store.FaultPlan;
import io.github.s3vfs.internal.store.InMemoryObjectStore.Request;
import org.junit.jupiter.api.Test;

class ConditionCheckTest extends SnapshotFixture {
  @Test
  void aDatabaseThatIsDeletedWhileItIsMadeIsNoSignOfAStoreWithoutConditions() {
    SnapshotVolume volume =
        volume(MeanwhileStore.behind(store, "put", 1, () -> store.drop(HEAD)), false, TERM);
    Session writer = begin(volume);
    S3VfsException e = assertThrows(S3VfsException.class, () -> writer.beginWrite(false));
    assertEquals(ErrorKind.CONFLICT, e.kind());
    commit(volume(), database(1, 1, 7));
    assertStored(database(1, 1, 7));
  }

  @Test
  void aCheckThatTakesEffectBehindADeletionBringsNothingBack() {
    store
        .faults()
        .on(Request.PUT)
        .key(HEAD)
        .nth(2)
        .failNowTakeEffectLater(FaultPlan.unavailable(), Integer.MAX_VALUE);
    SnapshotVolume reader = volume();
    commit(volume(), database(1, 1, 7));
    assertEquals(1, read(reader).length / PAGE);
    Nonce before = head().record().uuid();
    volume().delete();
    assertEquals(1, store.faults().lateEffects());
    store.faults().releaseLate();
    assertNull(head().claim());
    assertNotEquals(before, head().record().uuid());
    commit(volume(), database(2, 1, 9));
    assertEquals(2, read(reader).length / PAGE);
  }
}
