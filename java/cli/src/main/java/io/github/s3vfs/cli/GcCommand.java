package io.github.s3vfs.cli;

import io.github.s3vfs.S3Location;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Deletes what no version needs that is kept. */
@Command(
    name = "gc",
    description = {
      "Delete what no version needs that is kept.",
      "A version is kept for --retention seconds after it was replaced."
    })
final class GcCommand extends StoreCommand {
  @Parameters(paramLabel = "DATABASE", description = "s3://bucket/key, in the layout snapshot")
  private String database = "";

  @Option(names = "--compact", description = "first store scattered pages anew")
  private boolean compact;

  @Override
  int run(Store store) {
    S3Location location = location(database);
    long pages = compact ? store.databases().compact(location) : 0;
    int segments = store.databases().collect(location);
    answer(
        location
            + ": "
            + (compact ? Amount.of(pages, "page") + " stored anew, " : "")
            + Amount.of(segments, "object")
            + " deleted",
        "location",
        location,
        "pagesStoredAnew",
        pages,
        "objectsDeleted",
        segments);
    return ExitCode.OK;
  }
}
