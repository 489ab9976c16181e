package io.github.s3vfs.internal.layout.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.S3Version;
import io.github.s3vfs.internal.layout.PointInTime;
import io.github.s3vfs.internal.layout.Session;
import io.github.s3vfs.internal.layout.snapshot.CutOffStore.Last;
import io.github.s3vfs.internal.store.InMemoryObjectStore;
import io.github.s3vfs.internal.store.ObjectStore;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A database of {@value #PAGES} pages, what each of its versions holds, and a clock that stands
 * still. Not thread-safe.
 */
final class CommittedVersions {
  static final int PAGES = 400;
  static final Duration RETENTION = Duration.ofMinutes(15);
  private static final int PAGE = SnapshotFixture.PAGE;

  private final InMemoryObjectStore store;

  /** What each version holds, from version 1 on. */
  private final List<byte[]> contents;

  private final List<Instant> times;
  private Instant now;

  /** No database. */
  CommittedVersions() {
    this(
        new InMemoryObjectStore("bkt"),
        new ArrayList<>(),
        new ArrayList<>(),
        Instant.parse("2030-01-01T00:00:00Z"));
  }

  private CommittedVersions(
      InMemoryObjectStore store, List<byte[]> contents, List<Instant> times, Instant now) {
    this.store = store;
    this.contents = contents;
    this.times = times;
    this.now = now;
    store.setClock(() -> this.now);
  }

  /** The same database in another store. */
  CommittedVersions copy() {
    return new CommittedVersions(
        store.copy(), new ArrayList<>(contents), new ArrayList<>(times), now);
  }

  InMemoryObjectStore store() {
    return store;
  }

  /** A process of its own. */
  SnapshotVolume volume() {
    return volume(new CutOffStore(store, Integer.MAX_VALUE, Last.LOST, () -> {}));
  }

  static SnapshotVolume volume(ObjectStore store) {
    return SnapshotFixture.volume(store, false, SnapshotFixture.TERM);
  }

  void pass(Duration time) {
    now = now.plus(time);
  }

  int newest() {
    return contents.size();
  }

  byte[] content(long version) {
    return contents.get((int) version - 1);
  }

  /** Commits a version in which some pages, counted from 1, are changed; by a new process. */
  void commit(int... pages) {
    commit(volume(), pages);
  }

  /** As the other one, by a process that there is. */
  void commit(SnapshotVolume volume, int... pages) {
    Session session = SnapshotFixture.begin(volume);
    change(session, pages);
    end(session, pages);
  }

  /** Makes the changes of the next version, and leaves them uncommitted. */
  void change(Session session, int... pages) {
    assertTrue(session.beginWrite(false), "it gets its claim");
    write(session, next(pages), pages);
  }

  /** Commits what {@link #change} has changed. */
  void end(Session session, int... pages) {
    byte[] next = next(pages);
    session.sync();
    SnapshotFixture.end(session);
    contents.add(next);
    times.add(now);
  }

  private byte[] next(int... pages) {
    int version = contents.size() + 1;
    byte[] header = SnapshotFixture.database(PAGES, version, 0);
    byte[] next = version == 1 ? header : content(version - 1).clone();
    System.arraycopy(header, 0, next, 0, 100);
    for (int page : pages) {
      next[(page - 1) * PAGE + 200] = (byte) version;
      next[(page - 1) * PAGE + 201] = (byte) (version >> 8);
      next[page * PAGE - 1] = (byte) page;
    }
    return next;
  }

  private void write(Session session, byte[] next, int... pages) {
    if (contents.isEmpty()) {
      SnapshotFixture.write(session, next);
      return;
    }
    session.write(ByteBuffer.wrap(next, 0, PAGE), 0);
    for (int page : pages) {
      int at = (page - 1) * PAGE;
      session.write(ByteBuffer.wrap(next, at, PAGE), at);
    }
  }

  /** The oldest version that was the newest one within the retention. */
  long oldestWithinRetention() {
    Instant since = now.minus(RETENTION);
    long oldest = newest();
    while (oldest > 1 && times.get((int) oldest - 1).isAfter(since)) {
      oldest--;
    }
    return oldest;
  }

  static byte[] read(Session session) {
    ByteBuffer bytes = ByteBuffer.allocate((int) session.size());
    session.read(bytes, 0);
    return bytes.array();
  }

  /** Every version within the retention is listed, and what was committed; by a new process. */
  void assertKept(String what) {
    SnapshotVolume fresh = volume();
    Set<Long> listed = new HashSet<>(fresh.versions().stream().map(S3Version::number).toList());
    for (long version = oldestWithinRetention(); version <= newest(); version++) {
      assertTrue(listed.contains(version), what + ": version " + version + " is listed");
      Session session = fresh.connectAt(new PointInTime.OfVersion(version));
      assertTrue(session.beginRead());
      assertArrayEquals(content(version), read(session), what + ": version " + version);
      session.close();
    }
    assertEquals(
        newest(), fresh.versions().get(0).number(), what + ": neither lost nor committed twice");
  }
}
