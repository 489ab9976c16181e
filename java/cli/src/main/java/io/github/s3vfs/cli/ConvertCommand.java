package io.github.s3vfs.cli;

import io.github.s3vfs.Layout;
import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3Vfs;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Stores a database in another layout. */
@Command(name = "convert", description = "Store a database in another layout, at the same place.")
final class ConvertCommand extends StoreCommand {
  @Parameters(index = "0", paramLabel = "DATABASE", description = "s3://bucket/key")
  private String database = "";

  @Parameters(index = "1", paramLabel = "LAYOUT", description = "snapshot or blocks")
  private Layout layout = Layout.SNAPSHOT;

  @Option(
      names = "--block-size",
      paramLabel = "BYTES",
      description = "in the layout blocks: bytes per block (4096)")
  private @Nullable Integer blockSize;

  @Override
  S3Vfs.Builder settings(S3Vfs.Builder builder) {
    if (blockSize != null) {
      builder.blockSize(blockSize);
    }
    return builder;
  }

  @Override
  int run(Store store) {
    S3Location location = location(database);
    boolean moved = store.databases().convert(location, layout);
    answer(
        location
            + (moved ? ": is in the layout " : ": was in the layout ")
            + layout
            + (moved ? " now" : " already"),
        "location",
        location,
        "layout",
        layout,
        "converted",
        moved);
    return ExitCode.OK;
  }
}
