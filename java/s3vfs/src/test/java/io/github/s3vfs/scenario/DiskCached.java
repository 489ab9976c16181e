package io.github.s3vfs.scenario;

import io.github.s3vfs.S3VfsConfig;
import io.github.s3vfs.internal.store.InMemoryObjectStore;
import io.github.s3vfs.internal.vfs.MemoryVfs;
import io.github.s3vfs.internal.vfs.Vfs;
import java.nio.file.Path;

/** VFSes with a cache on disk. */
final class DiskCached {
  private DiskCached() {}

  /**
   * A VFS, as a new process has it.
   *
   * @param cacheSizeBytes what it keeps in memory
   */
  static MemoryVfs vfs(
      InMemoryObjectStore store, Path directory, long cacheDirBytes, long cacheSizeBytes) {
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
                    c.writeBufferBytes(),
                    c.parallelism(),
                    c.leaseTerm(),
                    c.retention(),
                    c.upkeep(),
                    directory,
                    cacheDirBytes),
                stores));
  }
}
