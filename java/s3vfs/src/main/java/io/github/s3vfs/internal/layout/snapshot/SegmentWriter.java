package io.github.s3vfs.internal.layout.snapshot;

import java.io.ByteArrayOutputStream;
import java.util.function.BiConsumer;

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
  private SegmentName name;
  private ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private long total;

  /**
   * @param uuid of the database
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
    this.name = new SegmentName(epoch, nonce, 0);
    bytes.writeBytes(Frames.MAGIC);
  }

  Nonce nonce() {
    return nonce;
  }

  /** Bytes of all segments so far. */
  long total() {
    return total + bytes.size();
  }

  /** Adds a frame. */
  FrameRef add(int kind, byte[] body) {
    int length = Frames.HEADER + body.length;
    if (bytes.size() > Frames.MAGIC.length && bytes.size() + length > segmentBytes) {
      hand();
      if (name.part() + 1 >= SegmentName.MAX_PARTS) {
        throw new IllegalStateException("more than " + SegmentName.MAX_PARTS + " segments");
      }
      name = new SegmentName(epoch, nonce, name.part() + 1);
      bytes = new ByteArrayOutputStream();
      bytes.writeBytes(Frames.MAGIC);
    }
    FrameRef ref = new FrameRef(name, bytes.size(), length);
    bytes.writeBytes(Frames.seal(uuid, name, ref.offset(), kind, body));
    return ref;
  }

  /** Hands the last segment over. */
  void finish() {
    hand();
  }

  private void hand() {
    total += bytes.size();
    store.accept(name, bytes.toByteArray());
  }
}
