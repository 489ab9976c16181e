package io.github.s3vfs.select.client;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** A client that has one object, and answers at once up to some place in it, and then never. */
final class HeldStore implements S3AsyncClient {
  private final byte[] object;
  private final long held;
  private final @Nullable RuntimeException thrown;

  /** Requests that are not answered. */
  final List<CompletableFuture<?>> open = new CopyOnWriteArrayList<>();

  /** With all of its object. */
  HeldStore(byte[] object) {
    this(object, Long.MAX_VALUE, null);
  }

  /**
   * With less of it.
   *
   * @param held from here on there is no answer
   * @param thrown or this is thrown
   */
  HeldStore(byte[] object, long held, @Nullable RuntimeException thrown) {
    this.object = object;
    this.held = held;
    this.thrown = thrown;
  }

  @Override
  @SuppressWarnings("unchecked") // a query takes bytes
  public <R> CompletableFuture<R> getObject(
      GetObjectRequest request, AsyncResponseTransformer<GetObjectResponse, R> transformer) {
    String range = request.range().substring("bytes=".length());
    int dash = range.indexOf('-');
    int from = Integer.parseInt(range.substring(0, dash));
    int to = Math.min(object.length, Integer.parseInt(range.substring(dash + 1)) + 1);
    if (from >= held) {
      if (thrown != null) {
        throw thrown;
      }
      CompletableFuture<R> never = new CompletableFuture<>();
      open.add(never);
      return never;
    }
    GetObjectResponse head =
        GetObjectResponse.builder()
            .eTag("e")
            .contentRange("bytes " + from + "-" + (to - 1) + "/" + object.length)
            .build();
    return CompletableFuture.completedFuture(
        (R) ResponseBytes.fromByteArray(head, Arrays.copyOfRange(object, from, to)));
  }

  @Override
  public String serviceName() {
    return "s3";
  }

  @Override
  public void close() {
    // It has nothing.
  }
}
