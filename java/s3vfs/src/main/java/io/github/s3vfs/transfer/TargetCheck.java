package io.github.s3vfs.transfer;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.store.Await;
import io.github.s3vfs.internal.store.Condition;
import io.github.s3vfs.internal.store.LargeObjects;

/**
 * Looks whether the condition of a write holds, before much is sent in vain. Not every store takes
 * notice of a condition at the end of a multipart upload, either.
 */
final class TargetCheck {
  private TargetCheck() {}

  /**
   * Asks for the target if there is a condition.
   *
   * @throws S3VfsException {@code CONFLICT} if it does not hold; what S3 failed with
   */
  static void run(LargeObjects objects, ObjectLocation target, Condition condition) {
    if (condition.kind() == Condition.Kind.NONE) {
      return;
    }
    String etag = null;
    try {
      etag =
          Await.result(
                  objects.head(target.key(), null),
                  MultipartUpload.patience(objects.deadline(0)),
                  "HEAD " + target)
              .etag();
    } catch (S3VfsException e) {
      if (e.kind() == ErrorKind.ACCESS_DENIED) {
        return; // may be missing; the store will tell
      } else if (e.kind() != ErrorKind.NOT_FOUND) {
        throw e;
      }
    }
    boolean holds =
        condition.kind() == Condition.Kind.IF_ABSENT
            ? etag == null
            : etag != null && etag.equals(condition.etag());
    if (!holds) {
      throw new S3VfsException(
          ErrorKind.CONFLICT,
          target
              + (etag == null ? " does not exist" : " exists, with the ETag " + etag)
              + "; it was to be written "
              + (condition.etag() == null
                  ? "only if it is absent"
                  : "only in place of the ETag " + condition.etag()));
    }
  }
}
