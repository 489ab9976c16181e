package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.store.Await;
import io.github.s3vfs.internal.store.Condition;
import io.github.s3vfs.internal.store.Fetched;
import io.github.s3vfs.internal.store.ObjectStore;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The object {@code {key}/head}: read, and changed by compare-and-swap. Thread-safe. */
final class HeadObject {
  /** Behind the database's key. */
  static final String SUFFIX = "/head";

  /** How often the same bytes are sent until the outcome counts as unknown. */
  private static final int TRIES = 3;

  private final ObjectStore store;
  private final String key;
  private final Duration timeout;
  private final StoreClock clock;

  HeadObject(ObjectStore store, String database, Duration timeout, StoreClock clock) {
    this.store = store;
    this.key = database + SUFFIX;
    this.timeout = timeout;
    this.clock = clock;
  }

  /**
   * A head as it was seen.
   *
   * @param etag of the object
   */
  record Seen(Head head, String etag) {}

  /**
   * What became of a change.
   *
   * @param done whether it took effect
   * @param seen the head now; null if there is none
   */
  record Swap(boolean done, @Nullable Seen seen) {}

  String key() {
    return key;
  }

  String describe() {
    return "s3://" + store.bucket() + "/" + key;
  }

  /**
   * What is stored now.
   *
   * @param known what was seen before, or null; the same object if nothing has changed
   * @return null if there is no head
   */
  @Nullable Seen read(@Nullable Seen known) {
    Condition condition = known == null ? Condition.NONE : Condition.ifNoneMatch(known.etag());
    Fetched now = Await.result(store.get(key, null, condition), timeout, "GET " + describe());
    clock.answered(now.date());
    return switch (now.status()) {
      case MISSING -> null;
      case NOT_MODIFIED -> known;
      case FOUND -> new Seen(Head.decode(now.body(), describe()), now.etag());
    };
  }

  /**
   * Replaces the head that was seen by another one, by PUTs of the same bytes under the same
   * condition until one is known to have had effect, or none can any more. One that makes the head
   * is sent once: it could have effect again when the database was deleted meanwhile.
   *
   * @param from null where there was none
   * @throws S3VfsException what the store refused it with: it has had no effect; {@code
   *     UNAVAILABLE} or {@code INTERRUPTED} when the outcome is unknown: it may take effect as long
   *     as the head is {@code from}
   */
  Swap swap(@Nullable Seen from, Head to) {
    byte[] bytes = to.encode();
    Condition condition = from == null ? Condition.IF_ABSENT : Condition.ifMatch(from.etag());
    for (int i = 1; ; i++) {
      try {
        String etag = Await.result(store.put(key, bytes, condition), timeout, "PUT " + describe());
        return new Swap(true, new Seen(to, etag));
      } catch (S3VfsException e) {
        boolean may = e.kind() == ErrorKind.CONFLICT || e.kind() == ErrorKind.UNAVAILABLE;
        if (!may) {
          throw i == 1 ? e : unknown(e);
        }
        Seen now = readForOutcome();
        if (now != null && now.head().nonce().equals(to.nonce())) {
          return new Swap(true, now);
        }
        boolean same = from == null ? now == null : now != null && now.etag().equals(from.etag());
        if (!same) {
          return new Swap(false, now);
        }
        if (i == TRIES || from == null) {
          throw unknown(e);
        }
      }
    }
  }

  private @Nullable Seen readForOutcome() {
    try {
      return read(null);
    } catch (S3VfsException e) {
      throw unknown(e);
    }
  }

  private S3VfsException unknown(S3VfsException e) {
    return e.kind() == ErrorKind.INTERRUPTED
        ? e
        : new S3VfsException(
            ErrorKind.UNAVAILABLE,
            describe() + ": whether it was changed is unknown: " + e.getMessage(),
            e);
  }
}
