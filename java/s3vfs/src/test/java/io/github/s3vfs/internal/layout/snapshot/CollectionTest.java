package io.github.s3vfs.internal.layout.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3Version;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.PointInTime;
import io.github.s3vfs.internal.layout.Session;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Versions that are kept stay whole; what only older ones need goes. */
class CollectionTest extends SnapshotFixture {
  private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");

  /** Of the fixture, in minutes. */
  private static final int RETENTION = 15;

  private final SnapshotVolume volume = volume();

  /** What each version holds, from version 1 on. */
  private final List<byte[]> versions = new ArrayList<>();

  private Instant now = START;

  @BeforeEach
  void clock() {
    store.setClock(() -> now);
  }

  /** Commits a version, so many minutes after the one before. */
  private void commitAfter(int minutes) {
    now = now.plus(Duration.ofMinutes(minutes));
    int version = versions.size() + 1;
    byte[] file = database(3 + version % 5, version, version);
    commit(volume, file);
    versions.add(file);
  }

  /** Collects, ten seconds after the last commit. */
  private int collect() {
    now = now.plusSeconds(10);
    return volume.collect();
  }

  private static byte[] read(Session session) {
    assertTrue(session.beginRead());
    ByteBuffer bytes = ByteBuffer.allocate((int) session.size());
    session.read(bytes, 0);
    session.close();
    return bytes.array();
  }

  private static PointInTime version(long number) {
    return new PointInTime.OfVersion(number);
  }

  private void assertKept(long oldest) {
    SnapshotVolume fresh = volume();
    assertEquals(
        LongStream.rangeClosed(oldest, versions.size())
            .map(v -> versions.size() + oldest - v)
            .boxed()
            .toList(),
        fresh.versions().stream().map(S3Version::number).toList());
    for (long v = 1; v <= versions.size(); v++) {
      long each = v;
      if (v >= oldest) {
        assertArrayEquals(versions.get((int) v - 1), read(volume().connectAt(version(v))), "" + v);
      } else {
        S3VfsException e =
            assertThrows(S3VfsException.class, () -> volume().connectAt(version(each)));
        assertEquals(ErrorKind.EXPIRED, e.kind());
      }
    }
  }

  @Test
  void everyVersionCanBeReadBeforeAnythingWasCollected() {
    for (int i = 0; i < 70; i++) {
      commitAfter(i % 3);
    }
    assertKept(1);
    for (int i = 0; i < 5; i++) {
      Instant time = START.plus(Duration.ofMinutes(10L * i)).plusSeconds(30);
      long expected =
          volume.versions().stream()
              .filter(v -> !v.time().isAfter(time))
              .mapToLong(S3Version::number)
              .max()
              .orElseThrow();
      byte[] read = read(volume().connectAt(new PointInTime.OfTime(time)));
      assertArrayEquals(versions.get((int) expected - 1), read);
    }
  }

  @Test
  void versionsThatWereReplacedLongerAgoThanTheRetentionGo() {
    for (int i = 0; i < 40; i++) {
      commitAfter(1);
    }
    assertEquals(0, collect(), "nothing is known to be older than the first epoch");
    assertKept(25); // replaced 14 minutes ago
    for (int i = 0; i < 40; i++) {
      commitAfter(1);
    }
    assertTrue(collect() >= 35);
    assertKept(65);
    for (int i = 0; i < 10; i++) {
      commitAfter(5);
    }
    assertTrue(collect() >= 20);
    assertKept(87);
  }

  @Test
  void onlyWhatTheNewestVersionNeedsIsLeftWhenAllOthersAreOld() {
    for (int i = 0; i < 40; i++) {
      commitAfter(1);
    }
    now = now.plus(Duration.ofMinutes(RETENTION + 1));
    assertTrue(volume.collect() >= 35);
    assertKept(40);
    assertEquals(1, segments().size());
    commitAfter(1);
    assertKept(40);
  }

  @Test
  void whatFailedCommitsHaveLeftGoes() {
    commitAfter(1);
    String orphan = new SegmentName(1, new Nonce(5, 5), 0).key("db");
    store.poke(orphan, new byte[] {1, 2, 3});
    store.poke("db/s/not-ours", new byte[] {1});
    commitAfter(1);
    now = now.plus(Duration.ofMinutes(RETENTION + 1));
    assertEquals(2, volume.collect());
    assertTrue(!segments().contains(orphan) && segments().contains("db/s/not-ours"));
    assertKept(2);
  }

  @Test
  void aReaderOfAVersionThatWasCollectedIsTold() {
    commitAfter(1);
    Session reader = begin(volume());
    commitAfter(1);
    now = now.plus(Duration.ofMinutes(RETENTION + 1));
    assertEquals(1, volume.collect());
    ByteBuffer bytes = ByteBuffer.allocate(PAGE);
    S3VfsException e = assertThrows(S3VfsException.class, () -> reader.read(bytes, 2 * PAGE));
    assertEquals(ErrorKind.EXPIRED, e.kind());
    assertTrue(String.valueOf(e.getMessage()).contains("version 1 "), e::toString);
    reader.endRead();
    assertTrue(reader.beginRead());
    bytes.clear();
    assertEquals(PAGE, reader.read(bytes, 2 * PAGE));
  }

  @Test
  void aReaderOfTheNewestVersionGoesOnWhenItWasCompactedAndCollected() {
    byte[] file = database(60, 1, 1);
    commit(volume, file);
    for (int i = 2; i < 40; i++) {
      Session session = begin(volume);
      assertTrue(session.beginWrite(false));
      System.arraycopy(database(60, i, 1), 0, file, 0, 100);
      file[i * PAGE + 300] = (byte) i;
      session.write(ByteBuffer.wrap(file, 0, PAGE), 0);
      session.write(ByteBuffer.wrap(file, i * PAGE, PAGE), (long) i * PAGE);
      session.sync();
      end(session);
    }
    SnapshotVolume other = volume();
    Session reader = begin(other);
    Session writer = begin(other);
    assertTrue(volume.compact() > 0);
    now = now.plus(Duration.ofMinutes(RETENTION + 1));
    assertTrue(volume.collect() > 30);
    ByteBuffer bytes = ByteBuffer.allocate(file.length);
    assertEquals(file.length, reader.read(bytes, 0));
    assertArrayEquals(file, bytes.array());
    assertTrue(writer.beginWrite(false), "it is still the newest version");
    file[700] = 99;
    writer.write(ByteBuffer.wrap(file, PAGE, PAGE), PAGE);
    writer.write(ByteBuffer.wrap(database(60, 40, 1), 0, 100), 0);
    System.arraycopy(database(60, 40, 1), 0, file, 0, 100);
    writer.sync();
    end(writer);
    assertStored(file);
  }

  @Test
  void aMissingSegmentThatWasNotCollectedIsDamage() {
    commitAfter(1);
    commitAfter(1);
    Session reader = begin(volume());
    segments().forEach(store::drop);
    S3VfsException e =
        assertThrows(S3VfsException.class, () -> reader.read(ByteBuffer.allocate(PAGE), 2 * PAGE));
    assertEquals(ErrorKind.CORRUPT, e.kind());
    S3VfsException gone = assertThrows(S3VfsException.class, () -> volume().connectAt(version(1)));
    assertEquals(ErrorKind.CORRUPT, gone.kind());
  }

  @Test
  void aWriterThatIsStoringItsCommitStoresItAgain() {
    commitAfter(1);
    commitAfter(1);
    SnapshotVolume other = volume();
    byte[] file = database(4, 3, 3);
    Session writer = written(other, file);
    now = now.plus(Duration.ofMinutes(RETENTION + 1));
    assertEquals(1, volume.collect());
    writer.sync();
    end(writer);
    versions.add(file);
    assertKept(2);
  }

  @Test
  void aVersionThatDoesNotExistYetIsNotFound() {
    S3VfsException none = assertThrows(S3VfsException.class, volume::versions);
    assertEquals(ErrorKind.NOT_FOUND, none.kind());
    commitAfter(1);
    S3VfsException e = assertThrows(S3VfsException.class, () -> volume.connectAt(version(2)));
    assertEquals(ErrorKind.NOT_FOUND, e.kind());
    PointInTime early = new PointInTime.OfTime(START.minusSeconds(1));
    S3VfsException before = assertThrows(S3VfsException.class, () -> volume.connectAt(early));
    assertEquals(ErrorKind.EXPIRED, before.kind());
  }

  @Test
  void anEarlierVersionIsForReading() {
    commitAfter(1);
    commitAfter(1);
    Session session = volume.connectAt(version(1));
    assertTrue(session.beginRead());
    S3VfsException e = assertThrows(S3VfsException.class, () -> session.beginWrite(false));
    assertEquals(ErrorKind.READ_ONLY, e.kind());
    assertEquals(versions.get(0).length, session.size());
  }
}
