package io.github.s3vfs.internal.layout;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** Pages that are fetched ahead together, until they are in the cache, or failed to come. */
@Name("io.github.s3vfs.Prefetch")
@Label("Prefetch")
@Category({"SQLite on S3"})
@Description("Pages are fetched before a reader wants them, in the layout snapshot")
@StackTrace(false)
public final class PrefetchEvent extends Event {
  @Label("Location")
  public @Nullable String location;

  @Label("Pages")
  @Description("That have come; 0 after a failure")
  public long pages;

  @Label("Stored bytes")
  @Description("Of these pages, compressed")
  @DataAmount
  public long bytes;
}
