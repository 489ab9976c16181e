package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.internal.store.Await;
import io.github.s3vfs.internal.store.ByteRange;
import io.github.s3vfs.internal.store.Condition;
import io.github.s3vfs.internal.store.Fetched;
import io.github.s3vfs.internal.store.ObjectStore;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The bytes of frames as the store has them, past all caches. Not thread-safe. */
final class StoredFrames {
  /** Requests under way at once. */
  private static final int PARALLEL = 8;

  private final ObjectStore store;
  private final String key;
  private final Duration timeout;

  /**
   * @param key of the database
   * @param timeout how long one request may take
   */
  StoredFrames(ObjectStore store, String key, Duration timeout) {
    this.store = store;
    this.key = key;
    this.timeout = timeout;
  }

  /** Takes the bytes of frames, in the order of segments and offsets. */
  interface Reader {
    /**
     * A frame's bytes.
     *
     * @param bytes fewer than the frame has if the object ends before
     * @param size of the object, or -1 if it is missing
     */
    void frame(FrameRef frame, ByteBuffer bytes, long size);
  }

  String describe(Origin origin, SegmentName segment) {
    return "s3://" + store.bucket() + "/" + origin.object(segment).key(key);
  }

  /** Neighbouring frames, and the request for them. */
  private record Asked(List<FrameRef> frames, CompletableFuture<Fetched> answer) {}

  /** Reads frames. */
  void read(Origin origin, Collection<FrameRef> frames, Reader reader) {
    Deque<Asked> asked = new ArrayDeque<>();
    Iterator<List<FrameRef>> ranges = FrameRanges.of(frames).iterator();
    try {
      while (ranges.hasNext() || !asked.isEmpty()) {
        while (ranges.hasNext() && asked.size() < PARALLEL) {
          asked.add(ask(origin, ranges.next()));
        }
        answer(origin, asked.remove(), reader);
      }
    } finally {
      asked.forEach(each -> each.answer().cancel(false));
    }
  }

  private Asked ask(Origin origin, List<FrameRef> frames) {
    FrameRef first = frames.get(0);
    long end = frames.stream().mapToLong(FrameRef::end).max().orElseThrow();
    ByteRange range = new ByteRange(first.offset(), end - first.offset());
    return new Asked(
        frames, store.get(origin.object(first.segment()).key(key), range, Condition.NONE));
  }

  private void answer(Origin origin, Asked asked, Reader reader) {
    FrameRef first = asked.frames().get(0);
    Fetched found =
        Await.result(asked.answer(), timeout, "GET " + describe(origin, first.segment()));
    byte[] body = found.body();
    for (FrameRef each : asked.frames()) {
      int start = (int) Math.min(body.length, each.offset() - first.offset());
      int count = Math.min(body.length - start, each.length());
      reader.frame(each, ByteBuffer.wrap(body, start, count), found.objectSize());
    }
  }
}
