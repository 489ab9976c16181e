package io.github.s3vfs.cli;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.Layout;
import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.transfer.S3Databases;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Stores a regular SQLite file as a database. */
@Command(name = "deserialize", description = "Store a regular SQLite file as a database.")
final class DeserializeCommand extends StoreCommand {
  @Parameters(
      index = "0",
      paramLabel = "FILE",
      description = "a local file, an object s3://bucket/key, or - for standard input")
  private String file = "";

  @Parameters(index = "1", paramLabel = "DATABASE", description = "s3://bucket/key")
  private String database = "";

  @Option(
      names = {"-f", "--force"},
      description = "replace the database that is there")
  private boolean force;

  @Option(
      names = "--layout",
      paramLabel = "LAYOUT",
      description = "of a new database: snapshot (default) or blocks")
  private @Nullable Layout layout;

  @Option(
      names = "--block-size",
      paramLabel = "BYTES",
      description = "in the layout blocks: bytes per block (4096)")
  private @Nullable Integer blockSize;

  @Override
  S3Vfs.Builder settings(S3Vfs.Builder builder) {
    if (layout != null) {
      builder.layout(layout);
    }
    if (blockSize != null) {
      builder.blockSize(blockSize);
    }
    return builder;
  }

  @Override
  int run(Store store) throws IOException {
    S3Location location = location(database);
    if (!force) {
      refuseExisting(store, location);
    }
    long length = length(store);
    long count;
    try (InputStream source = open(store);
        Progress progress = progress("deserialize", length);
        CountedInput counted = new CountedInput(source, progress)) {
      write(store, location, counted);
      count = counted.count();
    }
    answer(
        location
            + ": "
            + Amount.bytes(count)
            + " from "
            + (file.equals(STREAM) ? "standard input" : file),
        "location",
        location,
        "file",
        file,
        "bytes",
        count);
    return ExitCode.OK;
  }

  private void write(Store store, S3Location location, InputStream content) throws IOException {
    if (force) {
      store.databases().deserialize(location, content);
      return;
    }
    try {
      store.databases().deserializeNew(location, content);
    } catch (S3VfsException e) {
      if (e.kind() == ErrorKind.CONFLICT) {
        refuseExisting(store, location); // it was made meanwhile
      }
      throw e;
    }
  }

  private long length(Store store) throws IOException {
    return file.equals(STREAM)
        ? -1
        : file.startsWith(S3)
            ? store.objects().stat(object(file)).size()
            : Files.size(Path.of(file));
  }

  private InputStream open(Store store) throws IOException {
    return file.equals(STREAM)
        ? io().in()
        : file.startsWith(S3)
            ? store.objects().open(object(file))
            : S3Databases.open(Path.of(file));
  }

  /** Refuses to replace what somebody may want to have. */
  static void refuseExisting(Store store, S3Location location) {
    try {
      store.databases().info(location);
    } catch (S3VfsException e) {
      if (e.kind() == ErrorKind.NOT_FOUND) {
        return; // a bucket that is missing is told of when it is written to
      }
      throw e;
    }
    throw new Refusal(
        ExitCode.BUSY, "there is a database at " + location + " already (--force replaces it)");
  }
}
