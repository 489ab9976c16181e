package io.github.s3vfs.scenario;

import io.github.s3vfs.Layout;
import io.github.s3vfs.internal.layout.snapshot.Heads;
import io.github.s3vfs.internal.store.InMemoryObjectStore;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What is stored of one database, as somebody sees it who knows its layout.
 *
 * @param key of the database
 */
record StoredState(InMemoryObjectStore store, Layout layout, String key) {
  private String leaseKey() {
    return key + "-lease";
  }

  /** A hash of the content that is stored: not of who may write. */
  int content() {
    if (layout == Layout.SNAPSHOT) {
      return Heads.version(store, key).hashCode();
    }
    int hash = 0;
    for (String each : store.keys()) {
      if (!each.equals(leaseKey())) {
        hash = 31 * (31 * hash + each.hashCode()) + Arrays.hashCode(store.peek(each));
      }
    }
    return hash;
  }

  /** The number of the newest version; 0 in the layout blocks. */
  long version() {
    return Heads.number(store, key);
  }

  /** Another text for each holder of the right to write, or null. */
  @Nullable String lease() {
    byte[] lease = store.peek(leaseKey());
    return lease == null ? Heads.claim(store, key) : Arrays.toString(lease);
  }

  /** The term of whoever has the right to write is over. */
  void dropLease() {
    store.drop(leaseKey());
    Heads.dropClaim(store, key);
  }
}
