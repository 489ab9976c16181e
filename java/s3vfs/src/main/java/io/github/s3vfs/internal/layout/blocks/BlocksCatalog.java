package io.github.s3vfs.internal.layout.blocks;

import io.github.s3vfs.S3Location;
import io.github.s3vfs.internal.layout.DatabaseHeader;
import io.github.s3vfs.internal.store.Await;
import io.github.s3vfs.internal.store.ByteRange;
import io.github.s3vfs.internal.store.Condition;
import io.github.s3vfs.internal.store.Fetched;
import io.github.s3vfs.internal.store.ObjectStore;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/** Finds databases by their block 0, descending from prefix to prefix. */
public final class BlocksCatalog {
  private BlocksCatalog() {}

  /**
   * The databases under a prefix, sorted by key. One LIST per prefix that is no database, and one
   * GET of 100 bytes per prefix.
   *
   * @param prefix "", or what the keys begin with, up to a slash
   */
  public static List<S3Location> list(ObjectStore store, Duration timeout, String prefix) {
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

  /** Whether there is a block 0 of a database at a key. One GET of 100 bytes. */
  public static boolean isDatabase(ObjectStore store, Duration timeout, String key) {
    String block0 = new BlockNames(key).key(0);
    Fetched header =
        Await.result(
            store.get(block0, new ByteRange(0, DatabaseHeader.LENGTH), Condition.NONE),
            timeout,
            "GET s3://" + store.bucket() + "/" + block0);
    return header.found() && DatabaseHeader.isDatabase(header.body());
  }
}
