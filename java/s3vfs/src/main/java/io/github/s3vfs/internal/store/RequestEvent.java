package io.github.s3vfs.internal.store;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** A request to S3, from its start until its outcome is known. */
@Name("io.github.s3vfs.S3Request")
@Label("S3 request")
@Category({"SQLite on S3"})
@Description("A request to S3, with the repetitions of the client")
@StackTrace(false)
final class RequestEvent extends Event {
  @Label("Operation")
  @Nullable String operation;

  @Label("Bucket")
  @Nullable String bucket;

  @Label("Key")
  @Nullable String key;

  @Label("Object bytes")
  @DataAmount
  long bytes;

  @Label("Outcome")
  @Description("ok, missing, not modified, or the kind of failure")
  @Nullable String outcome;
}
