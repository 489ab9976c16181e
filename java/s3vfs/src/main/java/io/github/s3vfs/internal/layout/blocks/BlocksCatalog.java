package io.github.s3vfs.internal.layout.blocks;

import io.github.s3vfs.internal.layout.DatabaseHeader;
import io.github.s3vfs.internal.store.Await;
import io.github.s3vfs.internal.store.ByteRange;
import io.github.s3vfs.internal.store.Condition;
import io.github.s3vfs.internal.store.Fetched;
import io.github.s3vfs.internal.store.ObjectStore;
import java.time.Duration;

/** Finds databases by their block 0. */
public final class BlocksCatalog {
  private BlocksCatalog() {}

  /** Whether there is a block 0 of a database at a key. One GET of 100 bytes. */
  public static boolean isDatabase(ObjectStore store, Duration timeout, String key) {
    String block0 = new BlockNames(key).key(0);
    Fetched header =
        Await.result(
            store.get(block0, new ByteRange(0, DatabaseHeader.LENGTH), Condition.NONE),
            timeout,
            "GET s3://" + store.bucket() + "/" + block0);
    return header.found() && DatabaseHeader.isDatabase(header.body());
  }
}
