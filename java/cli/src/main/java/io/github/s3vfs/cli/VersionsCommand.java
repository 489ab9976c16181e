package io.github.s3vfs.cli;

import io.github.s3vfs.S3Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Lists the versions of a database. */
@Command(
    name = "versions",
    description = "List the versions of a database that can be read, newest first.")
final class VersionsCommand extends StoreCommand {
  @Parameters(paramLabel = "DATABASE", description = "s3://bucket/key, in the layout snapshot")
  private String database = "";

  @Override
  int run(Store store) {
    List<S3Version> versions = store.vfs().versions(location(database));
    if (program().json()) {
      List<Map<String, @Nullable Object>> all = new ArrayList<>();
      versions.forEach(each -> all.add(Json.object("version", each.number(), "time", each.time())));
      out().println(Json.of(all));
    } else {
      versions.forEach(each -> out().printf("%8d  %s%n", each.number(), each.time()));
    }
    return ExitCode.OK;
  }
}
