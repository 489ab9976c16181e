package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.internal.layout.MemoryPageCache;
import io.github.s3vfs.internal.store.InMemoryObjectStore;
import io.github.s3vfs.internal.store.Meter;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The head of a database, as somebody sees and changes it who knows the format. */
public final class Heads {
  private Heads() {}

  private static @Nullable Head head(InMemoryObjectStore store, String database) {
    String key = database + HeadObject.SUFFIX;
    byte[] bytes = store.peek(key);
    return bytes == null ? null : Head.decode(bytes, key);
  }

  /** Says which version is stored, whoever has claimed the head. */
  public static String version(InMemoryObjectStore store, String database) {
    Head head = head(store, database);
    return head == null ? "none" : head.record().version() + " " + head.record().nonce();
  }

  /** The number of the newest version; 0 if there is none. */
  public static long number(InMemoryObjectStore store, String database) {
    Head head = head(store, database);
    return head == null ? 0 : head.record().version();
  }

  /** Who has claimed the head: another text for each claim; null if it is not claimed. */
  public static @Nullable String claim(InMemoryObjectStore store, String database) {
    Head head = head(store, database);
    Head.Claim claim = head == null ? null : head.claim();
    return claim == null ? null : claim.nonce() + " " + claim.holder();
  }

  /** A claim, if there is one, is over a millisecond after it was first seen. */
  public static void shortenClaim(InMemoryObjectStore store, String database) {
    Head head = head(store, database);
    Head.Claim claim = head == null ? null : head.claim();
    if (head != null && claim != null) {
      Head.Claim ending = new Head.Claim(claim.nonce(), Duration.ofMillis(1), claim.holder());
      put(store, database, head.withClaim(ending, Nonce.fresh()));
    }
  }

  /** Somebody has seen the claim for its whole term, and has taken it and given it back. */
  public static void dropClaim(InMemoryObjectStore store, String database) {
    Head head = head(store, database);
    if (head != null && head.claim() != null) {
      put(store, database, head.withClaim(null, Nonce.fresh()));
    }
  }

  /** The keys of the segments that the newest version refers to, and of that with its record. */
  public static Set<String> referenced(InMemoryObjectStore store, String database) {
    Set<SegmentName> names = new HashSet<>();
    Head head = head(store, database);
    if (head != null && head.record().version() > 0) {
      Segments segments =
          new Segments(
              store,
              database,
              new FrameCache(1 << 20, new Meter()),
              MemoryPageCache.pages(1 << 20),
              Duration.ofSeconds(20),
              Surroundings.real());
      VersionRecord record = head.record();
      names.add(head.place().segment());
      addGroups(record.changes(), names);
      for (VersionRecord.Run run : record.runs()) {
        if (run.root().height() > 0) {
          throw new IllegalArgumentException("too large a map");
        }
        run.root().children().forEach(child -> names.add(child.frame().segment()));
        addGroups(segments.run(record.origin(), run), names);
      }
    }
    Set<String> keys = new TreeSet<>();
    names.forEach(name -> keys.add(name.key(database)));
    return keys;
  }

  private static void addGroups(Extents extents, Set<SegmentName> names) {
    for (Extents.Extent extent : extents.list()) {
      FrameRef group = extent.group();
      if (group != null) {
        names.add(group.segment());
      }
    }
  }

  private static void put(InMemoryObjectStore store, String database, Head head) {
    store.poke(database + HeadObject.SUFFIX, head.encode());
  }
}
