package io.github.s3vfs.internal.layout.snapshot;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A stored file with changes on top that are not stored: the changed pages, and how much of the
 * stored file they leave. Changes that do not fit into memory are in a temporary file. Not
 * thread-safe.
 */
final class ChangedFile implements AutoCloseable {

  /** The stored file. */
  interface Stored {
    /** Copies a part of a page, which is there. */
    void read(long page, int start, ByteBuffer dst, int count);
  }

  private static final int DEFAULT_PAGE = 4096;

  private final Stored stored;
  private final ScratchFile contents;
  private final PageSlots slots = new PageSlots();

  /** In bytes; 0 until the first write to an empty file tells. */
  private int pageSize;

  private long kept;
  private long length;

  /**
   * @param pageSize of the stored file in bytes; 0 if it is empty
   * @param storedLength in bytes
   * @param memoryBytes how much is kept in memory
   */
  ChangedFile(Stored stored, int pageSize, long storedLength, long memoryBytes) {
    this.stored = stored;
    this.pageSize = pageSize;
    this.kept = storedLength;
    this.length = storedLength;
    this.contents = new ScratchFile(memoryBytes);
  }

  long length() {
    return length;
  }

  /** How much of the stored file is still part of this one. */
  long kept() {
    return kept;
  }

  /** In bytes; 0 for an empty file that was never written to. */
  int pageSize() {
    return pageSize;
  }

  int read(ByteBuffer dst, long position) {
    int count = (int) Math.max(0, Math.min(dst.remaining(), length - position));
    if (pageSize == 0) {
      dst.put(new byte[count]);
      return count;
    }
    long at = position;
    while (at < position + count) {
      long page = at / pageSize + 1;
      int start = (int) (at % pageSize);
      int part = (int) Math.min(pageSize - start, position + count - at);
      readPart(page, start, dst, part);
      at += part;
    }
    return count;
  }

  /** Bytes of one page. */
  private void readPart(long page, int start, ByteBuffer dst, int count) {
    int slot = slots.get(page);
    if (slot >= 0) {
      ByteBuffer part = dst.slice(dst.position(), count);
      contents.read(part, (long) slot * pageSize + start);
      dst.position(dst.position() + count);
      return;
    }
    int there = (int) Math.max(0, Math.min(count, kept - (page - 1) * pageSize - start));
    if (there > 0) {
      stored.read(page, start, dst, there);
    }
    dst.put(new byte[count - there]);
  }

  void write(ByteBuffer src, long position) {
    if (pageSize == 0) {
      int first = src.remaining();
      boolean isPageSize = first >= 512 && first <= 65536 && Integer.bitCount(first) == 1;
      pageSize = isPageSize ? first : DEFAULT_PAGE;
    }
    long at = position;
    while (src.hasRemaining()) {
      long page = at / pageSize + 1;
      int start = (int) (at % pageSize);
      int part = Math.min(pageSize - start, src.remaining());
      writePart(page, start, src, part);
      at += part;
    }
    length = Math.max(length, at);
  }

  private void writePart(long page, int start, ByteBuffer src, int count) {
    int slot = slots.get(page);
    if (slot < 0) {
      slot = slots.size();
      if (count < pageSize) {
        ByteBuffer whole = ByteBuffer.allocate(pageSize);
        readPart(page, 0, whole, pageSize);
        contents.write(whole.flip(), (long) slot * pageSize);
      }
      slots.put(page, slot);
    }
    ByteBuffer part = src.slice(src.position(), count);
    contents.write(part, (long) slot * pageSize + start);
    src.position(src.position() + count);
  }

  /** Sets the length; what was cut off reads as zeros if the file grows again. */
  void truncate(long size) {
    if (size < length && pageSize > 0) {
      kept = Math.min(kept, size);
      for (long page : slots.sorted()) {
        long start = (page - 1) * pageSize;
        int left = (int) Math.max(0, Math.min(pageSize, size - start));
        if (left < pageSize) {
          contents.write(
              ByteBuffer.allocate(pageSize - left), (long) slots.get(page) * pageSize + left);
        }
      }
    }
    length = size;
  }

  /**
   * Numbers of the changed pages within the length, ascending.
   *
   * @param last the greatest that is wanted
   */
  long[] changed(long last) {
    long pages = pageSize == 0 ? 0 : Math.min(last, (length + pageSize - 1) / pageSize);
    long[] sorted = slots.sorted();
    int end = sorted.length;
    while (end > 0 && sorted[end - 1] > pages) {
      end--;
    }
    return end == sorted.length ? sorted : Arrays.copyOf(sorted, end);
  }

  /** A changed page. */
  byte[] page(long page) {
    byte[] bytes = new byte[pageSize];
    readPart(page, 0, ByteBuffer.wrap(bytes), pageSize);
    return bytes;
  }

  /** Whether nothing was written and the length is the stored one. */
  boolean isUntouched() {
    return slots.size() == 0 && kept == length;
  }

  @Override
  public void close() {
    contents.close();
    slots.clear();
  }
}
