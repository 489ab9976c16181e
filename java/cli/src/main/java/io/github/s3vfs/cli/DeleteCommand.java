package io.github.s3vfs.cli;

import io.github.s3vfs.S3Location;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Deletes a database. */
@Command(name = "delete", description = "Delete a database with all of its versions.")
final class DeleteCommand extends StoreCommand {
  @Parameters(paramLabel = "DATABASE", description = "s3://bucket/key")
  private String database = "";

  @Option(
      names = {"-y", "--yes"},
      description = "do not ask")
  private boolean yes;

  @Override
  int run(Store store) throws IOException {
    S3Location location = location(database);
    if (!yes) {
      confirm(location);
    }
    if (!store.databases().delete(location)) {
      throw new Refusal(ExitCode.NOT_FOUND, "there is no database at " + location);
    }
    answer(location + ": deleted", "location", location, "deleted", true);
    return ExitCode.OK;
  }

  private void confirm(S3Location location) throws IOException {
    io().err().print("Delete " + location + " with all of its versions? [y/N] ");
    io().err().flush();
    String line =
        new BufferedReader(new InputStreamReader(io().in(), StandardCharsets.UTF_8)).readLine();
    if (!io().inIsTerminal()) {
      io().err().println();
    }
    String said = line == null ? "" : line.strip().toLowerCase(Locale.ROOT);
    if (!said.equals("y") && !said.equals("yes")) {
      throw new Refusal(ExitCode.FAILURE, "not deleted (--yes does not ask)");
    }
  }
}
