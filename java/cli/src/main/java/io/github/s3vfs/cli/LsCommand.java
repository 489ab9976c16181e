package io.github.s3vfs.cli;

import io.github.s3vfs.S3Location;
import io.github.s3vfs.transfer.DatabaseInfo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lists databases. */
@Command(name = "ls", description = "List databases.")
final class LsCommand extends StoreCommand {
  @Parameters(
      paramLabel = "PREFIX",
      description = "s3://bucket, or what names begin with, as s3://bucket/path/")
  private String prefix = "";

  @Option(
      names = {"-l", "--long"},
      description = "with layout and size, which takes requests for each")
  private boolean details;

  @Override
  int run(Store store) throws IOException {
    if (!prefix.startsWith(S3) || prefix.length() == S3.length()) {
      throw new Refusal(ExitCode.USAGE, "'" + prefix + "' is no prefix: expected s3://bucket/path");
    }
    String path = prefix.substring(S3.length());
    int slash = path.indexOf('/');
    String bucket = slash < 0 ? path : path.substring(0, slash);
    List<S3Location> found =
        store.databases().list(bucket, slash < 0 ? "" : path.substring(slash + 1));
    List<Map<String, @Nullable Object>> all = new ArrayList<>();
    for (S3Location location : found) {
      DatabaseInfo info = details ? store.databases().info(location) : null;
      if (program().json()) {
        all.add(info == null ? Json.object("location", location) : InfoCommand.members(info));
      } else if (info == null) {
        out().println(location);
      } else {
        out().printf("%-8s %12d  %s%n", info.layout(), info.length(), location);
      }
      StandardOutput.check(out());
    }
    if (program().json()) {
      out().println(Json.of(all));
    }
    return ExitCode.OK;
  }
}
