package io.github.s3vfs.cli;

import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.csv.CsvExport;
import io.github.s3vfs.csv.CsvExportOptions;
import io.github.s3vfs.csv.CsvExportResult;
import io.github.s3vfs.transfer.LocalResult;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes rows as CSV. */
@Command(
    name = "export-csv",
    description = {
      "Write the rows of a table or query as CSV.",
      "NULL is an empty field, an empty string is quoted, a BLOB is hexadecimal."
    })
final class ExportCsvCommand extends StoreCommand {
  @Parameters(index = "0", paramLabel = "DATABASE", description = "s3://bucket/key")
  private String database = "";

  @Parameters(
      index = "1",
      paramLabel = "TABLE",
      description = "a table or view; or a query, with a blank in it")
  private String source = "";

  @Parameters(
      index = "2",
      paramLabel = "FILE",
      description = "a local file, an object s3://bucket/key, or - for standard output")
  private String file = "";

  @Option(
      names = {"-f", "--force"},
      description = "replace what is there")
  private boolean force;

  @Option(names = "--no-header", description = "without the names of the columns")
  private boolean noHeader;

  @Option(names = "--gzip", description = "compressed")
  private boolean gzip;

  @Option(names = "--query", description = "what is named TABLE is a query, whatever it looks like")
  private boolean query;

  @Mixin private final CsvOptions csv = new CsvOptions();

  @Override
  int run(Store store) throws SQLException, IOException {
    S3Location location = location(database);
    boolean isQuery = query || source.chars().anyMatch(Character::isWhitespace);
    String sql = isQuery ? source : "SELECT * FROM \"" + source.replace("\"", "\"\"") + "\"";
    CsvExportOptions options =
        CsvExportOptions.DEFAULT.withFormat(csv.format()).withHeader(!noHeader).withGzip(gzip);
    CsvExportResult result;
    Target target = new Target(store, file, force);
    target.refuseExisting();
    try (Connection connection = store.connect(location, "mode=ro");
        Progress progress = progress("export-csv", -1)) {
      CsvExport export =
          CsvExport.query(connection, sql)
              .options(options)
              .progress((rows, bytes) -> at(progress, bytes));
      result = write(target, export);
    }
    if (!file.equals(STREAM)) {
      answer(
          file + ": " + Amount.of(result.rows(), "row") + ", " + Amount.bytes(result.bytes()),
          "location",
          location,
          "file",
          file,
          "rows",
          result.rows(),
          "bytes",
          result.bytes());
    }
    return ExitCode.OK;
  }

  /** Tells it, and ends an export that nobody reads any more. */
  private void at(Progress progress, long bytes) {
    progress.at(bytes, -1);
    try {
      StandardOutput.check(out());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private CsvExportResult write(Target target, CsvExport export) throws SQLException, IOException {
    if (file.equals(STREAM)) {
      return export.to(io().out());
    }
    if (file.startsWith(S3)) {
      return upload(target, export);
    }
    try (LocalResult local = LocalResult.of(Path.of(file), force)) {
      CsvExportResult result;
      try (OutputStream out = local.output()) {
        result = export.to(out);
      }
      local.put();
      return result;
    }
  }

  private CsvExportResult upload(Target target, CsvExport export) throws SQLException, IOException {
    try {
      return export.to(target.store().objects(), object(file), target.upload().build());
    } catch (S3VfsException e) {
      target.refuseExisting(e);
      throw e;
    }
  }
}
