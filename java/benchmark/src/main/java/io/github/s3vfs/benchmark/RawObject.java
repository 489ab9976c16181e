package io.github.s3vfs.benchmark;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.async.ResponsePublisher;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * An object of random bytes, of the size that a database has on S3: what the SDK can do with it is
 * the measure for what the library does with the database.
 */
final class RawObject {
  private final BenchmarkStore store;
  private final String key;
  private final long bytes;

  private RawObject(BenchmarkStore store, String key, long bytes) {
    this.store = store;
    this.key = key;
    this.bytes = bytes;
  }

  /** Stores one. */
  static RawObject create(Bench bench, long bytes) throws Exception {
    BenchmarkStore store = bench.store();
    RawObject object = new RawObject(store, store.key("raw-" + bytes), bytes);
    Path file = object.file(bench.directory());
    try (S3AsyncClient client = store.client()) {
      store.unlimited(
          () ->
              client
                  .putObject(
                      request -> request.bucket(store.bucket()).key(object.key),
                      AsyncRequestBody.fromFile(file))
                  .join());
    } finally {
      Files.delete(file);
    }
    return object;
  }

  long bytes() {
    return bytes;
  }

  String key() {
    return key;
  }

  /** A new local file with the same bytes, which the caller deletes. */
  Path file(Path directory) throws IOException {
    Path file = directory.resolve("raw-" + bytes);
    Random random = new Random(1);
    byte[] chunk = new byte[1 << 16];
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      for (long left = bytes; left > 0; left -= chunk.length) {
        random.nextBytes(chunk);
        out.write(chunk, 0, (int) Math.min(left, chunk.length));
      }
    }
    return file;
  }

  /** What it costs the CRT client to get it in parallel ranges, and to drop it. */
  Cost download() throws Exception {
    try (S3AsyncClient client = store.client()) {
      return store.measure(
          () -> {
            ResponsePublisher<GetObjectResponse> body =
                client
                    .getObject(
                        request -> request.bucket(store.bucket()).key(key),
                        AsyncResponseTransformer.toPublisher())
                    .join();
            long[] received = new long[1];
            body.subscribe(buffer -> received[0] += buffer.remaining()).join();
            if (received[0] != bytes) {
              throw new IllegalStateException(received[0] + " bytes in place of " + bytes);
            }
          });
    }
  }
}
