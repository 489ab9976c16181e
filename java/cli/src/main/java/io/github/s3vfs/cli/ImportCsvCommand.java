package io.github.s3vfs.cli;

import io.github.s3vfs.S3Location;
import io.github.s3vfs.csv.BadRow;
import io.github.s3vfs.csv.BadRows;
import io.github.s3vfs.csv.Conflict;
import io.github.s3vfs.csv.CsvImport;
import io.github.s3vfs.csv.CsvImportOptions;
import io.github.s3vfs.csv.CsvImportResult;
import io.github.s3vfs.csv.HeaderUse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Reads CSV into a table. */
@Command(
    name = "import-csv",
    description = {
      "Read CSV into a table, in one transaction.",
      "What is compressed by gzip is found out."
    })
final class ImportCsvCommand extends StoreCommand {
  @Parameters(
      index = "0",
      paramLabel = "FILE",
      description = "a local file, an object s3://bucket/key, or - for standard input")
  private String file = "";

  @Parameters(index = "1", paramLabel = "DATABASE", description = "s3://bucket/key")
  private String database = "";

  @Parameters(index = "2", paramLabel = "TABLE", description = "its name")
  private String table = "";

  @Option(
      names = "--create",
      description = "make database and table where they are missing; types come from the rows")
  private boolean create;

  @Option(names = "--no-header", description = "the first record is data; fields go by position")
  private boolean noHeader;

  @Option(
      names = "--columns",
      paramLabel = "NAME",
      split = ",",
      description = "columns that the fields go to, by position; a header does not count then")
  private @Nullable List<String> columns;

  @Option(
      names = "--on-conflict",
      paramLabel = "WHAT",
      description = "rows that are there already: fail (default), ignore or replace")
  private Conflict conflict = Conflict.FAIL;

  @Option(
      names = "--skip-bad",
      paramLabel = "N",
      description = "leave out up to N records that do not fit (0)")
  private long bad;

  @Option(
      names = "--commit-every",
      paramLabel = "ROWS",
      description = "end a transaction after so many; else all or nothing")
  private long commitEvery;

  @Mixin private final CsvOptions csv = new CsvOptions();

  private CsvImportOptions options() {
    CsvImportOptions.Builder options =
        CsvImportOptions.builder()
            .format(csv.format())
            .createTable(create)
            .conflict(conflict)
            .badRows(BadRows.skip(bad))
            .commitEvery(commitEvery);
    if (columns != null) {
      options.columns(columns);
    }
    options.header(
        noHeader ? HeaderUse.NONE : columns != null ? HeaderUse.IGNORE : HeaderUse.NAMES);
    return options.build();
  }

  @Override
  int run(Store store) throws SQLException, IOException {
    S3Location location = location(database);
    CsvImportOptions options = options();
    boolean local = !file.equals(STREAM) && !file.startsWith(S3);
    long size = local ? Files.size(Path.of(file)) : -1;
    CsvImportResult result;
    try (InputStream in = open(store);
        Connection connection = store.connect(location, create ? "mode=rwc" : "mode=rw");
        Progress progress = progress("import-csv", size)) {
      result =
          CsvImport.into(connection, table)
              .options(options)
              .progress((rows, bytes) -> progress.at(bytes, size))
              .from(in);
    }
    for (BadRow each : result.firstBadRows()) {
      io().err().println("left out: " + each);
    }
    answer(
        location
            + ": "
            + Amount.of(result.rows(), "row")
            + " into "
            + table
            + (result.ignored() > 0 ? ", " + Amount.count(result.ignored()) + " ignored" : "")
            + (result.bad() > 0 ? ", " + Amount.count(result.bad()) + " left out" : ""),
        "location",
        location,
        "table",
        table,
        "rows",
        result.rows(),
        "ignored",
        result.ignored(),
        "bad",
        result.bad(),
        "bytes",
        result.bytes(),
        "tableCreated",
        result.tableCreated());
    return ExitCode.OK;
  }

  private InputStream open(Store store) throws IOException {
    if (file.equals(STREAM)) {
      return io().in();
    }
    return file.startsWith(S3)
        ? store.objects().open(object(file))
        : Files.newInputStream(Path.of(file));
  }
}
