package io.github.s3vfs.cli;

import io.github.s3vfs.Layout;
import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3Vfs;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Copies a database. */
@Command(name = "copy", description = "Copy a database, as of now.")
final class CopyCommand extends StoreCommand {
  @Parameters(index = "0", paramLabel = "FROM", description = "s3://bucket/key")
  private String from = "";

  @Parameters(index = "1", paramLabel = "TO", description = "s3://bucket/key")
  private String to = "";

  @Option(
      names = {"-f", "--force"},
      description = "replace the database that is there")
  private boolean force;

  @Option(
      names = "--layout",
      paramLabel = "LAYOUT",
      description = "of a new database: snapshot (default) or blocks")
  private @Nullable Layout layout;

  @Override
  int run(Store store) {
    S3Location source = location(from);
    S3Location target = location(to);
    if (source.equals(target)) {
      throw new Refusal(ExitCode.USAGE, source + " cannot be copied to itself");
    }
    long length = store.databases().info(source).length();
    try (Store written = new Store(targetSettings())) {
      if (!force) {
        DeserializeCommand.refuseExisting(written, target);
      }
      try (Progress progress = progress("copy", length)) {
        written.databases().copy(source, target, force, (done, total) -> progress.at(done, length));
        progress.at(length, length); // the store may have done it
      }
    }
    answer(
        target + ": " + Amount.bytes(length) + " from " + source,
        "location",
        target,
        "from",
        source,
        "bytes",
        length);
    return ExitCode.OK;
  }

  /** Another VFS, so that the layout is that of the copy only. */
  private S3Vfs.Builder targetSettings() {
    S3Vfs.Builder settings = program().settings().name("s3vfs-cli-copy");
    return layout == null ? settings : settings.layout(layout);
  }
}
