package io.github.s3vfs.internal.layout.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.S3Location;
import io.github.s3vfs.internal.layout.MemoryPageCache;
import io.github.s3vfs.internal.layout.Session;
import io.github.s3vfs.internal.store.InMemoryObjectStore;
import io.github.s3vfs.internal.store.Meter;
import io.github.s3vfs.internal.store.ObjectStore;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** Volumes over a store in memory, as several processes have them, without SQLite. */
abstract class SnapshotFixture {
  static final int PAGE = 512;
  static final String HEAD = "db/head";
  static final Duration TERM = Duration.ofSeconds(20);
  static final Duration TIMEOUT = Duration.ofSeconds(5);

  final InMemoryObjectStore store = new InMemoryObjectStore("bkt");

  SnapshotVolume volume() {
    return volume(store, false, TERM);
  }

  SnapshotVolume optimistic() {
    return volume(store, true, TERM);
  }

  static SnapshotVolume volume(ObjectStore store, boolean optimistic, Duration term) {
    return volume(store, optimistic, term, TIMEOUT);
  }

  static SnapshotVolume volume(
      ObjectStore store, boolean optimistic, Duration term, Duration timeout) {
    return new SnapshotVolume(
        new S3Location("bkt", "db"),
        store,
        new FrameCache(1 << 20, new Meter()),
        new MemoryPageCache(1 << 20),
        new SnapshotSettings(1 << 20, optimistic, term, Duration.ofMinutes(15), false, timeout),
        () -> false,
        inOrder());
  }

  /** Frames are decoded by whoever gets them: requests of one thread come in the same order. */
  private static Surroundings inOrder() {
    Surroundings real = Surroundings.real();
    return new Surroundings(
        real.nanoTime(),
        real.wallMillis(),
        real.nonces(),
        Runnable::run,
        real.frames(),
        real.locks(),
        real.repetition());
  }

  /** A database of that many pages of 512 bytes, all filled with a byte behind the header. */
  static byte[] database(int pages, int version, int fill) {
    byte[] bytes = new byte[pages * PAGE];
    Arrays.fill(bytes, (byte) fill);
    ByteBuffer header = ByteBuffer.wrap(bytes);
    header.put("SQLite format 3\0".getBytes(StandardCharsets.US_ASCII));
    header.putShort(16, (short) PAGE).put(18, (byte) 1).put(19, (byte) 1);
    header.putInt(24, version).putInt(28, pages).putInt(92, version);
    return bytes;
  }

  static Session begin(SnapshotVolume volume) {
    Session session = volume.connect(false, Duration.ZERO);
    assertTrue(session.beginRead());
    return session;
  }

  /** A transaction that has written all of a database and is to be committed. */
  static Session written(SnapshotVolume volume, byte[] bytes) {
    Session session = begin(volume);
    assertTrue(session.beginWrite(false));
    write(session, bytes);
    return session;
  }

  static void write(Session session, byte[] bytes) {
    for (int at = 0; at < bytes.length; at += PAGE) {
      session.write(ByteBuffer.wrap(bytes, at, PAGE), at);
    }
    session.truncate(bytes.length);
  }

  static void end(Session session) {
    session.committed();
    session.endWrite();
    session.endRead();
  }

  static void commit(SnapshotVolume volume, byte[] bytes) {
    Session session = written(volume, bytes);
    session.sync();
    end(session);
  }

  /** What a new process reads. */
  byte[] stored() {
    return read(volume());
  }

  static byte[] read(SnapshotVolume volume) {
    Session session = begin(volume);
    ByteBuffer bytes = ByteBuffer.allocate((int) session.size());
    session.read(bytes, 0);
    session.close();
    return bytes.array();
  }

  void assertStored(byte[] expected) {
    assertArrayEquals(expected, stored());
  }

  Head head() {
    byte[] bytes = store.peek(HEAD);
    assertNotNull(bytes);
    return Head.decode(bytes, HEAD);
  }

  List<String> segments() {
    return store.keys("db/s/");
  }
}
