package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.store.Await;
import io.github.s3vfs.internal.store.Condition;
import io.github.s3vfs.internal.store.ObjectStore;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Tries whether a store takes notice of conditions: two PUTs that must be refused, of a head
 * without anything, as the one that is there, so that nothing is lost if they are not. Each has a
 * UUID and a nonce of its own and no claim: one that takes effect late, behind a deletion, brings
 * nothing back, and nobody waits for it.
 */
final class ConditionCheck {
  /** Nobody deletes a database so often in so short a time. */
  private static final int TRIES = 5;

  private final ObjectStore store;
  private final Duration timeout;
  private final Supplier<Nonce> nonces;

  ConditionCheck(ObjectStore store, Duration timeout, Supplier<Nonce> nonces) {
    this.store = store;
    this.timeout = timeout;
    this.nonces = nonces;
  }

  /**
   * Runs it on a head that was just made.
   *
   * @throws S3VfsException {@code UNSUPPORTED}; {@code CONFLICT} if the head was deleted meanwhile
   */
  void run(String key) {
    CompletableFuture<String> absent = put(key, Condition.IF_ABSENT);
    CompletableFuture<String> match = put(key, Condition.NEVER);
    String what = "PUT s3://" + store.bucket() + "/" + key;
    boolean absentHad = hasEffect(absent, what + " with If-None-Match: *");
    boolean careless = hasEffect(match, what + " with If-Match");
    for (int i = 1; absentHad && !careless; i++) {
      // Unless there was no head any more; now there is one.
      if (!hasEffect(put(key, Condition.IF_ABSENT), what)) {
        throw new S3VfsException(ErrorKind.CONFLICT, what + ": it was deleted meanwhile");
      }
      careless = i == TRIES;
    }
    if (careless) {
      throw new S3VfsException(
          ErrorKind.UNSUPPORTED,
          what
              + ": the store takes no notice of conditions (If-Match, If-None-Match) on PUT, which"
              + " keep writers apart; layout=snapshot cannot be used with it");
    }
  }

  private CompletableFuture<String> put(String key, Condition condition) {
    return store.put(key, Head.initial(nonces.get(), nonces.get()).encode(), condition);
  }

  private boolean hasEffect(CompletableFuture<String> request, String what) {
    try {
      Await.result(request, timeout, what);
      return true;
    } catch (S3VfsException e) {
      if (e.kind() == ErrorKind.CONFLICT || e.kind() == ErrorKind.UNAVAILABLE) {
        return false;
      }
      throw e;
    }
  }
}
