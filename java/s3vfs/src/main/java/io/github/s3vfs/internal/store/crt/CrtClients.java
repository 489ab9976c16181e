package io.github.s3vfs.internal.store.crt;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3ClientConfig;
import io.github.s3vfs.S3VfsException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.crt.CRT;
import software.amazon.awssdk.crt.CrtRuntimeException;
import software.amazon.awssdk.crt.Log;
import software.amazon.awssdk.regions.PartitionMetadata;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.AwsProfileRegionProvider;
import software.amazon.awssdk.regions.providers.AwsRegionProvider;
import software.amazon.awssdk.regions.providers.AwsRegionProviderChain;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.regions.providers.SystemSettingsRegionProvider;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3CrtAsyncClientBuilder;
import software.amazon.awssdk.services.s3.crt.S3CrtHttpConfiguration;

/**
 * Makes S3 clients on the AWS Common Runtime, one for all stores with the same settings. A client
 * costs threads, connections and memory outside the heap, so it is made once and kept until {@link
 * #close}. Thread-safe.
 */
public final class CrtClients implements AutoCloseable {
  private final Map<ClientSettings, S3AsyncClient> clients = new HashMap<>();
  private final ClientGate gate = new ClientGate();
  private boolean closed;

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

  /** What requests to the clients go through. */
  ClientGate gate() {
    return gate;
  }

  /**
   * Closes all clients. Requests under way may still finish; new ones fail with {@code CLOSED}. A
   * second call does nothing.
   */
  @Override
  public void close() {
    synchronized (clients) {
      closed = true;
      gate.close(() -> clients.values().forEach(S3AsyncClient::close));
      clients.clear();
    }
  }

  private static S3AsyncClient make(ClientSettings settings) {
    Region region = region(settings.config());
    try {
      loadWhatEndsClients();
      return builder(settings, region).build();
    } catch (LinkageError | CrtRuntimeException | IllegalCallerException e) {
      throw new S3VfsException(
          ErrorKind.UNSUPPORTED,
          "the AWS Common Runtime (software.amazon.awssdk.crt:aws-crt) does not load on this"
              + " platform (os.name="
              + System.getProperty("os.name")
              + ", os.arch="
              + System.getProperty("os.arch")
              + "); "
              + help(e)
              + ": "
              + innermost(e),
          e);
    }
  }

  /** What lets the runtime load, or does without it. */
  private static String help(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (String.valueOf(t).contains("IllegalCallerException")) {
        Module module = CRT.class.getModule();
        String name = module.isNamed() ? module.getName() : "ALL-UNNAMED";
        return "start Java with --enable-native-access=" + name;
      }
    }
    return "pass in an S3AsyncClient of another make";
  }

  /** What failed at first: later attempts say no more than that there was one. */
  private static Throwable innermost(Throwable failure) {
    Throwable t = failure;
    while (t.getCause() != null) {
      t = t.getCause();
    }
    return t;
  }

  /**
   * Loads the class that the runtime first needs when the native side of a client ends. That is
   * some time after the client was closed, when an application's class loader may be closed too;
   * the runtime would then end the process.
   */
  private static void loadWhatEndsClients() {
    Objects.requireNonNull(Log.LogSubject.AuthCredentialsProvider);
  }

  private static S3CrtAsyncClientBuilder builder(ClientSettings settings, Region region) {
    S3ClientConfig config = settings.config();
    S3CrtAsyncClientBuilder builder =
        S3AsyncClient.crtBuilder()
            .region(region)
            .forcePathStyle(config.pathStyle())
            // Only up to here is a PUT one request, and its condition atomic.
            .thresholdInBytes((long) StoreSettings.MAX_PUT + 1)
            // Anything more turns each GET into HEAD and GET, and is refused by older stores.
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .retryConfiguration(retry -> retry.numRetries(config.retries()))
            .targetThroughputInGbps(settings.targetGbps())
            .maxNativeMemoryLimitInBytes(settings.nativeMemoryLimit())
            .httpConfiguration(http -> configure(http, settings));
    URI endpoint = endpoint(config, region);
    if (endpoint != null) {
      builder.endpointOverride(endpoint);
    } else if (config.accelerate()) {
      builder.accelerate(true);
    }
    if (settings.credentials() != null) {
      builder.credentialsProvider(settings.credentials());
    }
    return builder;
  }

  private static void configure(S3CrtHttpConfiguration.Builder http, ClientSettings settings) {
    S3ClientConfig config = settings.config();
    http.connectionTimeout(config.connectTimeout())
        .connectionHealthConfiguration(
            health ->
                health
                    .minimumThroughputInBps(1L)
                    .minimumThroughputTimeout(stallTimeout(config.requestTimeout())));
    URI address = config.proxy();
    ProxyLogin login = settings.proxyLogin();
    if (address != null) {
      boolean tls = "https".equals(address.getScheme());
      int port = address.getPort() >= 0 ? address.getPort() : tls ? 443 : 80;
      http.proxyConfiguration(
          proxy -> {
            proxy.scheme(address.getScheme()).host(address.getHost()).port(port);
            if (login != null) {
              proxy.username(login.user()).password(login.password());
            }
          });
    }
  }

  /**
   * The endpoint to name to the client, or null for the region's ordinary one. The CRT client has
   * no settings for FIPS and IPv6, so their endpoints are named (see "Amazon S3 endpoints" in the
   * AWS General Reference).
   */
  private static @Nullable URI endpoint(S3ClientConfig config, Region region) {
    if (config.endpoint() != null || !(config.fips() || config.dualStack())) {
      return config.endpoint();
    }
    String domain = PartitionMetadata.of(region).dnsSuffix();
    if (config.accelerate()) {
      return URI.create("https://s3-accelerate.dualstack." + domain);
    }
    return URI.create(
        "https://s3"
            + (config.fips() ? "-fips" : "")
            + (config.dualStack() ? ".dualstack." : ".")
            + region.id()
            + "."
            + domain);
  }

  /** How long a connection may be silent: so short that another attempt fits before the end. */
  private static Duration stallTimeout(Duration requestTimeout) {
    long seconds = requestTimeout.toSeconds() / 3;
    return Duration.ofSeconds(Math.max(2, Math.min(30, seconds)));
  }

  private static Region region(S3ClientConfig settings) {
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
