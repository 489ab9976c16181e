package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.internal.store.InMemoryObjectStore;
import java.time.Duration;
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

  private static void put(InMemoryObjectStore store, String database, Head head) {
    store.poke(database + HeadObject.SUFFIX, head.encode());
  }
}
