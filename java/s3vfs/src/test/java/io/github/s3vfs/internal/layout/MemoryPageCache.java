package io.github.s3vfs.internal.layout;

import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A page cache in Java, for tests without SQLite: nobody reads but who asks it. Thread-safe. */
public final class MemoryPageCache implements PageCache {
  private static final int OVERHEAD = 100;

  private final long capacity;
  private final LinkedHashMap<Place, byte[]> pages = new LinkedHashMap<>(16, 0.75f, true);
  private long size;
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
  public synchronized void close() {
    pages.clear();
    size = 0;
  }

  private synchronized byte @Nullable [] get(Place place, int pageSize) {
    byte[] page = pages.get(place);
    return page != null && page.length == pageSize ? page : null;
  }

  private synchronized void put(Place place, byte[] page) {
    long cost = (long) page.length + OVERHEAD;
    if (cost > capacity || pages.containsKey(place)) {
      return;
    }
    pages.put(place, page);
    size += cost;
    Iterator<Map.Entry<Place, byte[]>> eldest = pages.entrySet().iterator();
    while (size > capacity) {
      size -= eldest.next().getValue().length + OVERHEAD;
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
      byte[] found = get(new Place(number, key, page), pageSize);
      if (found != null) {
        dst.put(found, start, bytes);
      }
      return found != null;
    }

    @Override
    public boolean has(Key key, long page, int pageSize) {
      return get(new Place(number, key, page), pageSize) != null;
    }

    @Override
    public void put(int view, Key key, int pageSize, long[] numbers, ByteBuffer bytes, int from) {
      for (int i = 0; i < numbers.length; i++) {
        byte[] page = new byte[pageSize];
        bytes.get(from + i * pageSize, page);
        MemoryPageCache.this.put(new Place(number, key, numbers[i]), page);
      }
    }

    @Override
    public void close() {}
  }
}
