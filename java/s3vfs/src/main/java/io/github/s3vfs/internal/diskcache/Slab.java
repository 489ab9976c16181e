package io.github.s3vfs.internal.diskcache;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The format of a slab, a file that bytes are appended to by one process and that all may read: a
 * table of {@value #SLOTS} slots of {@value #SLOT_BYTES} bytes, then the bodies. Slot 0 is a magic
 * number; each of the others is zeros, or says of one body (integers are big-endian):
 *
 * <table>
 * <caption>A slot</caption>
 * <tr><td>16</td><td>key</td></tr>
 * <tr><td>4</td><td>position of the body in the file</td></tr>
 * <tr><td>4</td><td>length of the body</td></tr>
 * <tr><td>4</td><td>CRC-32C of the body</td></tr>
 * <tr><td>4</td><td>CRC-32C of these 28 bytes</td></tr>
 * </table>
 *
 * <p>A slot is written behind its body, and nothing is ever written anew. Both are verified
 * whenever a body is read, so that nothing is to be forced to the disk, and no file is to be
 * believed.
 */
final class Slab {
  static final int SLOTS = 2048;
  static final int SLOT_BYTES = 32;

  /** Where bodies begin. */
  static final int TABLE = SLOTS * SLOT_BYTES;

  private static final long MAGIC = 0x5333_5646_534c_4231L; // "S3VFSLB1"

  /** Bodies begin at multiples of it: so there are not more of them than the size says. */
  private static final int ALIGNMENT = 512;

  private static final Set<OpenOption> READ =
      Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);

  private Slab() {}

  /** A body in a slab. */
  record Entry(int slot, DiskKey key, int position, int length, int crc) {}

  /** What a slab begins with. */
  static ByteBuffer firstSlot() {
    return ByteBuffer.allocate(SLOT_BYTES).putLong(0, MAGIC);
  }

  /** A slot. */
  static ByteBuffer encode(Entry entry) {
    ByteBuffer bytes =
        ByteBuffer.allocate(SLOT_BYTES)
            .putLong(entry.key().high())
            .putLong(entry.key().low())
            .putInt(entry.position())
            .putInt(entry.length())
            .putInt(entry.crc());
    return bytes.putInt(crc(bytes.duplicate().flip())).flip();
  }

  /** What a slot says, or null if it is empty or damaged. */
  private static @Nullable Entry decode(int slot, ByteBuffer bytes) {
    DiskKey key = new DiskKey(bytes.getLong(0), bytes.getLong(8));
    Entry entry = new Entry(slot, key, bytes.getInt(16), bytes.getInt(20), bytes.getInt(24));
    boolean whole =
        bytes.getInt(28) == crc(bytes.slice(0, 28))
            && entry.position() >= TABLE
            && entry.length() > 0;
    return whole ? entry : null;
  }

  static int crc(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.duplicate());
    return (int) crc.getValue();
  }

  /** The first position, from this one on, where a body may begin. */
  static long aligned(long position) {
    return (position + ALIGNMENT - 1) & -ALIGNMENT;
  }

  /**
   * What a slab says that it has, without what is damaged; nothing if the file is no slab.
   *
   * @throws IOException if it cannot be read
   */
  static List<Entry> entries(Path file) throws IOException {
    List<Entry> entries = new ArrayList<>();
    try (SeekableByteChannel channel = Files.newByteChannel(file, READ)) {
      ByteBuffer table = ByteBuffer.allocate(TABLE); // what is missing is empty slots
      boolean unused = fill(channel, 0, table);
      if (table.getLong(0) == MAGIC) {
        for (int slot = 1; slot < SLOTS; slot++) {
          Entry entry = decode(slot, table.slice(slot * SLOT_BYTES, SLOT_BYTES));
          if (entry != null) {
            entries.add(entry);
          }
        }
      }
    }
    return entries;
  }

  /**
   * A body, verified.
   *
   * @return null if this slot does not have it, or it is damaged
   * @throws IOException if the file cannot be read
   */
  static byte @Nullable [] read(Path file, int slot, DiskKey key, int length) throws IOException {
    try (SeekableByteChannel channel = Files.newByteChannel(file, READ)) {
      ByteBuffer bytes = ByteBuffer.allocate(SLOT_BYTES);
      boolean there = fill(channel, (long) slot * SLOT_BYTES, bytes);
      Entry entry = there ? decode(slot, bytes) : null;
      if (entry == null || !entry.key().equals(key) || entry.length() != length) {
        return null;
      }
      byte[] body = new byte[length];
      boolean whole = fill(channel, entry.position(), ByteBuffer.wrap(body));
      return whole && crc(ByteBuffer.wrap(body)) == entry.crc() ? body : null;
    }
  }

  /** Reads bytes from a position; whether there were as many. */
  private static boolean fill(SeekableByteChannel channel, long position, ByteBuffer bytes)
      throws IOException {
    channel.position(position);
    int read = 0;
    while (read >= 0 && bytes.hasRemaining()) {
      read = channel.read(bytes);
    }
    return !bytes.hasRemaining();
  }
}
