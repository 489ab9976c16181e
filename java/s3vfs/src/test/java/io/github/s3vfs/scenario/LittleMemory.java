package io.github.s3vfs.scenario;

import io.github.s3vfs.S3VfsConfig;
import io.github.s3vfs.internal.store.InMemoryObjectStore;
import io.github.s3vfs.internal.vfs.MemoryVfs;
import io.github.s3vfs.internal.vfs.Vfs;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** VFSes with little memory: transactions are stored in parts, and few blocks are cached. */
final class LittleMemory {
  private LittleMemory() {}

  static MemoryVfs vfs(InMemoryObjectStore store, long cacheSizeBytes, long writeBufferBytes) {
    return vfs(store, cacheSizeBytes, writeBufferBytes, null, true);
  }

  /**
   * @param retention null for the default
   * @param upkeep whether it compacts and collects by itself
   */
  static MemoryVfs vfs(
      InMemoryObjectStore store,
      long cacheSizeBytes,
      long writeBufferBytes,
      @Nullable Duration retention,
      boolean upkeep) {
    return new MemoryVfs(
        store,
        (c, stores) ->
            new Vfs(
                new S3VfsConfig(
                    c.name(),
                    c.bucket(),
                    c.client(),
                    c.requests(),
                    c.layout(),
                    c.blockSize(),
                    c.optimistic(),
                    c.maxStaleness(),
                    cacheSizeBytes,
                    writeBufferBytes,
                    c.parallelism(),
                    c.leaseTerm(),
                    retention,
                    upkeep,
                    c.cacheDir(),
                    c.cacheDirBytes()),
                stores));
  }
}
