package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bytes that only this process needs: in memory up to a size, from there on in a temporary file,
 * which is deleted when it is closed. Not thread-safe.
 */
final class ScratchFile implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ScratchFile.class);
  private static final int CHUNK = 64 << 10;

  private final long memoryBytes;
  private final List<byte[]> chunks = new ArrayList<>();
  private @Nullable RandomAccessFile file;
  private @Nullable Path path;
  private long length;

  /**
   * @param memoryBytes how much is kept in memory
   */
  ScratchFile(long memoryBytes) {
    this.memoryBytes = memoryBytes;
  }

  long length() {
    return length;
  }

  /** Reads up to the end of what was written; returns how many bytes. */
  int read(ByteBuffer dst, long position) {
    int count = (int) Math.max(0, Math.min(dst.remaining(), length - position));
    int left = count;
    long at = position;
    while (left > 0 && at < memory()) {
      int start = (int) (at % CHUNK);
      int part = (int) Math.min(Math.min(left, CHUNK - start), memory() - at);
      dst.put(chunks.get((int) (at / CHUNK)), start, part);
      at += part;
      left -= part;
    }
    if (left > 0) {
      fromFile(dst, at - memory(), left);
    }
    return count;
  }

  /** How many bytes are in memory. */
  private long memory() {
    return (long) chunks.size() * CHUNK;
  }

  private void fromFile(ByteBuffer dst, long position, int count) {
    byte[] bytes = new byte[count]; // what was never written is zeros
    RandomAccessFile open = file;
    try {
      if (open != null && position < open.length()) {
        open.seek(position);
        open.readFully(bytes, 0, (int) Math.min(count, open.length() - position));
      }
    } catch (IOException e) {
      throw failure(e);
    }
    dst.put(bytes);
  }

  /** Writes all of src; a gap behind the end becomes zeros. */
  void write(ByteBuffer src, long position) {
    length = Math.max(length, position + src.remaining());
    long at = position;
    while (src.hasRemaining() && reserve(at)) {
      int start = (int) (at % CHUNK);
      int part = Math.min(src.remaining(), CHUNK - start);
      src.get(chunks.get((int) (at / CHUNK)), start, part);
      at += part;
    }
    if (src.hasRemaining()) {
      byte[] bytes = new byte[src.remaining()];
      src.get(bytes);
      try {
        RandomAccessFile open = file();
        open.seek(at - memory());
        open.write(bytes);
      } catch (IOException e) {
        throw failure(e);
      }
    }
  }

  /** Whether a position is in memory, which is made larger for it as long as that may be. */
  private boolean reserve(long position) {
    while (file == null && position >= memory() && memory() + CHUNK <= memoryBytes) {
      chunks.add(new byte[CHUNK]);
    }
    return position < memory();
  }

  private RandomAccessFile file() throws IOException {
    RandomAccessFile open = file;
    if (open == null) {
      Path created = Files.createTempFile("s3vfs-", ".tmp"); // for its owner only
      open = new RandomAccessFile(created.toFile(), "rw");
      file = open;
      path = created;
      delete(); // so that it is gone whatever becomes of the process; not possible on Windows
    }
    return open;
  }

  private void delete() {
    Path left = path;
    try {
      if (left != null && Files.deleteIfExists(left)) {
        path = null;
      }
    } catch (IOException e) {
      LOG.debug("{} is deleted when it is closed: {}", left, e.toString());
    }
  }

  /** Forgets everything behind a position. */
  void truncate(long size) {
    if (size >= length) {
      length = size;
      return;
    }
    // What is cut off reads as zeros when it comes back.
    ByteBuffer zeros = ByteBuffer.allocate(CHUNK);
    long memoryEnd = Math.min(length, memory());
    for (long at = size; at < memoryEnd; ) {
      int part = (int) Math.min(CHUNK - at % CHUNK, memoryEnd - at);
      zeros.clear().limit(part).get(chunks.get((int) (at / CHUNK)), (int) (at % CHUNK), part);
      at += part;
    }
    try {
      if (file != null) {
        file.setLength(Math.min(file.length(), Math.max(0, size - memory())));
      }
    } catch (IOException e) {
      throw failure(e);
    }
    length = size;
  }

  private static S3VfsException failure(IOException e) {
    return new S3VfsException(
        ErrorKind.UNAVAILABLE,
        "a temporary file in " + System.getProperty("java.io.tmpdir") + ": " + e.getMessage(),
        e);
  }

  /** Frees the memory and deletes the file. */
  @Override
  public void close() {
    RandomAccessFile open = file;
    file = null;
    chunks.clear();
    length = 0;
    try {
      if (open != null) {
        open.close();
      }
    } catch (IOException e) {
      throw failure(e);
    } finally {
      delete();
    }
  }
}
