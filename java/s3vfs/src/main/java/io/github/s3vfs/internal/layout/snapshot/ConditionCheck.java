package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.store.Await;
import io.github.s3vfs.internal.store.Condition;
import io.github.s3vfs.internal.store.ObjectStore;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Tries whether a store takes notice of conditions: two PUTs that must be refused, of the bytes
 * that are there already, so that nothing is lost if they are not.
 */
final class ConditionCheck {
  private final ObjectStore store;
  private final Duration timeout;

  ConditionCheck(ObjectStore store, Duration timeout) {
    this.store = store;
    this.timeout = timeout;
  }

  /**
   * Runs it on a head that was just made.
   *
   * @throws S3VfsException {@code UNSUPPORTED}
   */
  void run(String key, HeadObject.Seen made) {
    byte[] bytes = made.head().encode();
    CompletableFuture<String> absent = store.put(key, bytes, Condition.IF_ABSENT);
    CompletableFuture<String> match = store.put(key, bytes, Condition.NEVER);
    String what = "PUT s3://" + store.bucket() + "/" + key;
    boolean absentHad = hasEffect(absent, what + " with If-None-Match: *");
    boolean matchHad = hasEffect(match, what + " with If-Match");
    if (absentHad || matchHad) {
      throw new S3VfsException(
          ErrorKind.UNSUPPORTED,
          what
              + ": the store takes no notice of conditions (If-Match, If-None-Match) on PUT, which"
              + " keep writers apart; layout=snapshot cannot be used with it");
    }
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
