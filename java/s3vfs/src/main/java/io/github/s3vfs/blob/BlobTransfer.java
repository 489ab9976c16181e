package io.github.s3vfs.blob;

import io.github.s3vfs.internal.jna.NativeBlob;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Moves bytes between a blob and buffers, whose positions stay if that fails. Direct buffers are
 * handed to SQLite as they are, others go through one of 64 KiB. The caller has checked the range,
 * and sees to it that one operation runs at a time.
 */
final class BlobTransfer {
  private static final int CHUNK = 1 << 16;

  private final NativeBlob blob;
  private @Nullable ByteBuffer chunk;

  /** Where the last one has ended: what goes on there will perhaps want more. */
  private int lastEnd = -1;

  BlobTransfer(NativeBlob blob) {
    this.blob = blob;
  }

  /** What comes next does not go on where the last one has ended. */
  void jump() {
    lastEnd = -1;
  }

  void read(int offset, int count, ByteBuffer dst) throws SQLException, IOException {
    if (count == 0) {
      return;
    }
    boolean goesOn = goesOn(offset, count);
    int start = dst.position();
    if (dst.isDirect() && !dst.isReadOnly()) {
      blob.read(offset, count, dst, start, goesOn ? 0 : count);
    } else {
      ByteBuffer part = chunk(count);
      try {
        for (int done = 0; done < count; done += part.limit()) {
          part.clear().limit(Math.min(part.capacity(), count - done));
          blob.read(offset + done, part.limit(), part, 0, goesOn ? 0 : count - done);
          dst.put(part);
        }
      } finally {
        dst.position(start);
      }
    }
    dst.position(start + count);
  }

  void write(int offset, int count, ByteBuffer src) throws SQLException, IOException {
    if (count == 0) {
      return;
    }
    boolean goesOn = goesOn(offset, count);
    int start = src.position();
    if (src.isDirect()) {
      blob.write(offset, count, src, start, goesOn ? 0 : count);
    } else {
      ByteBuffer part = chunk(count);
      ByteBuffer from = src.duplicate();
      for (int done = 0; done < count; done += part.limit()) {
        part.clear().limit(Math.min(part.capacity(), count - done));
        from.limit(from.position() + part.limit());
        part.put(from);
        blob.write(offset + done, part.limit(), part, 0, goesOn ? 0 : count - done);
      }
    }
    src.position(start + count);
  }

  private boolean goesOn(int offset, int count) {
    boolean goesOn = offset == lastEnd;
    lastEnd = offset + count;
    return goesOn;
  }

  /** Direct memory for what lies in arrays, made when it is needed. */
  private ByteBuffer chunk(int count) {
    ByteBuffer direct = chunk;
    if (direct == null || direct.capacity() < Math.min(count, CHUNK)) {
      direct = ByteBuffer.allocateDirect(Math.min(CHUNK, Math.max(4096, count)));
      chunk = direct;
    }
    return direct;
  }
}
