package io.github.s3vfs.benchmark;

import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.transfer.Header;
import io.github.s3vfs.transfer.ObjectLocation;
import io.github.s3vfs.transfer.ObjectRewriter;
import io.github.s3vfs.transfer.RewriteOptions;
import io.github.s3vfs.transfer.RewriteResult;
import io.github.s3vfs.transfer.S3Objects;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A header in front of a large object: by the store, which must move no more than the first part,
 * beside the transfer manager of the SDK that uploads a local file with the same bytes; and through
 * this process, beside the transfer manager that downloads the object and uploads the file.
 */
final class RewriteScenario {
  private static final long BYTES = 256L << 20;

  /** The first part that S3 takes, and what is around it. */
  private static final double MOST_MEBIBYTES = 5.1;

  private static final double LEAST = 0.9;
  private static final int WARM_UPS = 2;
  private static final Header HEADER = Header.line("a,b,c");

  private final Bench bench;
  private final BenchmarkStore store;
  private final Results results;

  RewriteScenario(Bench bench, String scenario) {
    this.bench = bench;
    this.store = bench.store();
    this.results = new Results(scenario, "-");
  }

  List<BenchmarkResult> run() throws Exception {
    RawObject raw = RawObject.create(bench, BYTES);
    Path file = raw.file(bench.directory());
    RewriteOptions byStore = RewriteOptions.DEFAULT.withCopied(true, false);
    RewriteOptions streamed = byStore.withServerSide(false);
    try (S3Vfs vfs = store.vfs().register()) {
      ObjectRewriter rewriter = ObjectRewriter.of(S3Objects.of(vfs));
      for (int i = 0; i < WARM_UPS; i++) {
        rewrite(rewriter, raw, streamed, new ArrayList<>());
        TransferManagerPeer.upload(bench, file);
      }
      List<Cost> uploads = new ArrayList<>();
      List<Cost> downloads = new ArrayList<>();
      List<Cost> streams =
          Rounds.LONG.run(
              round -> {
                uploads.add(TransferManagerPeer.upload(bench, file));
                downloads.add(TransferManagerPeer.download(bench, raw.key()));
                return rewrite(rewriter, raw, streamed, new ArrayList<>());
              });
      double upload = Spread.of(uploads, Cost::seconds).median();
      double download = Spread.of(downloads, Cost::seconds).median();
      Spread seconds = Spread.of(streams, Cost::seconds);
      results.atLeast(
          "read and sent: speed to that of the transfer manager, download and upload of a file",
          "ratio",
          seconds.map(each -> (download + upload) / each),
          LEAST);
      results.add("read and sent: time", "s", seconds);
      results.add("peer: transfer manager, download: time", "s", Spread.once(download));
      results.add("peer: transfer manager, upload: time", "s", Spread.once(upload));
      List<RewriteResult> made = new ArrayList<>();
      List<Cost> copies = Rounds.SHORT.run(round -> rewrite(rewriter, raw, byStore, made));
      Spread copied = Spread.of(copies, Cost::seconds);
      results.atLeast(
          "by the store: speed to that of the transfer manager, upload of a file of that size",
          "ratio",
          copied.map(each -> upload / each),
          LEAST);
      results.add("by the store: time", "s", copied);
      if (store.counted()) {
        results.atMost(
            "by the store: received",
            "MiB",
            Spread.of(copies, cost -> cost.bytes() / (double) (1 << 20)),
            MOST_MEBIBYTES);
      }
      results.atMost(
          "by the store: sent",
          "MiB",
          Spread.of(made, each -> each.bytesSent() / (double) (1 << 20)),
          MOST_MEBIBYTES);
    } finally {
      Files.deleteIfExists(file);
    }
    return results.list();
  }

  private Cost rewrite(
      ObjectRewriter rewriter, RawObject raw, RewriteOptions options, List<RewriteResult> made)
      throws Exception {
    ObjectLocation source = new ObjectLocation(store.bucket(), raw.key());
    ObjectLocation target = new ObjectLocation(store.bucket(), store.key("rewritten"));
    return store.measure(() -> made.add(rewriter.prepend(HEADER, source, target, options)));
  }
}
