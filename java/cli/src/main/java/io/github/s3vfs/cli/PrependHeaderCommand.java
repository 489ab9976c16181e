package io.github.s3vfs.cli;

import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.transfer.BomPolicy;
import io.github.s3vfs.transfer.GzipPolicy;
import io.github.s3vfs.transfer.Header;
import io.github.s3vfs.transfer.ObjectLocation;
import io.github.s3vfs.transfer.ObjectRewriter;
import io.github.s3vfs.transfer.RewriteOptions;
import io.github.s3vfs.transfer.RewriteResult;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Puts a line in front of an object. */
@Command(
    name = "prepend-header",
    description = {
      "Put a line in front of an object, as the names of CSV columns.",
      "The store copies what it can by itself; the object appears as a whole."
    })
final class PrependHeaderCommand extends StoreCommand {
  @Parameters(index = "0", paramLabel = "OBJECT", description = "s3://bucket/key")
  private String source = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "LINE",
      description = "the line, without its end")
  private @Nullable String line;

  @Option(
      names = "--bytes-of",
      paramLabel = "FILE",
      description = "in place of a line: the bytes of a local file, as they are")
  private @Nullable Path bytes;

  @Option(
      names = "--to",
      paramLabel = "OBJECT",
      description = "where the result goes; else the object is replaced")
  private @Nullable String target;

  @Option(
      names = {"-f", "--force"},
      description = "replace what is there --to")
  private boolean force;

  @Option(names = "--skip-if-present", description = "an object that begins with the line keeps it")
  private boolean skip;

  @Option(names = "--charset", paramLabel = "NAME", description = "of the object (UTF-8)")
  private Charset charset = StandardCharsets.UTF_8;

  @Option(
      names = "--gzip",
      description = "the object is compressed, and the line becomes a gzip member of its own")
  private boolean gzip;

  @Override
  int run(Store store) throws IOException {
    ObjectLocation from = object(source);
    ObjectLocation to = target == null ? from : object(target);
    Target written = new Target(store, to.toString(), force || to.equals(from));
    written.refuseExisting();
    RewriteResult result;
    try (Progress progress = progress("prepend-header", -1)) {
      RewriteOptions options =
          RewriteOptions.DEFAULT
              .withUpload(written.upload().progress(progress::at).build())
              .withGzip(gzip ? GzipPolicy.OWN_MEMBER : GzipPolicy.REFUSE);
      result = ObjectRewriter.of(store.objects()).prepend(header(), from, to, options);
    } catch (S3VfsException e) {
      written.refuseExisting(e);
      throw e;
    }
    answer(
        to
            + (result.headerAdded() ? ": header added, " : ": had the header, ")
            + Amount.bytes(result.object().size()),
        "object",
        to,
        "headerAdded",
        result.headerAdded(),
        "bytes",
        result.object().size(),
        "bytesSent",
        result.bytesSent(),
        "bytesCopied",
        result.bytesCopied());
    return ExitCode.OK;
  }

  private Header header() throws IOException {
    if ((line == null) == (bytes == null)) {
      throw new Refusal(ExitCode.USAGE, "either a LINE or --bytes-of FILE");
    }
    if (bytes != null) {
      return Header.bytes(Files.readAllBytes(bytes));
    }
    boolean unicode = charset.name().startsWith("UTF-");
    return Header.line(String.valueOf(line))
        .withCharset(charset)
        .withBom(unicode ? BomPolicy.MOVE : BomPolicy.IGNORE)
        .withSkipIfPresent(skip);
  }
}
