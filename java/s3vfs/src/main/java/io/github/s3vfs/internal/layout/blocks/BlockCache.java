package io.github.s3vfs.internal.layout.blocks;

import io.github.s3vfs.internal.store.Meter;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Stored blocks of all databases of one VFS, least recently used out first, bounded in bytes.
 * Thread-safe.
 *
 * <p>A block that was asked for before {@link #invalidate} (or {@link #fence}) and arrives
 * afterwards is not taken in: it may be older than what is stored now.
 */
public final class BlockCache {

  /** What an entry costs beside its bytes; measured objects of the map, key and entry. */
  private static final int OVERHEAD = 120;

  /**
   * A cached block.
   *
   * @param bytes its content, not to be changed
   * @param etag of the object it came from
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Block(byte[] bytes, String etag) {}

  private record Key(String file, long index) {}

  private final long capacity;
  private final Meter meter;
  private final LinkedHashMap<Key, Block> blocks = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<String, Integer> epochs = new HashMap<>();

  /** Those that were fetched ahead, and that nobody has read. */
  private final Set<Key> unread = new HashSet<>();

  private long size;

  /**
   * @param capacity in bytes; 0 caches nothing
   * @param meter counts hits and misses, and what becomes of blocks that are fetched ahead
   */
  public BlockCache(long capacity, Meter meter) {
    this.capacity = capacity;
    this.meter = meter;
  }

  /** Counts what is asked of this cache. */
  Meter meter() {
    return meter;
  }

  /** In bytes. */
  long capacity() {
    return capacity;
  }

  synchronized @Nullable Block get(String file, long index) {
    return blocks.get(new Key(file, index));
  }

  /** What {@link #put} wants back: fetched blocks count only if nothing has changed meanwhile. */
  synchronized int epoch(String file) {
    return epochs.getOrDefault(file, 0);
  }

  /** Takes in a block that was asked for at an epoch, unless that is over. */
  synchronized void put(String file, int epoch, long index, Block block) {
    if (epoch != epoch(file)) {
      return;
    }
    remove(new Key(file, index));
    long cost = (long) block.bytes().length + OVERHEAD;
    if (cost > capacity) {
      return;
    }
    blocks.put(new Key(file, index), block);
    size += cost;
    var eldest = blocks.entrySet().iterator();
    while (size > capacity) {
      Map.Entry<Key, Block> out = eldest.next();
      eldest.remove();
      isGone(out.getKey(), out.getValue());
    }
  }

  private void isGone(Key key, Block block) {
    size -= block.bytes().length + OVERHEAD;
    if (unread.remove(key)) {
      meter.prefetchEnded(false);
    }
  }

  /** Takes in a block, as {@link #put}, that was asked for before anybody wanted it. */
  synchronized void putAhead(String file, int epoch, long index, Block block) {
    put(file, epoch, index, block);
    Key key = new Key(file, index);
    boolean taken = block.equals(blocks.get(key));
    meter.prefetched(!taken);
    if (taken) {
      unread.add(key);
    }
  }

  /** Takes note that a block was read. */
  synchronized void wasRead(String file, long index) {
    if (unread.remove(new Key(file, index))) {
      meter.prefetchEnded(true);
    }
  }

  /** Nobody will read any more. */
  public synchronized void close() {
    unread.forEach(key -> meter.prefetchEnded(false));
    unread.clear();
  }

  /** Begins a new epoch: fetches under way are not taken in, what is here stays. */
  synchronized void fence(String file) {
    epochs.merge(file, 1, Integer::sum);
  }

  /** Begins a new epoch and drops a file's blocks but for those that the test lets stay. */
  synchronized void invalidate(String file, BiPredicate<Long, String> staysByIndexAndEtag) {
    fence(file);
    blocks
        .entrySet()
        .removeIf(
            entry -> {
              Key key = entry.getKey();
              boolean drop =
                  key.file().equals(file)
                      && !staysByIndexAndEtag.test(key.index(), entry.getValue().etag());
              if (drop) {
                isGone(key, entry.getValue());
              }
              return drop;
            });
  }

  /** Drops one block. */
  synchronized void drop(String file, long index) {
    remove(new Key(file, index));
  }

  /** Whether any block of the file is here. */
  synchronized boolean holdsAnyOf(String file) {
    return blocks.keySet().stream().anyMatch(key -> key.file().equals(file));
  }

  /** Bytes in use, overhead included. */
  public synchronized long size() {
    return size;
  }

  private void remove(Key key) {
    Block old = blocks.remove(key);
    if (old != null) {
      isGone(key, old);
    }
  }
}
