package io.github.s3vfs.internal.layout.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.PointInTime;
import io.github.s3vfs.internal.layout.Session;
import io.github.s3vfs.internal.layout.snapshot.CutOffStore.Last;
import io.github.s3vfs.internal.store.InMemoryObjectStore.Request;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A process that compacts or collects is cut off at each of its requests, beside readers of old and
 * new versions and a writer in the middle of its transaction. Nobody loses anything, and the next
 * compaction and the next collections leave nothing behind.
 */
class UpkeepCrashTest {
  private static final boolean THOROUGH = Boolean.getBoolean("s3vfs.test.thorough");

  /** Of requests that only read, one in so many is looked at. */
  private static final int READS = THOROUGH ? 7 : 150;

  private static final int[] OF_THE_WRITER = {17, 205, 399};

  /** What the process does that is cut off. */
  enum Work {
    COMPACTION,
    COLLECTION,
    BOTH;

    private void run(SnapshotVolume volume) {
      if (this != COLLECTION) {
        var unused = volume.compact();
      }
      if (this != COMPACTION) {
        var unused = volume.collect();
      }
    }
  }

  /** How the work lies to the commit of the writer beside it. */
  enum Order {
    /** The process is cut off, then the writer commits. */
    BEFORE,
    /** The same; what comes late comes behind the commit. */
    BEFORE_AND_LATE_BEHIND,
    /** When it begins the writer has stored its segments, and not yet the head. */
    WITHIN
  }

  /** Of so many versions that a part of the map is a run, the last ones within the retention. */
  private static CommittedVersions scattered() {
    CommittedVersions versions = new CommittedVersions();
    SnapshotVolume volume = versions.volume();
    versions.commit(volume);
    for (int i = 0; i < CommittedVersions.PAGES; i++) {
      versions.pass(Duration.ofSeconds(1));
      versions.commit(volume, 2 + i * 7 % (CommittedVersions.PAGES - 1));
    }
    assertEquals(0, versions.volume().collect(), "what is stored from now on has a later epoch");
    commitWithinRetention(versions);
    return versions;
  }

  private static void commitWithinRetention(CommittedVersions versions) {
    SnapshotVolume volume = versions.volume();
    for (int i = 0; i < 8; i++) {
      versions.pass(Duration.ofMinutes(2));
      versions.commit(volume, 3 + 11 * i, 4 + 11 * i, 350 - 29 * i);
    }
  }

  /** The same, compacted and collected once. */
  private static CommittedVersions compacted() {
    CommittedVersions versions = scattered();
    assertTrue(versions.volume().compact() > 0);
    assertEquals(
        Set.of(),
        missing(versions),
        "a compaction takes nothing away, and what it refers to is stored");
    commitWithinRetention(versions);
    assertTrue(versions.volume().collect() > 0);
    commitWithinRetention(versions);
    return versions;
  }

  private static Set<String> missing(CommittedVersions versions) {
    Set<String> missing = new HashSet<>(Heads.referenced(versions.store(), "db"));
    versions.store().keys().forEach(missing::remove);
    return missing;
  }

  @ParameterizedTest
  @CsvSource({
    "COMPACTION, false",
    "COMPACTION, true",
    "COLLECTION, false",
    "COLLECTION, true",
    "BOTH, false",
    "BOTH, true"
  })
  void takesNothingFromAnybodyAndLeavesNothing(Work work, boolean compactedBefore) {
    CommittedVersions base = compactedBefore ? compacted() : scattered();
    List<Request> requests =
        new Case(base.copy(), work, Integer.MAX_VALUE, Last.LOST, Order.BEFORE).check();
    assertTrue(requests.contains(Request.PUT), requests + "");
    assertTrue(work == Work.COMPACTION || requests.contains(Request.DELETE_ALL), requests + "");
    int cases = 0;
    int reads = 0;
    for (int n = 1; n <= requests.size(); n++) {
      Request at = requests.get(n - 1);
      boolean changes = at != Request.GET && at != Request.LIST;
      if (!changes && n > 4 && reads++ % READS != 0) {
        continue;
      }
      for (Last last : changes ? EnumSet.allOf(Last.class) : EnumSet.of(Last.LOST)) {
        for (Order order : EnumSet.allOf(Order.class)) {
          boolean differs = order != Order.BEFORE_AND_LATE_BEHIND || last == Last.LATE;
          if (differs && (last != Last.PARTLY || at == Request.DELETE_ALL)) {
            cases++;
            List<Request> sent = new Case(base.copy(), work, n, last, order).check();
            assertEquals(n, sent.size(), "the same requests again");
            assertEquals(at, sent.get(n - 1), "the same requests again");
          }
        }
      }
    }
    assertTrue(cases >= 16, cases + " cases of " + requests.size() + " requests");
  }

  /** One cut, and all that goes on beside it and after it. */
  private static final class Case {
    private final CommittedVersions versions;
    private final Work work;
    private final int until;
    private final Last last;
    private final Order order;
    private final String what;

    /** What happens when the writer is about to change the head. */
    private Runnable interlude = () -> {};

    Case(CommittedVersions versions, Work work, int until, Last last, Order order) {
      this.versions = versions;
      this.work = work;
      this.until = until;
      this.last = last;
      this.order = order;
      this.what = work + ", request " + until + " " + last + ", " + order + " the commit";
    }

    /** The requests that the process has sent before it was cut off. */
    List<Request> check() {
      long oldest = versions.oldestWithinRetention();
      assertTrue(oldest < versions.newest() - 2 && oldest > 1, "some are kept, and some are not");
      Reader pinned =
          new Reader(
              oldest + 1, versions.volume().connectAt(new PointInTime.OfVersion(oldest + 1)));
      Reader old = new Reader(versions.newest(), SnapshotFixture.begin(versions.volume()));
      versions.commit(20, 30);
      Reader newest = new Reader(versions.newest(), SnapshotFixture.begin(versions.volume()));
      List<Reader> readers = List.of(pinned, old, newest);
      Session writer = SnapshotFixture.begin(writing());
      versions.change(writer, OF_THE_WRITER);

      CutOffStore store =
          new CutOffStore(versions.store(), until, last, () -> readers.forEach(Reader::readAPage));
      if (order == Order.WITHIN) {
        interlude = () -> cut(store, readers);
      } else {
        cut(store, readers);
      }
      versions.end(writer, OF_THE_WRITER);
      assertFalse(store.sent().isEmpty(), what);
      store.late();
      assertUnharmed(readers, "behind the commit");

      versions.volume().compact();
      assertUnharmed(readers, "behind the next compaction");
      versions.volume().collect();
      assertUnharmed(readers, "behind the next collection");
      assertEquals(0, versions.volume().compact(), what + ": nothing is left to compact");
      assertNothingIsLeft();
      readers.forEach(Reader::readAllOrNothing);
      versions.commit(8, 9);
      versions.assertKept(what + ", afterwards");
      return store.sent();
    }

    private SnapshotVolume writing() {
      return CommittedVersions.volume(
          MeanwhileStore.beforePuts(
              versions.store(),
              key -> {
                if (key.equals(SnapshotFixture.HEAD)) {
                  Runnable now = interlude;
                  interlude = () -> {};
                  now.run();
                }
              }));
    }

    private void cut(CutOffStore store, List<Reader> readers) {
      boolean ended = isEnded(store);
      assertEquals(store.sent().size() < until, ended, what);
      if (order != Order.BEFORE_AND_LATE_BEHIND) {
        store.late();
      }
      assertUnharmed(readers, "before the commit");
    }

    /** Whether the process has come to its end. */
    private boolean isEnded(CutOffStore store) {
      try {
        work.run(CommittedVersions.volume(store));
        return true;
      } catch (S3VfsException e) {
        assertEquals(ErrorKind.CLOSED, e.kind(), what + ": " + e);
        return false;
      }
    }

    private void assertUnharmed(List<Reader> readers, String when) {
      readers.forEach(reader -> reader.readAll(when));
      versions.assertKept(what + ", " + when);
      assertEquals(Set.of(), missing(versions), what + ", " + when);
    }

    private void assertNothingIsLeft() {
      versions.pass(CommittedVersions.RETENTION.plusMinutes(1));
      versions.volume().collect();
      versions.volume().collect();
      versions.assertKept(what + ", at last");
      Set<String> left = new HashSet<>(versions.store().keys("db/s/"));
      assertEquals(Heads.referenced(versions.store(), "db"), left, what);
      assertEquals(left.size() + 1, versions.store().keys().size(), what);
    }

    /** Somebody in a read transaction. */
    private final class Reader {
      private final long version;
      private final Session session;
      private int next;

      Reader(long version, Session session) {
        this.version = version;
        this.session = session;
        assertTrue(session.beginRead());
        readAPage();
      }

      private void readAPage() {
        next = (next + 37) % CommittedVersions.PAGES;
        ByteBuffer page = ByteBuffer.allocate(SnapshotFixture.PAGE);
        int at = next * SnapshotFixture.PAGE;
        assertEquals(SnapshotFixture.PAGE, session.read(page, at), what);
        assertEquals(
            ByteBuffer.wrap(versions.content(version), at, SnapshotFixture.PAGE),
            page.flip(),
            what + ": page " + (next + 1) + " of version " + version);
      }

      private void readAll(String when) {
        assertArrayEquals(
            versions.content(version),
            CommittedVersions.read(session),
            what + ", " + when + ": version " + version);
      }

      /** The version is not kept any more. */
      private void readAllOrNothing() {
        try {
          readAll("at last");
        } catch (S3VfsException e) {
          assertEquals(ErrorKind.EXPIRED, e.kind(), what + ": " + e);
        }
      }
    }
  }
}
