package io.github.s3vfs.internal.store;

import org.jspecify.annotations.Nullable;

/**
 * What must hold of an object for a request to take effect.
 *
 * @param kind which comparison
 * @param etag the ETag to compare with; null for {@code NONE} and {@code IF_ABSENT}
 */
public record Condition(Kind kind, @Nullable String etag) {

  /** Which comparison. */
  public enum Kind {
    /** No condition. */
    NONE,
    /** The object exists and has this ETag (If-Match). */
    IF_MATCH,
    /** The object does not have this ETag (If-None-Match); for reads. */
    IF_NONE_MATCH,
    /** The object does not exist (If-None-Match: *); for writes. */
    IF_ABSENT
  }

  /** No condition. */
  public static final Condition NONE = new Condition(Kind.NONE, null);

  /** For writes: the object does not exist. */
  public static final Condition IF_ABSENT = new Condition(Kind.IF_ABSENT, null);

  /**
   * For writes: an ETag that no object has. The write is refused by every store that takes notice
   * of conditions; sent to find out whether it does.
   */
  public static final Condition NEVER = ifMatch("\"00000000000000000000000000000000\"");

  /** The object exists and has this ETag. */
  public static Condition ifMatch(String etag) {
    return new Condition(Kind.IF_MATCH, etag);
  }

  /** For reads: the object does not have this ETag. */
  public static Condition ifNoneMatch(String etag) {
    return new Condition(Kind.IF_NONE_MATCH, etag);
  }
}
