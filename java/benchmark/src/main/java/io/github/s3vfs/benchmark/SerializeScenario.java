package io.github.s3vfs.benchmark;

import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.benchmark.TestDatabases.TestDatabase;
import io.github.s3vfs.transfer.S3Databases;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.transfer.s3.S3TransferManager;

/**
 * A database to a local file, and from one, by a VFS that has nothing in memory, beside the
 * transfer manager of the SDK that uploads a local file of the size of the database. On S3 the
 * database is smaller, as its pages are compressed; what an object of that size takes is shown,
 * too.
 */
final class SerializeScenario {
  private static final double LEAST = 0.9;

  /** How many times it takes until most is compiled. */
  private static final int WARM_UPS = 3;

  private static final String RATIO =
      "speed to that of the transfer manager, upload of a file of that size";

  private final Bench bench;
  private final String layout;
  private final Results results;

  SerializeScenario(Bench bench, String scenario, String layout) {
    this.bench = bench;
    this.layout = layout;
    this.results = new Results(scenario, layout);
  }

  List<BenchmarkResult> run() throws Exception {
    TestDatabase database = bench.databases().items(Bench.mebibytes(layout), layout);
    long stored = bench.store().storedBytes(database.path() + "/");
    RawObject raw = RawObject.create(bench, stored);
    for (int i = 0; i < WARM_UPS; i++) {
      serialize(database);
    }
    upload(database.file());
    List<Cost> uploads = new ArrayList<>();
    List<Cost> serialized =
        Rounds.LONG.run(
            round -> {
              uploads.add(upload(database.file()));
              return serialize(database);
            });
    report("serialize to a local file", serialized, uploads);
    deserialize(database);
    List<Cost> deserialized = Rounds.LONG.run(round -> deserialize(database));
    report("deserialize from a local file", deserialized, uploads);
    results.add(
        "peer: transfer manager, upload of a local file of the database's size: time",
        "s",
        Spread.of(uploads, Cost::seconds));
    download(raw);
    results.add(
        "peer: transfer manager, download of an object of the stored size: time",
        "s",
        Spread.of(Rounds.SHORT.run(round -> download(raw)), Cost::seconds));
    return results.list();
  }

  private void report(String what, List<Cost> costs, List<Cost> peer) {
    Spread seconds = Spread.of(costs, Cost::seconds);
    double others = Spread.of(peer, Cost::seconds).median();
    Spread ratio = seconds.map(each -> others / each);
    if (layout.equals(Benchmark.SNAPSHOT) && what.startsWith("serialize")) {
      results.atLeast(what + ": " + RATIO, "ratio", ratio, LEAST);
    } else {
      results.add(what + ": " + RATIO, "ratio", ratio);
    }
    results.add(what + ": time", "s", seconds);
  }

  private Cost serialize(TestDatabase database) throws Exception {
    Path file = bench.directory().resolve("serialized.sqlite");
    try (S3Vfs vfs = bench.store().vfs().register()) {
      return bench
          .store()
          .measure(
              () -> {
                long bytes =
                    S3Databases.of(vfs)
                        .serialize(bench.store().location(database.path()))
                        .writeTo(file);
                if (bytes != database.bytes()) {
                  throw new IllegalStateException(bytes + " in place of " + database.bytes());
                }
              });
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private Cost deserialize(TestDatabase database) throws Exception {
    try (S3Vfs vfs = bench.store().vfs(layout).register()) {
      S3Databases databases = S3Databases.of(vfs);
      var location = bench.store().location(layout + "/deserialized");
      Cost cost = bench.store().measure(() -> databases.deserialize(location, database.file()));
      bench.store().unlimited(() -> databases.delete(location));
      return cost;
    }
  }

  private Cost download(RawObject raw) throws Exception {
    Path file = bench.directory().resolve("transferred");
    BenchmarkStore store = bench.store();
    try (S3AsyncClient client = store.client();
        S3TransferManager manager = S3TransferManager.builder().s3Client(client).build()) {
      return store.measure(
          () ->
              manager
                  .downloadFile(
                      request ->
                          request
                              .getObjectRequest(get -> get.bucket(store.bucket()).key(raw.key()))
                              .destination(file))
                  .completionFuture()
                  .join());
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private Cost upload(Path file) throws Exception {
    BenchmarkStore store = bench.store();
    try (S3AsyncClient client = store.client();
        S3TransferManager manager = S3TransferManager.builder().s3Client(client).build()) {
      return store.measure(
          () ->
              manager
                  .uploadFile(
                      request ->
                          request
                              .putObjectRequest(
                                  put -> put.bucket(store.bucket()).key(store.key("uploaded")))
                              .source(file))
                  .completionFuture()
                  .join());
    }
  }
}
