package io.github.s3vfs.changelog;

import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A process that tries to lock a file, and ends with 0 if nobody else has. */
final class LockingProcess {
  private LockingProcess() {}

  /** In the other process; the argument is the file. */
  public static void main(String[] args) throws Exception {
    try (FileChannel file = FileChannel.open(Path.of(args[0]), StandardOpenOption.WRITE)) {
      System.exit(file.tryLock() == null ? 1 : 0);
    }
  }
}
