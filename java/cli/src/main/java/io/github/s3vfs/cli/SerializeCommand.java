package io.github.s3vfs.cli;

import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.transfer.LocalResult;
import io.github.s3vfs.transfer.ObjectInfo;
import io.github.s3vfs.transfer.SerializedDatabase;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Takes a database out as a regular SQLite file. */
@Command(name = "serialize", description = "Take a database out as a regular SQLite file.")
final class SerializeCommand extends StoreCommand {
  @Parameters(index = "0", paramLabel = "DATABASE", description = "s3://bucket/key")
  private String database = "";

  @Parameters(
      index = "1",
      paramLabel = "FILE",
      description = "a local file, an object s3://bucket/key, or - for standard output")
  private String file = "";

  @Option(
      names = {"-f", "--force"},
      description = "replace what is there")
  private boolean force;

  @Override
  int run(Store store) throws IOException {
    S3Location location = location(database);
    long length = store.databases().info(location).length();
    if (file.equals(STREAM)) {
      write(store, location, StandardOutput.checked(out()), length);
      return ExitCode.OK;
    }
    if (file.startsWith(S3)) {
      upload(store, location, length);
    } else {
      save(store, location, length);
    }
    answer(
        file + ": " + Amount.bytes(length) + " from " + location,
        "location",
        location,
        "file",
        file,
        "bytes",
        length);
    return ExitCode.OK;
  }

  private void upload(Store store, S3Location location, long length) {
    Target target = new Target(store, file, force);
    target.refuseExisting();
    try (Progress progress = progress("serialize", length);
        SerializedDatabase content = store.databases().serialize(location)) {
      ObjectInfo unused =
          content.uploadTo(object(file), target.upload().progress(progress::at).build());
    } catch (S3VfsException e) {
      target.refuseExisting(e);
      throw e;
    }
  }

  private void save(Store store, S3Location location, long length) throws IOException {
    try (LocalResult target = LocalResult.of(Path.of(file), force)) {
      try (OutputStream out = target.output()) {
        write(store, location, out, length);
      }
      target.put();
    }
  }

  private void write(Store store, S3Location location, OutputStream out, long length)
      throws IOException {
    try (Progress progress = progress("serialize", length);
        SerializedDatabase content = store.databases().serialize(location)) {
      for (byte[] chunk : content) {
        out.write(chunk);
        progress.add(chunk.length);
      }
    }
  }
}
