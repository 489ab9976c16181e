package io.github.s3vfs.cli;

import io.github.s3vfs.S3Location;
import io.github.s3vfs.transfer.Verification;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Checks a database. */
@Command(
    name = "verify",
    description = {
      "Check every object and checksum of a database, and what is in it.",
      "Ends with 5 if something is damaged, which is named."
    })
final class VerifyCommand extends StoreCommand {
  @Parameters(paramLabel = "DATABASE", description = "s3://bucket/key")
  private String database = "";

  @Option(names = "--all", description = "all versions that are kept, not only the newest one")
  private boolean all;

  @Override
  int run(Store store) {
    S3Location location = location(database);
    Verification result;
    try (Progress progress = progress("verify", -1)) {
      result = store.databases().verify(location, all, progress::at);
    }
    if (program().json()) {
      tellJson(result);
    } else {
      result.damage().forEach(each -> out().println(each.message()));
      if (result.isIntact()) {
        say(location + ": ok (" + looked(result) + ")");
      } else {
        io().err()
            .println(
                "s3vfs: "
                    + location
                    + " is damaged: "
                    + Amount.of(result.damage().size(), "finding")
                    + " ("
                    + looked(result)
                    + ")");
      }
    }
    return result.isIntact() ? ExitCode.OK : ExitCode.DAMAGED;
  }

  private static String looked(Verification result) {
    return Amount.of(result.versions(), "version")
        + ", "
        + Amount.of(result.objects(), "object")
        + ", "
        + Amount.bytes(result.bytes())
        + " read";
  }

  private void tellJson(Verification result) {
    List<Map<String, @Nullable Object>> damage = new ArrayList<>();
    result
        .damage()
        .forEach(
            each -> damage.add(Json.object("object", each.object(), "message", each.message())));
    out()
        .println(
            Json.of(
                Json.object(
                    "location",
                    result.location(),
                    "layout",
                    result.layout(),
                    "intact",
                    result.isIntact(),
                    "versions",
                    result.versions(),
                    "objects",
                    result.objects(),
                    "bytes",
                    result.bytes(),
                    "damage",
                    damage)));
  }
}
