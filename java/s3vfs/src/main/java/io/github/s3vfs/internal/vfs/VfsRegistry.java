package io.github.s3vfs.internal.vfs;

import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The VFSes of this class loader, by name. Thread-safe. */
public final class VfsRegistry {
  private static final ConcurrentHashMap<String, Vfs> BY_NAME = new ConcurrentHashMap<>();

  private VfsRegistry() {}

  /** The VFS of that name, or null. */
  public static @Nullable Vfs find(String name) {
    return BY_NAME.get(name);
  }

  public static void add(Vfs vfs) {
    BY_NAME.put(vfs.config().name(), vfs);
    CacheWatch.begin();
  }

  public static void remove(Vfs vfs) {
    BY_NAME.remove(vfs.config().name(), vfs);
    if (BY_NAME.isEmpty()) {
      CacheWatch.end();
    }
  }

  /** All of them. */
  static Collection<Vfs> all() {
    return BY_NAME.values();
  }
}
