package io.github.s3vfs.cli;

import io.github.s3vfs.Layout;
import io.github.s3vfs.transfer.DatabaseInfo;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** How a database is stored. */
@Command(name = "info", description = "Show how a database is stored.")
final class InfoCommand extends StoreCommand {
  @Parameters(paramLabel = "DATABASE", description = "s3://bucket/key")
  private String database = "";

  static Map<String, @Nullable Object> members(DatabaseInfo info) {
    Duration term = info.writerTerm();
    Map<String, @Nullable Object> members =
        Json.object(
            "location",
            info.location(),
            "layout",
            info.layout(),
            "bytes",
            info.length(),
            "pageSize",
            info.pageSize(),
            "pages",
            info.pageCount(),
            "objects",
            info.objects(),
            "storedBytes",
            info.storedBytes(),
            "writer",
            info.writer(),
            "writerTermSeconds",
            term == null ? null : term.toMillis() / 1e3);
    if (info.layout() == Layout.BLOCKS) {
      members.put("blockSize", info.blockSize());
    } else {
      members.put("version", info.version());
      members.put("committed", info.committed());
      members.put("oldestVersion", info.oldestVersion());
    }
    return members;
  }

  @Override
  int run(Store store) {
    DatabaseInfo info = store.databases().info(location(database));
    if (program().json()) {
      Map<String, @Nullable Object> members = members(info);
      if (info.layout() == Layout.SNAPSHOT) {
        members.put("retentionSeconds", program().retention().toSeconds());
      }
      out().println(Json.of(members));
      return ExitCode.OK;
    }
    line("location", info.location());
    line("layout", info.layout());
    line("size", Amount.bytes(info.length()) + " (" + Amount.count(info.length()) + " bytes)");
    line("pages", Amount.count(info.pageCount()) + " of " + info.pageSize() + " bytes");
    if (info.layout() == Layout.BLOCKS) {
      line("block size", info.blockSize() + " bytes");
    } else {
      line("version", info.version() + ", of " + info.committed());
      line(
          "kept versions",
          "from "
              + info.oldestVersion()
              + " on; "
              + program().retention().toSeconds()
              + " s after they were replaced");
    }
    line("stored", Amount.bytes(info.storedBytes()) + " in " + Amount.of(info.objects(), "object"));
    Duration term = info.writerTerm();
    line(
        "writer",
        info.writer() == null || term == null
            ? "none"
            : info.writer() + ", for " + term.toSeconds() + " s after it was heard last");
    return ExitCode.OK;
  }

  private void line(String name, Object value) {
    out().printf("%-14s %s%n", name, value);
  }
}
