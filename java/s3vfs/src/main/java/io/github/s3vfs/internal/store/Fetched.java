package io.github.s3vfs.internal.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a read.
 *
 * @param status whether there is a body
 * @param body the bytes asked for, not to be changed; empty unless {@code FOUND}
 * @param etag the object's ETag, opaque; empty when {@code MISSING}
 * @param objectSize the length of the whole object in bytes; -1 unless {@code FOUND}
 * @param date the store's clock (its Date header), or null if the answer had none
 * @param lastModified when the object was stored, by the store's clock; null unless {@code FOUND},
 *     or if the answer had none
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Fetched(
    Status status,
    byte[] body,
    String etag,
    long objectSize,
    @Nullable Instant date,
    @Nullable Instant lastModified) {

  private static final byte[] NOTHING = new byte[0];

  /** Whether there is a body. */
  public enum Status {
    /** The body holds what was asked for. */
    FOUND,
    /** The object still has the ETag of the condition. */
    NOT_MODIFIED,
    /** There is no such object. */
    MISSING
  }

  /** The answer for an object that is not there. */
  public static Fetched missing(@Nullable Instant date) {
    return new Fetched(Status.MISSING, NOTHING, "", -1, date, null);
  }

  /** The answer for an object that still has the ETag asked about. */
  public static Fetched notModified(String etag, @Nullable Instant date) {
    return new Fetched(Status.NOT_MODIFIED, NOTHING, etag, -1, date, null);
  }

  /** Whether there is a body. */
  public boolean found() {
    return status == Status.FOUND;
  }
}
