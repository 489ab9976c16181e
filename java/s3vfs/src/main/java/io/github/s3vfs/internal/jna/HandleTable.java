package io.github.s3vfs.internal.jna;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Numbers for objects that the native side refers to, from 1. Thread-safe. */
final class HandleTable<T> {
  private final ConcurrentHashMap<Integer, T> objects = new ConcurrentHashMap<>();
  private final AtomicInteger last = new AtomicInteger();

  int add(T object) {
    while (true) {
      int handle = last.updateAndGet(n -> n == Integer.MAX_VALUE ? 1 : n + 1);
      if (objects.putIfAbsent(handle, object) == null) {
        return handle;
      }
    }
  }

  T get(int handle) {
    T object = objects.get(handle);
    if (object == null) {
      throw new S3VfsException(ErrorKind.CLOSED, "handle " + handle + " is not open");
    }
    return object;
  }

  T remove(int handle) {
    T object = get(handle);
    objects.remove(handle);
    return object;
  }

  /** All objects that are in it now. */
  List<T> all() {
    return List.copyOf(objects.values());
  }

  /** Takes all objects out. */
  List<T> removeAll() {
    List<T> removed = List.copyOf(objects.values());
    objects.clear();
    return removed;
  }
}
