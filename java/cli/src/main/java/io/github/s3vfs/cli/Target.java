package io.github.s3vfs.cli;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.transfer.UploadOptions;
import io.github.s3vfs.transfer.WriteCondition;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where something is written to: a local file, an object, or standard output.
 *
 * @param store has the objects
 * @param name as the user has it
 * @param replace whether there may be something already
 */
record Target(Store store, String name, boolean replace) {
  /** Refuses to replace what somebody may want to have. */
  void refuseExisting() {
    if (!replace && exists()) {
      throw new Refusal(ExitCode.BUSY, name + " is there already (--force replaces it)");
    }
  }

  /** How an object is stored so that nothing is replaced that has appeared meanwhile. */
  UploadOptions.Builder upload() {
    return UploadOptions.builder()
        .condition(replace ? WriteCondition.none() : WriteCondition.ifAbsent());
  }

  /** Tells of what has appeared meanwhile, if writing has failed for that. */
  void refuseExisting(Exception failure) {
    if (!replace && Failure.of(failure).code() == ExitCode.BUSY && exists()) {
      throw new Refusal(ExitCode.BUSY, name + " is there already (--force replaces it)", failure);
    }
  }

  private boolean exists() {
    if (name.equals(StoreCommand.STREAM)) {
      return false;
    }
    if (!name.startsWith(StoreCommand.S3)) {
      return Files.exists(Path.of(name));
    }
    try {
      store.objects().stat(StoreCommand.object(name));
      return true;
    } catch (S3VfsException e) {
      if (e.kind() == ErrorKind.NOT_FOUND) {
        return false;
      }
      throw e;
    }
  }
}
