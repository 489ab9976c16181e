package io.github.s3vfs.internal.diskcache;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;

/**
 * A slab that is being written. After a failure it is to be closed; what was written before stays
 * good. Not thread-safe.
 */
final class SlabWriter implements AutoCloseable {
  private final SeekableByteChannel channel;
  private final long slabBytes;
  private int slots = 1;
  private long end = Slab.TABLE;

  /**
   * @param channel of an empty file, becomes this object's
   * @param slabBytes the file is not longer
   */
  SlabWriter(SeekableByteChannel channel, long slabBytes) throws IOException {
    this.channel = channel;
    this.slabBytes = slabBytes;
    write(0, Slab.firstSlot());
  }

  /** Whether a body of that length still has room. */
  boolean takes(int length) {
    return slots < Slab.SLOTS && endWith(length) <= slabBytes;
  }

  /** How long the file is with one more body of that length. */
  long endWith(int length) {
    return Slab.aligned(end) + length;
  }

  /** How long the file is. */
  long end() {
    return end;
  }

  /** Appends a body of 1 byte or more, for which there is room; returns its slot. */
  int append(DiskKey key, byte[] body) throws IOException {
    int position = Math.toIntExact(Slab.aligned(end));
    ByteBuffer bytes = ByteBuffer.wrap(body);
    int slot = slots;
    Slab.Entry entry = new Slab.Entry(slot, key, position, body.length, Slab.crc(bytes));
    write(position, bytes);
    write((long) slot * Slab.SLOT_BYTES, Slab.encode(entry)); // now it counts
    slots++;
    end = position + (long) body.length;
    return slot;
  }

  private void write(long position, ByteBuffer bytes) throws IOException {
    channel.position(position);
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
