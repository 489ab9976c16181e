package io.github.s3vfs.benchmark;

import io.github.s3vfs.benchmark.TestDatabases.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.services.s3.S3AsyncClient;

/** The objects of a database, got one after the other by the CRT client. */
final class SequentialGets {
  private static final int BLOCKS = 300;

  private SequentialGets() {}

  /** How long all objects of a database take, judged by the first 300. */
  static Spread seconds(Bench bench, TestDatabase database) throws Exception {
    BenchmarkStore store = bench.store();
    try (S3AsyncClient client = store.client()) {
      List<String> keys = new ArrayList<>();
      store.unlimited(
          () ->
              store.list(
                  client, store.key(database.path() + "/"), object -> keys.add(object.key())));
      List<String> first = keys.subList(0, Math.min(BLOCKS, keys.size()));
      Cost cost =
          store.measure(
              () -> {
                for (String key : first) {
                  var unused =
                      client
                          .getObject(
                              request -> request.bucket(store.bucket()).key(key),
                              AsyncResponseTransformer.toBytes())
                          .join();
                }
              });
      return Spread.once(cost.seconds() * keys.size() / first.size());
    }
  }
}
