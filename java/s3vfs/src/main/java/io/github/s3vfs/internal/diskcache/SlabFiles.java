package io.github.s3vfs.internal.diskcache;

import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/** Makes the files that slabs are written to. */
interface SlabFiles {
  /** Makes a file that is not there, for its owner only, and opens it for writing. */
  SeekableByteChannel create(Path path) throws IOException;

  /** Those of the file system. */
  static SeekableByteChannel onDisk(Path path) throws IOException {
    Set<OpenOption> options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    return Files.newByteChannel(path, options, CacheDirectory.ownerOnly(path, "rw-------"));
  }
}
