package io.github.s3vfs.internal.layout.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.Session;
import io.github.s3vfs.internal.store.InMemoryObjectStore.Request;
import io.github.s3vfs.internal.store.ObjectStore;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Pages are stored anew in few segments, and nobody sees anything of it. */
class CompactionTest extends SnapshotFixture {
  private static final int PAGES = 200;

  private final SnapshotVolume volume = volume();
  private final byte[] file = database(PAGES, 1, 1);

  @BeforeEach
  void create() {
    commit(volume, file);
  }

  /** Commits a change of some pages. */
  private void change(SnapshotVolume by, int version, int... pages) {
    Session session = begin(by);
    assertTrue(session.beginWrite(false));
    changeIn(session, version, pages);
    session.sync();
    end(session);
  }

  private void changeIn(Session session, int version, int... pages) {
    byte[] header = database(PAGES, version, file[100]);
    System.arraycopy(header, 0, file, 0, 100);
    session.write(ByteBuffer.wrap(file, 0, PAGE), 0);
    for (int page : pages) {
      int at = (page - 1) * PAGE;
      file[at + PAGE - 1] = (byte) version;
      session.write(ByteBuffer.wrap(file, at, PAGE), at);
    }
  }

  /** Of a process that reads all of the file. */
  private int requestsToRead() {
    SnapshotVolume reader = volume();
    store.resetCounts();
    reader.connect(true, Duration.ZERO).close();
    ByteBuffer read = ByteBuffer.allocate(file.length);
    reader.content().forEachRemaining(read::put);
    assertArrayEquals(file, read.array());
    return store.count(Request.GET);
  }

  private void scatter(int commits) {
    for (int i = 1; i <= commits; i++) {
      change(volume, i + 1, 2 + i * 7 % (PAGES - 2), 2 + i * 31 % (PAGES - 2));
    }
  }

  @Test
  void makesAScatteredDatabaseCheapToRead() {
    scatter(40);
    int before = requestsToRead();
    Head old = head();
    SnapshotVolume other = volume();
    store.resetCounts();
    assertTrue(other.compact() >= PAGES / 2);
    int needed = store.count(Request.GET);
    assertTrue(needed <= before + 2, needed + " requests to read it once, and the head");
    int after = requestsToRead();
    assertTrue(before > 20, before + " requests before");
    assertTrue(after <= 4, after + " requests after");
    assertTrue(head().record().isSameCommit(old.record()));
    assertEquals(old.record().time(), head().record().time());
    assertEquals(old.record().past(), head().record().past());
    assertNotEquals(old.place(), head().place());
    int segments = segments().size();
    assertEquals(0, volume.compact(), "there is nothing left to do");
    assertEquals(segments, segments().size());
  }

  @Test
  void doesNothingWhereThereIsNothing() {
    assertEquals(0, new SnapshotFixture() {}.volume().compact());
    assertEquals(0, volume.compact());
    assertStored(file);
  }

  @Test
  void leavesAClaimAndTheTransactionsOfOthersAlone() {
    scatter(30);
    SnapshotVolume other = volume();
    Session writer = begin(other);
    assertTrue(writer.beginWrite(false));
    Head.Claim claim = head().claim();
    assertTrue(volume.compact() > 0);
    assertEquals(claim, head().claim());
    FrameRef compacted = head().place();
    changeIn(writer, 99, 50);
    writer.sync();
    end(writer);
    assertNull(head().claim());
    assertStored(file);
    assertEquals(compacted, head().record().past().get(0).record());
    assertTrue(requestsToRead() <= 6, "the commit is made upon what was compacted");
  }

  @Test
  void goesOnBesideCommitsOfTheSameProcess() {
    scatter(30);
    Session writer = begin(volume);
    assertTrue(writer.beginWrite(false));
    assertTrue(volume.compact() > 0);
    changeIn(writer, 99, 50);
    writer.sync();
    end(writer);
    assertStored(file);
    change(volume, 100, 51);
    assertStored(file);
    assertTrue(requestsToRead() <= 8);
  }

  @Test
  void keepsWhatWasCommittedWhilePagesWereStored() {
    scatter(30);
    SnapshotVolume other = volume();
    Commits commits = new Commits(other);
    SnapshotVolume slow = volume(commits.during(store), false, TERM);
    assertTrue(slow.compact() > 0);
    assertTrue(commits.done > 0);
    assertStored(file);
    assertTrue(requestsToRead() <= 4 + 2 * commits.done);
    change(volume, 120, 7);
    assertStored(file);
  }

  @Test
  void anInterruptLeavesNothingOfIt() {
    scatter(30);
    List<String> before = segments();
    store.faults().on(Request.PUT).key(key -> key.contains(SegmentName.PREFIX)).answerSlowly();
    SnapshotVolume slow =
        volume(
            MeanwhileStore.beforePuts(
                store,
                key -> {
                  if (key.contains(SegmentName.PREFIX)) {
                    Thread.currentThread().interrupt();
                  }
                }),
            false,
            TERM);
    S3VfsException e = assertThrows(S3VfsException.class, slow::compact);
    assertTrue(Thread.interrupted());
    assertEquals(ErrorKind.INTERRUPTED, e.kind());
    assertEquals(before, segments());
    assertStored(file);
  }

  /** Commits that are made while somebody else stores segments. */
  private final class Commits {
    private final SnapshotVolume volume;
    private int done;
    private boolean within;

    Commits(SnapshotVolume volume) {
      this.volume = volume;
    }

    ObjectStore during(ObjectStore store) {
      return MeanwhileStore.beforePuts(
          store,
          key -> {
            if (!within && done < 3 && key.contains(SegmentName.PREFIX)) {
              within = true;
              done++;
              change(volume, 100 + done, 10 + done, 2 + done * 31 % 100);
              within = false;
            }
          });
    }
  }

  @Test
  void isGivenUpWhereOthersChangeTheHeadAgainAndAgain() {
    scatter(30);
    SnapshotVolume other = volume();
    boolean[] within = new boolean[1];
    int[] done = new int[1];
    SnapshotVolume slow =
        volume(
            MeanwhileStore.beforePuts(
                store,
                key -> {
                  if (!within[0] && key.equals(HEAD)) {
                    within[0] = true;
                    done[0]++;
                    change(other, 100 + done[0], 10);
                    within[0] = false;
                  }
                }),
            false,
            TERM);
    assertEquals(0, slow.compact());
    assertTrue(done[0] > 1);
    assertStored(file);
    int most = 31 + done[0] + 1 + done[0];
    assertTrue(segments().size() <= most, segments().size() + " segments, more than " + most);
  }
}
