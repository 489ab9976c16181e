package io.github.s3vfs.internal.vfs;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Period;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** The caches in memory of one VFS, now and then, and when it is closed. */
@Name("io.github.s3vfs.PageCache")
@Label("Page cache")
@Category({"SQLite on S3"})
@Description("Pages of a VFS in memory; counts are since it was registered")
@Period("10 s")
@StackTrace(false)
final class PageCacheEvent extends Event {
  @Label("VFS")
  @Nullable String vfs;

  @Label("Pages")
  @Description("In native memory")
  long pages;

  @Label("Bytes")
  @Description("Native memory, and on the heap")
  @DataAmount
  long bytes;

  @Label("Hits")
  @Description("Pages and blocks that were read from memory")
  long hits;

  @Label("Misses")
  @Description("Pages and blocks that a reader had to wait for")
  long misses;

  @Label("Prefetched pages")
  long prefetched;

  @Label("Prefetched pages that were read")
  long prefetchedUsed;

  @Label("Prefetched pages that were given up unread")
  long prefetchedWasted;
}
