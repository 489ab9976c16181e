package io.github.s3vfs.internal.layout.snapshot;

import java.io.ByteArrayOutputStream;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes the segments of a commit. Each is handed over when it is full, the last one by {@link
 * #finish}. Not thread-safe.
 */
final class SegmentWriter {
  private final Nonce uuid;
  private final long epoch;
  private final Nonce nonce;
  private final int segmentBytes;
  private final BiConsumer<SegmentName, byte[]> store;

  /** The segment that is being made, if one was begun. */
  private @Nullable ByteArrayOutputStream bytes;

  private int parts;
  private long handed;

  /**
   * @param uuid in the checksums of the database's frames
   * @param epoch of the head that the commit is made from
   * @param nonce of the commit
   * @param segmentBytes a segment is not longer, unless a single frame is
   * @param store takes the segments
   */
  SegmentWriter(
      Nonce uuid,
      long epoch,
      Nonce nonce,
      int segmentBytes,
      BiConsumer<SegmentName, byte[]> store) {
    this.uuid = uuid;
    this.epoch = epoch;
    this.nonce = nonce;
    this.segmentBytes = segmentBytes;
    this.store = store;
  }

  long epoch() {
    return epoch;
  }

  Nonce nonce() {
    return nonce;
  }

  /** Bytes of all segments so far. */
  long total() {
    return handed + (bytes == null ? 0 : bytes.size());
  }

  /** Adds a frame. */
  FrameRef add(int kind, byte[] body) {
    int length = Frames.HEADER + body.length;
    if (bytes != null && bytes.size() + length > segmentBytes) {
      finish();
    }
    ByteArrayOutputStream segment = bytes == null ? begin() : bytes;
    SegmentName name = new SegmentName(epoch, nonce, parts - 1);
    FrameRef ref = new FrameRef(name, segment.size(), length);
    segment.writeBytes(Frames.seal(uuid, name, ref.offset(), kind, body));
    return ref;
  }

  private ByteArrayOutputStream begin() {
    if (parts >= SegmentName.MAX_PARTS) {
      throw new IllegalStateException("more than " + SegmentName.MAX_PARTS + " segments");
    }
    parts++;
    ByteArrayOutputStream segment = new ByteArrayOutputStream();
    segment.writeBytes(Frames.MAGIC);
    bytes = segment;
    return segment;
  }

  /** Hands the segment over that was begun; what is added after that is in another one. */
  void finish() {
    if (bytes != null) {
      handed += bytes.size();
      store.accept(new SegmentName(epoch, nonce, parts - 1), bytes.toByteArray());
      bytes = null;
    }
  }
}
