package io.github.s3vfs.internal.vfs;

import io.github.s3vfs.S3Location;
import io.github.s3vfs.internal.layout.blocks.BlocksCatalog;
import io.github.s3vfs.internal.layout.snapshot.SnapshotVolume;
import io.github.s3vfs.internal.store.Await;
import io.github.s3vfs.internal.store.ObjectStore;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/** Finds databases by their head or their block 0, descending from prefix to prefix. */
final class Catalog {
  private Catalog() {}

  /**
   * The databases under a prefix, sorted by key. One LIST per prefix that is no database, and one
   * or two GETs of at most 100 bytes per prefix.
   *
   * @param prefix "", or what the keys begin with, up to a slash
   */
  static List<S3Location> list(ObjectStore store, Duration timeout, String prefix) {
    String start = prefix.isEmpty() || prefix.endsWith("/") ? prefix : prefix + "/";
    List<S3Location> found = new ArrayList<>();
    ArrayDeque<String> todo = new ArrayDeque<>(Collections.singleton(start));
    while (!todo.isEmpty()) {
      String at = todo.remove();
      String what = "LIST s3://" + store.bucket() + "/" + at;
      for (String below : Await.result(store.listPrefixes(at), timeout, what)) {
        String key = below.substring(0, below.length() - 1);
        if (isDatabase(store, timeout, key)) {
          found.add(new S3Location(store.bucket(), key));
        } else {
          todo.add(below);
        }
      }
    }
    found.sort(Comparator.comparing(S3Location::key));
    return List.copyOf(found);
  }

  private static boolean isDatabase(ObjectStore store, Duration timeout, String key) {
    return SnapshotVolume.looksLikeDatabase(store, timeout, key)
        || BlocksCatalog.isDatabase(store, timeout, key);
  }
}
