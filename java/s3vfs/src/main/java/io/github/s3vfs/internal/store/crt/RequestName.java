package io.github.s3vfs.internal.store.crt;

import io.github.s3vfs.internal.store.ByteRange;
import io.github.s3vfs.internal.store.Condition;
import org.jspecify.annotations.Nullable;

/**
 * A request as messages name it, and what its errors depend on.
 *
 * @param verb GET, PUT, DELETE or LIST, or words for the requests of large objects
 * @param bucket the bucket's name
 * @param key the object's key, or a listing's prefix
 * @param range the part asked for, or null
 * @param condition what was demanded
 */
record RequestName(
    String verb, String bucket, String key, @Nullable ByteRange range, Condition condition) {

  RequestName(String verb, String bucket, String key) {
    this(verb, bucket, key, null, Condition.NONE);
  }

  /** Whether it was sent under this kind of condition. */
  boolean isUnder(Condition.Kind kind) {
    return condition.kind() == kind;
  }

  /** The first byte asked for. */
  long start() {
    return range == null ? 0 : range.offset();
  }

  /** Whether it asks for an object. */
  boolean isRead() {
    return verb.equals("GET") || verb.equals("HEAD");
  }

  /** The permission that S3 wants for it (Service Authorization Reference, Amazon S3). */
  String permission() {
    if (verb.startsWith("COPY")) {
      return "s3:PutObject, and s3:GetObject for the source";
    } else if (verb.startsWith("PUT part")) {
      return "s3:PutObject";
    }
    return switch (verb) {
      case "PUT", "BEGIN UPLOAD", "COMPLETE UPLOAD" -> "s3:PutObject";
      case "ABORT UPLOAD" -> "s3:AbortMultipartUpload";
      case "TAGS" -> "s3:GetObjectTagging";
      case "DELETE" -> "s3:DeleteObject";
      case "LIST" -> "s3:ListBucket";
      default -> "s3:GetObject";
    };
  }

  /** As in "GET s3://bucket/key bytes=0-99". */
  @Override
  public String toString() {
    return verb + " s3://" + bucket + "/" + key + (range == null ? "" : " " + range.header());
  }
}
