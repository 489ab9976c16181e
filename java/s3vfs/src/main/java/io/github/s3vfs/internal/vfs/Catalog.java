package io.github.s3vfs.internal.vfs;

import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.blocks.BlocksCatalog;
import io.github.s3vfs.internal.layout.snapshot.SnapshotVolume;
import io.github.s3vfs.internal.store.Await;
import io.github.s3vfs.internal.store.ObjectStore;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds databases by their head or their block 0, descending from prefix to prefix. */
final class Catalog {
  private static final Logger LOG = LoggerFactory.getLogger(Catalog.class);

  private final ObjectStore store;
  private final Duration timeout;
  private final ArrayDeque<String> todo = new ArrayDeque<>();
  private final Set<String> segments = new HashSet<>();
  private final List<S3Location> found = new ArrayList<>();

  private Catalog(ObjectStore store, Duration timeout) {
    this.store = store;
    this.timeout = timeout;
  }

  /**
   * The databases whose keys begin with a prefix, sorted by key. One LIST for what it begins, and
   * one per prefix up to a slash that is found, also of databases in the layout snapshot, below
   * which there may be others; those in blocks, which may be millions of objects, are not looked
   * into, nor are segments. One or two GETs of at most 100 bytes per prefix that is found. What no
   * database can be called is passed over.
   *
   * @param prefix "", or what the keys begin with: a whole key or any part of one
   */
  static List<S3Location> list(ObjectStore store, Duration timeout, String prefix) {
    return new Catalog(store, timeout).list(prefix);
  }

  private List<S3Location> list(String prefix) {
    todo.add(prefix);
    while (!todo.isEmpty()) {
      String at = todo.remove();
      String what = "LIST s3://" + store.bucket() + "/" + at;
      Await.result(store.listPrefixes(at), timeout, what).forEach(this::look);
    }
    found.sort(Comparator.comparing(S3Location::key));
    return List.copyOf(found);
  }

  private void look(String below) {
    if (segments.contains(below)) {
      return;
    }
    S3Location location;
    try {
      location = new S3Location(store.bucket(), below.substring(0, below.length() - 1));
    } catch (S3VfsException e) {
      if (mayBeAbove(below)) {
        todo.add(below);
      } else {
        LOG.info("passed over: {}", e.getMessage());
      }
      return;
    }
    if (SnapshotVolume.looksLikeDatabase(store, timeout, location.key())) {
      found.add(location);
      segments.add(SnapshotVolume.segments(location.key()));
    } else if (BlocksCatalog.isDatabase(store, timeout, location.key())) {
      found.add(location);
      return;
    }
    todo.add(below);
  }

  /** Whether a database can have a name below a prefix that is none, as below "x-journal/". */
  private boolean mayBeAbove(String prefix) {
    try {
      return new S3Location(store.bucket(), prefix + "x").key().length() > prefix.length();
    } catch (S3VfsException e) {
      return false;
    }
  }
}
