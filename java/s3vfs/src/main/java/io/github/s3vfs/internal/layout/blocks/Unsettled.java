package io.github.s3vfs.internal.layout.blocks;

import io.github.s3vfs.internal.store.Fetched;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Blocks that were read and may be those of another process's transaction, which can still be
 * rolled back: block 0, which tells of commits, would then not change. Such a block was stored
 * after the database was last looked at, when nobody was writing; the store's own clock tells. What
 * is here is asked for again before another read transaction builds on it. Thread-safe.
 */
final class Unsettled {
  /** The Date header has whole seconds, and two machines of a store two clocks. */
  private static final Duration MARGIN = Duration.ofSeconds(1);

  private final ConcurrentHashMap<Long, String> etags = new ConcurrentHashMap<>();
  private volatile @Nullable Instant looked;

  /** The database was looked at, and nobody was writing. */
  void looked(@Nullable Instant date) {
    looked = date;
  }

  /** A block was read. */
  void read(long index, Fetched fetched) {
    Instant modified = fetched.lastModified();
    Instant then = looked;
    if (modified != null && then != null && !modified.isBefore(then.minus(MARGIN))) {
      etags.put(index, fetched.etag());
    }
  }

  /** This process has stored the block. */
  void stored(long index) {
    etags.remove(index);
  }

  /** The ETags of all of them, which are then no longer here. */
  Map<Long, String> take() {
    if (etags.isEmpty()) {
      return Map.of();
    }
    Map<Long, String> taken = new HashMap<>(etags);
    taken.forEach(etags::remove);
    return taken;
  }

  /** They could not be asked for. */
  void putBack(Map<Long, String> taken) {
    taken.forEach(etags::putIfAbsent);
  }
}
