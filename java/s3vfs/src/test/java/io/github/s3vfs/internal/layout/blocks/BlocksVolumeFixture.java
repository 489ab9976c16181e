package io.github.s3vfs.internal.layout.blocks;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.S3Location;
import io.github.s3vfs.internal.layout.Journal;
import io.github.s3vfs.internal.layout.MemoryPageCache;
import io.github.s3vfs.internal.layout.Session;
import io.github.s3vfs.internal.store.InMemoryObjectStore;
import io.github.s3vfs.internal.store.Meter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

/** A volume over a store in memory, and a connection's calls on it, without SQLite. */
abstract class BlocksVolumeFixture {
  static final int BLOCK = 512;
  static final byte[] MAGIC = {
    (byte) 0xd9, (byte) 0xd5, 0x05, (byte) 0xf9, 0x20, (byte) 0xa1, 0x63, (byte) 0xd7
  };

  final RecordedStore store = new RecordedStore(new InMemoryObjectStore("bkt"));
  final BlocksVolume volume = volume(64 << 20);

  BlocksVolume volume(long writeBuffer) {
    return volume(writeBuffer, Duration.ofSeconds(20), Duration.ofSeconds(5));
  }

  BlocksVolume volume(long writeBuffer, Duration leaseTerm, Duration timeout) {
    return new BlocksVolume(
        new S3Location("bkt", "db"),
        store,
        new BlockCache(1 << 20, new Meter()),
        new MemoryPageCache(1 << 20),
        new BlocksSettings(BLOCK, true, writeBuffer, 8, leaseTerm, timeout),
        () -> false);
  }

  /** A database of that many pages of 512 bytes, all filled with a byte behind the header. */
  static byte[] database(int pages, int version, int fill) {
    byte[] bytes = new byte[pages * BLOCK];
    Arrays.fill(bytes, (byte) fill);
    ByteBuffer header = ByteBuffer.wrap(bytes);
    header.put("SQLite format 3\0".getBytes(StandardCharsets.US_ASCII));
    header.putShort(16, (short) 512).put(18, (byte) 1).put(19, (byte) 1);
    header.putInt(24, version).putInt(28, pages).putInt(92, version);
    return bytes;
  }

  static void write(Session session, byte[] bytes, int from, int until) {
    session.write(ByteBuffer.wrap(bytes, from, until - from), from);
  }

  void commit(Session session, byte[] bytes, boolean journalled) {
    commit(volume, session, bytes, journalled);
  }

  static void commit(BlocksVolume volume, Session session, byte[] bytes, boolean journalled) {
    assertTrue(session.beginRead());
    assertTrue(session.beginWrite(false));
    Journal journal = volume.journal();
    if (journalled) {
      journal.write(ByteBuffer.wrap(new byte[2 * BLOCK]), 0);
      journal.write(ByteBuffer.wrap(MAGIC), 0);
      journal.sync();
    }
    write(session, bytes, 0, bytes.length);
    session.truncate(bytes.length);
    session.sync();
    if (journalled) {
      journal.delete();
    }
    session.committed();
    session.endWrite();
    session.endRead();
  }

  byte[] stored() {
    return Blocks.concatenated(store.memory(), "db/");
  }

  byte[] read(Session session, int count) {
    session.beginRead();
    assertFalse(volume.journal().exists());
    ByteBuffer all = ByteBuffer.allocate(count);
    for (int at = 0; at < count; at += BLOCK) {
      session.read(all.slice(at, BLOCK), at);
    }
    session.endRead();
    return all.array();
  }
}
