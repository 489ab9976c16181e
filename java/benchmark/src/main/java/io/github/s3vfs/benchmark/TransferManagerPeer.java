package io.github.s3vfs.benchmark;

import java.nio.file.Files;
import java.nio.file.Path;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.transfer.s3.S3TransferManager;

/** What others do: the transfer manager of the SDK moves local files, with a client of its own. */
final class TransferManagerPeer {
  private TransferManagerPeer() {}

  /** Uploads a file. */
  static Cost upload(Bench bench, Path file) throws Exception {
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

  /** Downloads an object to a file, which is then deleted. */
  static Cost download(Bench bench, String key) throws Exception {
    BenchmarkStore store = bench.store();
    Path file = bench.directory().resolve("transferred");
    try (S3AsyncClient client = store.client();
        S3TransferManager manager = S3TransferManager.builder().s3Client(client).build()) {
      return store.measure(
          () ->
              manager
                  .downloadFile(
                      request ->
                          request
                              .getObjectRequest(get -> get.bucket(store.bucket()).key(key))
                              .destination(file))
                  .completionFuture()
                  .join());
    } finally {
      Files.deleteIfExists(file);
    }
  }
}
