package io.github.s3vfs.internal.store.crt;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.crt.CrtRuntimeException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.AwsProfileRegionProvider;
import software.amazon.awssdk.regions.providers.AwsRegionProvider;
import software.amazon.awssdk.regions.providers.AwsRegionProviderChain;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.regions.providers.SystemSettingsRegionProvider;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3CrtAsyncClientBuilder;

/**
 * Makes S3 clients on the AWS Common Runtime, one for all stores with the same settings. A client
 * costs threads, connections and memory outside the heap, so it is made once and kept until {@link
 * #close}. Thread-safe.
 */
public final class CrtClients implements AutoCloseable {
  private final Map<ClientSettings, S3AsyncClient> clients = new HashMap<>();
  private boolean closed;

  /** A bucket seen through the client for these settings; closed with this object's clients. */
  public CrtObjectStore store(ClientSettings settings, String bucket, boolean unquotedIfMatch) {
    return new CrtObjectStore(
        client(settings),
        bucket,
        new StoreSettings(settings.requestTimeout(), StoreSettings.MAX_PUT, unquotedIfMatch));
  }

  /**
   * The client for these settings. This object owns it: do not close it.
   *
   * @throws S3VfsException {@code INVALID} when there is no region, {@code UNSUPPORTED} when the
   *     native runtime is missing for this platform, {@code CLOSED}
   */
  public S3AsyncClient client(ClientSettings settings) {
    synchronized (clients) {
      if (closed) {
        throw new S3VfsException(ErrorKind.CLOSED, "the S3 clients were closed");
      }
      S3AsyncClient known = clients.get(settings);
      if (known != null) {
        return known;
      }
      S3AsyncClient made = make(settings);
      clients.put(settings, made);
      return made;
    }
  }

  /**
   * Closes all clients. Requests under way may still finish; new ones fail with {@code CLOSED}. A
   * second call does nothing.
   */
  @Override
  public void close() {
    synchronized (clients) {
      closed = true;
      clients.values().forEach(S3AsyncClient::close);
      clients.clear();
    }
  }

  private static S3AsyncClient make(ClientSettings settings) {
    Region region = region(settings);
    try {
      return builder(settings, region).build();
    } catch (LinkageError | CrtRuntimeException e) {
      throw new S3VfsException(
          ErrorKind.UNSUPPORTED,
          "the AWS Common Runtime (software.amazon.awssdk.crt:aws-crt) does not load on this"
              + " platform; pass in an S3AsyncClient of another make: "
              + e,
          e);
    }
  }

  private static S3CrtAsyncClientBuilder builder(ClientSettings settings, Region region) {
    S3CrtAsyncClientBuilder builder =
        S3AsyncClient.crtBuilder()
            .region(region)
            .forcePathStyle(settings.pathStyle())
            // Only up to here is a PUT one request, and its condition atomic.
            .thresholdInBytes((long) StoreSettings.MAX_PUT + 1)
            // Anything more turns each GET into HEAD and GET, and is refused by older stores.
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .retryConfiguration(retry -> retry.numRetries(settings.retries()))
            .targetThroughputInGbps(settings.targetGbps())
            .maxNativeMemoryLimitInBytes(settings.nativeMemoryLimit())
            .httpConfiguration(
                http ->
                    http.connectionTimeout(settings.connectTimeout())
                        .connectionHealthConfiguration(
                            health ->
                                health
                                    .minimumThroughputInBps(1L)
                                    .minimumThroughputTimeout(stallTimeout(settings))));
    if (settings.endpoint() != null) {
      builder.endpointOverride(settings.endpoint());
    }
    if (settings.credentials() != null) {
      builder.credentialsProvider(settings.credentials());
    }
    return builder;
  }

  /** How long a connection may be silent: so short that another attempt fits before the end. */
  private static Duration stallTimeout(ClientSettings settings) {
    long seconds = settings.requestTimeout().toSeconds() / 3;
    return Duration.ofSeconds(Math.max(2, Math.min(30, seconds)));
  }

  private static Region region(ClientSettings settings) {
    String named = settings.region();
    if (named != null) {
      return Region.of(named);
    }
    boolean aws = settings.endpoint() == null;
    // Only AWS's machines can ask their instance for the region; elsewhere that takes seconds.
    AwsRegionProvider chain =
        aws
            ? DefaultAwsRegionProviderChain.builder().build()
            : new AwsRegionProviderChain(
                new SystemSettingsRegionProvider(), new AwsProfileRegionProvider());
    try {
      Region found = chain.getRegion();
      if (found != null) {
        return found;
      }
    } catch (SdkClientException e) {
      if (aws) {
        throw noRegion(e);
      }
    }
    if (aws) {
      throw noRegion(null);
    }
    return Region.US_EAST_1;
  }

  private static S3VfsException noRegion(@Nullable SdkClientException cause) {
    return new S3VfsException(
        ErrorKind.INVALID,
        "no AWS region is known: give one in the configuration, or set the environment variable"
            + " AWS_REGION, the system property aws.region, or region in ~/.aws/config",
        cause);
  }
}
