package io.github.s3vfs.benchmark;

import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.benchmark.TestDatabases.TestDatabase;
import io.github.s3vfs.transfer.ObjectInfo;
import io.github.s3vfs.transfer.ObjectLocation;
import io.github.s3vfs.transfer.S3Databases;
import io.github.s3vfs.transfer.UploadOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A database to a local file and to an S3 object, and from a file, by a VFS that has nothing in
 * memory, beside the transfer manager of the SDK that uploads a local file of the size of the
 * database. On S3 the database is smaller, as its pages are compressed; what an object of that size
 * takes is shown, too.
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
    TransferManagerPeer.upload(bench, database.file());
    List<Cost> uploads = new ArrayList<>();
    List<Cost> serialized =
        Rounds.LONG.run(
            round -> {
              uploads.add(TransferManagerPeer.upload(bench, database.file()));
              return serialize(database);
            });
    report("serialize to a local file", serialized, uploads);
    toObjects(database, stored);
    deserialize(database);
    List<Cost> deserialized = Rounds.LONG.run(round -> deserialize(database));
    report("deserialize from a local file", deserialized, uploads);
    results.add(
        "peer: transfer manager, upload of a local file of the database's size: time",
        "s",
        Spread.of(uploads, Cost::seconds));
    TransferManagerPeer.download(bench, raw.key());
    results.add(
        "peer: transfer manager, download of an object of the stored size: time",
        "s",
        Spread.of(
            Rounds.SHORT.run(round -> TransferManagerPeer.download(bench, raw.key())),
            Cost::seconds));
    return results.list();
  }

  /**
   * To objects, for which the database comes and the file goes: where both share the bandwidth it
   * takes longer than an upload, however well they overlap; links of networks have as much in each
   * direction.
   *
   * @param stored bytes that the database has on S3
   */
  private void toObjects(TestDatabase database, long stored) throws Exception {
    toObject(database);
    List<Cost> uploads = new ArrayList<>();
    String what = "serialize to an S3 object";
    if (bench.store().counted()) {
      String sharing = what + ", both directions sharing the limit";
      report(sharing, toObjects(database, uploads), uploads);
      double most = (double) database.bytes() / (database.bytes() + stored);
      results.add(sharing + ": the most that this can be", "ratio", Spread.once(most));
    }
    bench
        .store()
        .eachWay(
            () -> {
              List<Cost> peers = new ArrayList<>();
              report(what + ", the limit in each direction", toObjects(database, peers), peers);
            });
  }

  /** Takes the uploads that are done in turn with it. */
  private List<Cost> toObjects(TestDatabase database, List<Cost> uploads) throws Exception {
    return Rounds.LONG.run(
        round -> {
          uploads.add(TransferManagerPeer.upload(bench, database.file()));
          return toObject(database);
        });
  }

  private void report(String what, List<Cost> costs, List<Cost> peer) {
    Spread seconds = Spread.of(costs, Cost::seconds);
    double others = Spread.of(peer, Cost::seconds).median();
    Spread ratio = seconds.map(each -> others / each);
    boolean isCompared = what.startsWith("serialize") && !what.contains("sharing");
    if (layout.equals(Benchmark.SNAPSHOT) && isCompared) {
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

  private Cost toObject(TestDatabase database) throws Exception {
    BenchmarkStore store = bench.store();
    ObjectLocation target = new ObjectLocation(store.bucket(), store.key("serialized"));
    try (S3Vfs vfs = store.vfs().register()) {
      return store.measure(
          () -> {
            ObjectInfo object =
                S3Databases.of(vfs)
                    .serialize(store.location(database.path()))
                    .uploadTo(target, UploadOptions.DEFAULT);
            if (object.size() != database.bytes()) {
              throw new IllegalStateException(object.size() + " in place of " + database.bytes());
            }
          });
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
}
