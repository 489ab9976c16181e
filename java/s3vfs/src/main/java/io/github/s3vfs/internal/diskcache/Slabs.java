package io.github.s3vfs.internal.diskcache;

import io.github.s3vfs.internal.diskcache.CacheDirectory.Found;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All slabs of a directory, those of other processes too, as they were when it was last looked at.
 * No file is held open: one that was deleted takes no room. All threads may read; what changes
 * something else than the index is for one thread at a time.
 */
final class Slabs {
  private static final Logger LOG = LoggerFactory.getLogger(Slabs.class);

  private final CacheDirectory directory;
  private final long bound;
  private final long least;

  /** By their numbers, which count from 1. */
  private final ConcurrentHashMap<Integer, Path> paths = new ConcurrentHashMap<>();

  private final SlabIndex index = new SlabIndex(paths::containsKey);
  private final Map<Path, Known> known = new HashMap<>();
  private int numbers;
  private final AtomicLong bytes = new AtomicLong();

  /** A slab as it was when its table was read; one of this process's own has no length here. */
  private record Known(int number, long bytes, long modified) {}

  /**
   * @param bound in bytes, of all slabs together
   * @param least as how many bytes a slab counts that is shorter: so there are not too many
   */
  Slabs(CacheDirectory directory, long bound, long least) {
    this.directory = directory;
    this.bound = bound;
    this.least = least;
  }

  /** Bytes of all slabs. */
  long bytes() {
    return bytes.get();
  }

  /** Whether some bytes seem to be there. */
  boolean has(DiskKey key) {
    return index.find(key) != SlabIndex.NOWHERE;
  }

  /** Bytes that are there as they were written, or null. */
  byte @Nullable [] read(DiskKey key, int length) {
    long place = index.find(key);
    Path path = paths.get(SlabIndex.slab(place));
    if (path == null) {
      return null;
    }
    byte[] body = null;
    try {
      body = Slab.read(path, SlabIndex.slot(place), key, length);
    } catch (NoSuchFileException e) {
      paths.remove(SlabIndex.slab(place)); // somebody has deleted it
    } catch (IOException | RuntimeException e) {
      LOG.debug("{} cannot be read", path, e);
    }
    if (body == null) {
      index.remove(key, place);
    }
    return body;
  }

  /** Forgets some bytes, which are not what they should be. */
  void forget(DiskKey key) {
    index.remove(key, index.find(key));
  }

  /** Takes in a slab that this process begins; returns its number. */
  int begun(Path path) {
    numbers++;
    known.put(path, new Known(numbers, -1, -1));
    paths.put(numbers, path);
    return numbers;
  }

  /** Takes in a body that was appended to a slab of this process. */
  void appended(int slab, int slot, DiskKey key, long grown) {
    index.put(key, SlabIndex.place(slab, slot));
    bytes.addAndGet(grown);
  }

  /**
   * Looks which slabs there are; deletes the oldest ones until there is room; forgets those that
   * have gone, and takes in what is new.
   *
   * @param own the slab that this process writes, which stays and is not read; or null
   * @param room how many bytes there must be room for
   * @throws IOException if the directory cannot be listed
   */
  void look(@Nullable Path own, long room) throws IOException {
    List<Found> found = directory.slabs();
    long total = room;
    for (Found slab : found) {
      total += Math.max(least, slab.bytes());
    }
    List<Found> left = new ArrayList<>();
    for (Found slab : found) {
      if (total > bound && !slab.path().equals(own) && delete(slab.path())) {
        total -= Math.max(least, slab.bytes());
      } else {
        left.add(slab);
      }
    }
    bytes.set(left.stream().mapToLong(Found::bytes).sum());
    keepOnly(left);
    for (Found slab : left) { // what is newer counts
      if (!slab.path().equals(own)) {
        takeIn(slab);
      }
    }
  }

  private static boolean delete(Path path) {
    try {
      Files.deleteIfExists(path);
      return true;
    } catch (IOException e) {
      LOG.debug("{} cannot be deleted", path, e);
      return false;
    }
  }

  private void keepOnly(List<Found> left) {
    Set<Path> there = new HashSet<>();
    left.forEach(slab -> there.add(slab.path()));
    known
        .entrySet()
        .removeIf(
            entry -> {
              boolean gone = !there.contains(entry.getKey());
              if (gone) {
                paths.remove(entry.getValue().number());
              }
              return gone;
            });
  }

  /** Reads the table of a slab that is new or was changed. */
  private void takeIn(Found slab) {
    Known before = known.get(slab.path());
    if (before != null
        && before.bytes() == slab.bytes()
        && before.modified() == slab.modified()
        && paths.containsKey(before.number())) {
      return;
    }
    int number = before == null ? ++numbers : before.number();
    try {
      List<Slab.Entry> entries = Slab.entries(slab.path());
      paths.put(number, slab.path());
      known.put(slab.path(), new Known(number, slab.bytes(), slab.modified()));
      for (Slab.Entry entry : entries) {
        index.put(entry.key(), SlabIndex.place(number, entry.slot()));
      }
    } catch (IOException | RuntimeException e) {
      LOG.debug("{} cannot be read", slab.path(), e);
    }
  }
}
