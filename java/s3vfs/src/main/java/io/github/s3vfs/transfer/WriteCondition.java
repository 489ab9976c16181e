package io.github.s3vfs.transfer;

import io.github.s3vfs.internal.store.Condition;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What must hold of the object that is written, at the moment when it appears. Otherwise the write
 * fails with {@link io.github.s3vfs.ErrorKind#CONFLICT} and changes nothing.
 *
 * @param absent whether there must be no object
 * @param etag the ETag that the object must have, or null
 */
public record WriteCondition(boolean absent, @Nullable String etag) {
  private static final WriteCondition NONE = new WriteCondition(false, null);
  private static final WriteCondition ABSENT = new WriteCondition(true, null);

  /**
   * No condition: what is there is replaced.
   *
   * @return it
   */
  public static WriteCondition none() {
    return NONE;
  }

  /**
   * There is no object (If-None-Match: *).
   *
   * @return it
   */
  public static WriteCondition ifAbsent() {
    return ABSENT;
  }

  /**
   * The object exists and has this ETag (If-Match).
   *
   * @param etag with its quotes, as {@link ObjectInfo#etag} has it
   * @return it
   */
  public static WriteCondition ifMatch(String etag) {
    return new WriteCondition(false, Objects.requireNonNull(etag, "etag"));
  }

  Condition toStore() {
    return absent ? Condition.IF_ABSENT : etag == null ? Condition.NONE : Condition.ifMatch(etag);
  }
}
