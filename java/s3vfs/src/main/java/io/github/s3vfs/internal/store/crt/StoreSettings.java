package io.github.s3vfs.internal.store.crt;

import io.github.s3vfs.S3RequestConfig;
import java.time.Duration;
import java.util.Objects;

/**
 * How a store uses its client.
 *
 * @param requests what goes out with every request
 * @param requestTimeout how long a request may take with all its retries; a listing may take this
 *     long per page. When it is over the request is cancelled.
 * @param maxConditionalPut the largest body in bytes that the client sends in one request. A client
 *     that splits a larger one (multipart) checks the condition too late or not at all, so a
 *     conditional PUT of more is refused.
 */
public record StoreSettings(
    S3RequestConfig requests, Duration requestTimeout, long maxConditionalPut) {

  /** No body is larger. */
  public static final int MAX_PUT = 64 << 20;

  /**
   * For a client of unknown make: 30 s, and 8 MiB, where the SDK's clients begin to split bodies by
   * default.
   */
  public static final StoreSettings DEFAULT =
      new StoreSettings(S3RequestConfig.DEFAULT, Duration.ofSeconds(30), 8L << 20);

  /** Checks for null. */
  public StoreSettings {
    Objects.requireNonNull(requestTimeout, "requestTimeout");
  }
}
