package io.github.s3vfs.cli;

import io.github.s3vfs.S3RequestConfig;
import io.github.s3vfs.select.CsvOutput;
import io.github.s3vfs.select.JsonOutput;
import io.github.s3vfs.select.ObjectSource;
import io.github.s3vfs.select.Pushdown;
import io.github.s3vfs.select.S3ObjectSource;
import io.github.s3vfs.select.S3Select;
import io.github.s3vfs.select.SelectException;
import io.github.s3vfs.select.SelectOptions;
import io.github.s3vfs.select.SelectRows;
import io.github.s3vfs.select.SelectStats;
import io.github.s3vfs.select.client.ClientObjectSource;
import io.github.s3vfs.transfer.LocalResult;
import io.github.s3vfs.transfer.ObjectLocation;
import io.github.s3vfs.transfer.ObjectUpload;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.RequestPayer;

/** Runs a query of S3 Select. */
@Command(
    name = "select",
    description = {
      "Run a query of S3 Select over CSV, JSON or Parquet, as in",
      "SELECT s._1 FROM s3object s WHERE s._2 = 'x'; for JSON it is FROM s3object[*].",
      "The query runs here: any S3 store will do, and files need none."
    },
    subcommands = SelectServeCommand.class)
final class SelectCommand extends StoreCommand {
  /** The formats that rows can be written in. */
  enum Form {
    CSV,
    JSON
  }

  // Not mandatory, since the subcommand has none.
  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "QUERY",
      description = "SELECT ... FROM s3object ...")
  private String query = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "FILE",
      description = "an object s3://bucket/key, a local file, or - for standard input")
  private String from = "";

  @Mixin private final SelectInput input = new SelectInput();

  @Option(
      names = "--pushdown",
      paramLabel = "WHEN",
      description =
          "auto: have a store run it that can, for plain objects; off (default): run it here")
  private Pushdown pushdown = Pushdown.OFF;

  @Option(
      names = "--output",
      paramLabel = "FORMAT",
      description = "how rows are written: csv (default) or json, one object a line")
  private @Nullable Form form;

  @Option(
      names = "-o",
      paramLabel = "FILE",
      description = "a local file, an object s3://bucket/key, or - for standard output (default)")
  private String to = STREAM;

  @Option(
      names = {"-f", "--force"},
      description = "replace what is there")
  private boolean force;

  /** What was done. */
  private record Result(SelectStats stats, long bytes) {}

  @Override
  public Integer call() throws Exception {
    if (from.isEmpty()) {
      throw new Refusal(ExitCode.USAGE, "QUERY and FILE are missing; or 'serve'");
    }
    return from.startsWith(S3) || to.startsWith(S3) ? super.call() : runHere(null);
  }

  @Override
  int run(Store store) throws IOException {
    return runHere(store);
  }

  /** With a store, or without one if all is local. */
  private int runHere(@Nullable Store store) throws IOException {
    Result result;
    try {
      result = write(store);
    } catch (SelectException e) {
      throw SelectFailure.of(e, input.dialect());
    }
    SelectStats stats = result.stats();
    if (stats.rowErrors() > 0) {
      io().err()
          .println(
              "left out: " + Amount.of(stats.rowErrors(), "row") + " with values that do not fit");
    }
    if (!to.equals(STREAM)) {
      answer(
          to + ": " + Amount.of(stats.rowsReturned(), "row") + ", " + Amount.bytes(result.bytes()),
          "file",
          to,
          "rows",
          stats.rowsReturned(),
          "bytes",
          result.bytes(),
          "rowsRead",
          stats.rowsRead(),
          "rowErrors",
          stats.rowErrors());
    }
    return ExitCode.OK;
  }

  private Result write(@Nullable Store store) throws IOException {
    if (to.equals(STREAM)) {
      return write(store, io().out());
    }
    if (to.startsWith(S3)) {
      Store objects = Objects.requireNonNull(store);
      Target target = new Target(objects, to, force);
      target.refuseExisting();
      try (ObjectUpload upload = objects.objects().upload(object(to), target.upload().build())) {
        Result result = write(store, upload);
        var unused = upload.complete();
        return result;
      } catch (IOException | RuntimeException e) {
        target.refuseExisting(e);
        throw e;
      }
    }
    try (LocalResult file = LocalResult.of(Path.of(to), force)) {
      Result result;
      try (OutputStream out = file.output()) {
        result = write(store, out);
      }
      file.put();
      return result;
    }
  }

  private Result write(@Nullable Store store, OutputStream target) throws IOException {
    SelectOptions options =
        input
            .options()
            .withOutput(isJson() ? JsonOutput.DEFAULT : CsvOutput.DEFAULT)
            .withPushdown(pushdown);
    if (from.equals(STREAM)) {
      try (StandardInput source = new StandardInput(io().in())) {
        return write(source, -1, options, target);
      }
    }
    ObjectSource source =
        from.startsWith(S3)
            ? source(Objects.requireNonNull(store))
            : ObjectSource.of(Path.of(from));
    return write(source, input.isRead() ? source.size() : -1, options, target);
  }

  private ObjectSource source(Store store) {
    ObjectLocation at = object(from);
    if (pushdown == Pushdown.OFF) {
      return S3ObjectSource.of(store.objects(), at);
    }
    var unused = store.objects().stat(at); // what may be wrong with it is told by this
    S3RequestConfig requests = store.vfs().config().requests();
    return ClientObjectSource.of(
        store.vfs().client(),
        GetObjectRequest.builder()
            .bucket(at.bucket())
            .key(at.key())
            .expectedBucketOwner(requests.expectedBucketOwner())
            .requestPayer(requests.requesterPays() ? RequestPayer.REQUESTER : null)
            .build());
  }

  private Result write(ObjectSource source, long total, SelectOptions options, OutputStream target)
      throws IOException {
    SelectOutput out = new SelectOutput(target);
    SelectOptions all =
        input.hasScanRange() ? options.withScanRange(input.scanRange(source.size())) : options;
    boolean quiet = program().quiet() || (to.equals(STREAM) && io().outIsTerminal());
    try (Progress progress = Progress.begin(io(), quiet, "select", total);
        SelectRows rows = S3Select.query(query, new WatchedSource(source, progress), all)) {
      rows.writeTo(out);
      out.end();
      return new Result(rows.stats(), out.count());
    }
  }

  private boolean isJson() {
    return form == Form.JSON || (form == null && program().json());
  }
}
