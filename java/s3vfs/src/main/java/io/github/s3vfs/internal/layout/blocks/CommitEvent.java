package io.github.s3vfs.internal.layout.blocks;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** The storing of a transaction, until all its blocks are acknowledged. */
@Name("io.github.s3vfs.Commit")
@Label("Commit")
@Category({"SQLite on S3"})
@Description("The journal, the changed blocks and the deletions of a transaction are stored")
@StackTrace(false)
final class CommitEvent extends Event {
  @Label("Location")
  @Nullable String location;

  @Label("Changed blocks")
  long blocks;

  @Label("Database bytes")
  long databaseBytes;
}
