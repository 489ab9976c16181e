package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.internal.store.Meter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decoded frames of all databases of one VFS that are no groups of pages: nodes of maps, records.
 * Least recently used out first, bounded in bytes. A frame never changes, and its name never comes
 * back: nothing is ever to be invalidated. Thread-safe.
 */
public final class FrameCache {
  /** What an entry costs beside its bytes; measured objects of the map, key and entry. */
  private static final int OVERHEAD = 250;

  private record Entry(Object value, long cost) {}

  private final long capacity;
  private final Meter meter;
  private final LinkedHashMap<FrameRef, Entry> frames = new LinkedHashMap<>(16, 0.75f, true);
  private long size;

  /**
   * @param capacity in bytes; 0 caches nothing
   * @param meter counts hits and misses
   * @throws LinkageError if a library is missing that frames are decoded by
   */
  public FrameCache(long capacity, Meter meter) {
    PageGroup.requireCodec();
    this.capacity = capacity;
    this.meter = meter;
  }

  Meter meter() {
    return meter;
  }

  synchronized @Nullable Object get(FrameRef frame) {
    Entry entry = frames.get(frame);
    return entry == null ? null : entry.value();
  }

  /**
   * Takes a frame in.
   *
   * @param bytes about what it takes in memory
   */
  synchronized void put(FrameRef frame, Object value, long bytes) {
    long cost = bytes + OVERHEAD;
    if (cost > capacity) {
      return;
    }
    Entry old = frames.put(frame, new Entry(value, cost));
    size += cost - (old == null ? 0 : old.cost());
    var eldest = frames.entrySet().iterator();
    while (size > capacity) {
      Map.Entry<FrameRef, Entry> out = eldest.next();
      size -= out.getValue().cost();
      eldest.remove();
    }
  }

  /** Bytes in use, overhead included. */
  public synchronized long size() {
    return size;
  }
}
