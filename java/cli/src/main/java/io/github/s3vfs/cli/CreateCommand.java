package io.github.s3vfs.cli;

import io.github.s3vfs.Layout;
import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3Vfs;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes an empty database. */
@Command(name = "create", description = "Make an empty database.")
final class CreateCommand extends StoreCommand {
  @Parameters(paramLabel = "DATABASE", description = "s3://bucket/key")
  private String database = "";

  @Option(names = "--layout", paramLabel = "LAYOUT", description = "snapshot (default) or blocks")
  private @Nullable Layout layout;

  @Option(
      names = "--block-size",
      paramLabel = "BYTES",
      description = "in the layout blocks: bytes per block (4096)")
  private @Nullable Integer blockSize;

  @Option(
      names = "--page-size",
      paramLabel = "BYTES",
      description = "of SQLite: 512 to 65536, a power of two (4096)")
  private int pageSize = 4096;

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
  int run(Store store) throws SQLException {
    S3Location location = location(database);
    if (pageSize < 512 || pageSize > 65536 || Integer.bitCount(pageSize) != 1) {
      throw new Refusal(ExitCode.USAGE, "--page-size " + pageSize + " is no page size of SQLite");
    }
    try (Connection connection = store.connect(location, "mode=rwc");
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA page_size = " + pageSize);
      statement.execute("BEGIN"); // what is written must follow on what is read here
      try (ResultSet pages = statement.executeQuery("PRAGMA page_count")) {
        if (pages.next() && pages.getLong(1) > 0) {
          throw new Refusal(ExitCode.BUSY, "there is a database at " + location + " already");
        }
      }
      statement.execute("PRAGMA user_version = 0"); // writes the first page
      statement.execute("COMMIT");
    }
    answer(location + ": made", "location", location, "pageSize", pageSize);
    return ExitCode.OK;
  }
}
