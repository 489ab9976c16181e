package io.github.s3vfs.internal.layout;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** The storing of a transaction, until all of it is acknowledged. */
@Name("io.github.s3vfs.Commit")
@Label("Commit")
@Category({"SQLite on S3"})
@Description("What a transaction has changed is stored")
@StackTrace(false)
public final class CommitEvent extends Event {
  @Label("Location")
  public @Nullable String location;

  @Label("Changed blocks or pages")
  public long changed;

  @Label("Database bytes")
  public long databaseBytes;
}
