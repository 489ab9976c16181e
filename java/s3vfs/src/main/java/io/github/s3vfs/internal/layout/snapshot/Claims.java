package io.github.s3vfs.internal.layout.snapshot;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The claims of this process, and which of others' are over. Not thread-safe. */
final class Claims {
  private static final Logger LOG = LoggerFactory.getLogger(Claims.class);

  private final String head;
  private final Duration term;
  private final String holder;
  private final Surroundings surroundings;

  /** Nonces of the claims of this process since another one had a claim. */
  private final Set<Nonce> ours = new HashSet<>();

  /** Another process's claim as it was first seen, and when. */
  private @Nullable Nonce observed;

  private long observedAt;

  /**
   * @param head names the head in messages
   * @param term of the claims of this process
   * @param holder for people
   */
  Claims(String head, Duration term, String holder, Surroundings surroundings) {
    this.head = head;
    this.term = term;
    this.holder = holder;
    this.surroundings = surroundings;
  }

  /** A claim of this process, another one each time. */
  Head.Claim make() {
    Head.Claim claim = new Head.Claim(surroundings.nonces().get(), term, holder);
    ours.add(claim.nonce());
    return claim;
  }

  /** Whether it is one of this process. */
  boolean isOurs(Head.Claim claim) {
    return ours.contains(claim.nonce());
  }

  /** Whether a claim is over: left by this process, or silent for its whole term. */
  boolean mayReplace(Head.Claim claim) {
    if (isOurs(claim)) {
      return true;
    }
    ours.clear(); // whatever of ours is still under way was made from an older head
    long now = surroundings.nanoTime().getAsLong();
    if (!claim.nonce().equals(observed)) {
      observed = claim.nonce();
      observedAt = now;
      return false;
    }
    boolean silent = now - observedAt > claim.term().toNanos();
    if (silent) {
      LOG.warn("{}: {} was silent for {}", head, claim.holder(), claim.term());
    }
    return silent;
  }
}
