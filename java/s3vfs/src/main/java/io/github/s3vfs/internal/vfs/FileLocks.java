package io.github.s3vfs.internal.vfs;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * SQLite's file locks on one database between the connections of this process
 * (https://sqlite.org/lockingv3.html). Owners are compared by identity. Thread-safe; never waits.
 */
final class FileLocks {
  private final Set<Object> readers = Collections.newSetFromMap(new IdentityHashMap<>());
  private final IntSupplier unseen;
  private @Nullable Object writer;
  private boolean pending;

  /**
   * @param unseen keeps further readers from beginning without {@link #share}, and tells how many
   *     there are that did
   */
  FileLocks(IntSupplier unseen) {
    this.unseen = unseen;
  }

  /**
   * Grants SHARED unless a writer holds PENDING or EXCLUSIVE.
   *
   * @param isolated whether readers and a writer do not disturb each other
   */
  synchronized boolean share(Object owner, boolean isolated) {
    if (!isolated && pending && writer != owner) {
      return false;
    }
    readers.add(owner);
    return true;
  }

  /**
   * Takes note of a reader that has begun without {@link #share}, whatever other locks there are.
   */
  synchronized void adopt(Object owner) {
    readers.add(owner);
  }

  /** Grants RESERVED to a reader unless another one has it. */
  synchronized boolean reserve(Object owner) {
    if (writer != null && writer != owner) {
      return false;
    }
    writer = owner;
    return true;
  }

  /**
   * Grants EXCLUSIVE to the only reader. A holder of RESERVED that must wait keeps new readers out
   * (PENDING).
   *
   * @param isolated whether readers may stay, and come
   */
  synchronized boolean exclude(Object owner, boolean isolated) {
    if (writer != null && writer != owner) {
      return false;
    }
    boolean alone =
        isolated || (readers.size() == 1 && readers.contains(owner) && unseen.getAsInt() == 0);
    if (alone) {
      writer = owner;
    }
    pending |= writer == owner;
    return alone;
  }

  /** Back to SHARED. */
  synchronized void downgrade(Object owner) {
    if (writer == owner) {
      writer = null;
      pending = false;
    }
  }

  /** Back to nothing. */
  synchronized void release(Object owner) {
    downgrade(owner);
    readers.remove(owner);
  }

  /** Whether some connection holds RESERVED or more. */
  synchronized boolean isReserved() {
    return writer != null;
  }
}
