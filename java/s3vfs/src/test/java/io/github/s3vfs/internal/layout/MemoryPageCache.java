package io.github.s3vfs.internal.layout;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A page cache in Java, for tests without SQLite: nobody reads but who asks it. Thread-safe. */
public final class MemoryPageCache implements PageCache {
  private static final int OVERHEAD = 100;

  private final long capacity;
  private final LinkedHashMap<Place, byte[]> pages = new LinkedHashMap<>(16, 0.75f, true);

  /** Those that were fetched ahead, and that nobody has read. */
  private final Set<Place> unread = new HashSet<>();

  private long size;
  private long prefetched;
  private long prefetchedUsed;
  private long prefetchedWasted;
  private int volumes;

  private record Place(int volume, CachedPages.Key key, long page) {}

  /**
   * @param capacity in bytes; 0 caches nothing
   */
  public MemoryPageCache(long capacity) {
    this.capacity = capacity;
  }

  /** Pages of a database that nobody else uses. */
  public static CachedPages pages(long capacity) {
    return new MemoryPageCache(capacity).pages(false);
  }

  @Override
  public synchronized CachedPages pages(boolean journals) {
    return new Volume(++volumes);
  }

  @Override
  public long capacity() {
    return capacity;
  }

  @Override
  public synchronized long size() {
    return size;
  }

  @Override
  public long hits() {
    return 0;
  }

  @Override
  public synchronized long count() {
    return pages.size();
  }

  @Override
  public synchronized long prefetched() {
    return prefetched;
  }

  @Override
  public synchronized long prefetchedUsed() {
    return prefetchedUsed;
  }

  @Override
  public synchronized long prefetchedWasted() {
    return prefetchedWasted;
  }

  @Override
  public synchronized void close() {
    prefetchedWasted += unread.size();
    unread.clear();
    pages.clear();
    size = 0;
  }

  private synchronized byte @Nullable [] get(Place place, int pageSize) {
    byte[] page = pages.get(place);
    return page != null && page.length == pageSize ? page : null;
  }

  private synchronized void wasRead(Place place) {
    prefetchedUsed += unread.remove(place) ? 1 : 0;
  }

  private synchronized void put(Place place, byte[] page, boolean ahead) {
    long cost = (long) page.length + OVERHEAD;
    if (pages.containsKey(place)) {
      return;
    }
    prefetched += ahead ? 1 : 0;
    if (cost > capacity) {
      prefetchedWasted += ahead ? 1 : 0;
      return;
    }
    pages.put(place, page);
    if (ahead) {
      unread.add(place);
    }
    size += cost;
    Iterator<Map.Entry<Place, byte[]>> eldest = pages.entrySet().iterator();
    while (size > capacity) {
      Map.Entry<Place, byte[]> out = eldest.next();
      size -= out.getValue().length + OVERHEAD;
      prefetchedWasted += unread.remove(out.getKey()) ? 1 : 0;
      eldest.remove();
    }
  }

  private final class Volume implements CachedPages {
    private final int number;

    Volume(int number) {
      this.number = number;
    }

    @Override
    public long hold() {
      return 0;
    }

    @Override
    public void view(int view, long @Nullable [] changed) {}

    @Override
    public void fresh(int view, long since, long aheadMillis, boolean noJournal) {}

    @Override
    public int stale() {
      return 0;
    }

    @Override
    public boolean read(
        int view,
        Key key,
        long first,
        int count,
        long page,
        int pageSize,
        int start,
        ByteBuffer dst,
        int bytes) {
      Place place = new Place(number, key, page);
      byte[] found = get(place, pageSize);
      if (found != null) {
        dst.put(found, start, bytes);
      }
      if (found != null && bytes > 0) {
        wasRead(place);
      }
      return found != null;
    }

    @Override
    public boolean has(Key key, long page, int pageSize) {
      return get(new Place(number, key, page), pageSize) != null;
    }

    @Override
    public boolean look(Key key, long page, int pageSize, ByteBuffer dst) {
      byte[] found = get(new Place(number, key, page), pageSize);
      if (found != null) {
        dst.put(found);
      }
      return found != null;
    }

    @Override
    public long[] unknown(int view, long[] pages) {
      return pages;
    }

    @Override
    public void put(
        How how, int view, Key key, int pageSize, long[] numbers, ByteBuffer bytes, int from) {
      for (int i = 0; i < numbers.length; i++) {
        byte[] page = new byte[pageSize];
        bytes.get(from + i * pageSize, page);
        MemoryPageCache.this.put(new Place(number, key, numbers[i]), page, how == How.AHEAD);
      }
    }

    @Override
    public void close() {}
  }
}
