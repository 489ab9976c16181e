package io.github.s3vfs.benchmark;

import io.github.s3vfs.Layout;
import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.testkit.Account;
import io.github.s3vfs.testkit.AccountSnapshot;
import io.github.s3vfs.testkit.S3TestServer;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3CrtAsyncClientBuilder;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Where the databases are: the embedded server, whose requests take longer and share a bandwidth,
 * or a bucket of the user's. Thread-safe.
 */
final class BenchmarkStore implements AutoCloseable {
  private static final String EMBEDDED_BUCKET = "bucket";

  /** How long the server must be idle until an operation is taken to have ended. */
  private static final Duration IDLE = Duration.ofMillis(100);

  private final BenchmarkOptions options;
  private final @Nullable S3TestServer server;
  private final @Nullable URI endpoint;
  private final @Nullable String region;
  private final String bucket;

  /** What keys begin with: nobody else's objects do. */
  private final String prefix = "s3vfs-benchmark-" + UUID.randomUUID() + "/";

  private final AwsCredentialsProvider credentials;
  private final AtomicInteger registered = new AtomicInteger();

  private BenchmarkStore(BenchmarkOptions options, @Nullable S3TestServer server) {
    this.options = options;
    this.server = server;
    String named = options.bucket();
    bucket = named == null ? EMBEDDED_BUCKET : named;
    if (server == null) {
      endpoint = options.endpoint();
      // As in the library: a store that is not AWS's seldom cares for the region.
      region =
          options.region() == null && options.endpoint() != null ? "us-east-1" : options.region();
      credentials = DefaultCredentialsProvider.builder().build();
    } else {
      endpoint = server.endpoint();
      region = server.region();
      credentials =
          StaticCredentialsProvider.create(
              AwsBasicCredentials.create(server.accessKeyId(), server.secretAccessKey()));
    }
  }

  /**
   * Opens it.
   *
   * @param directory where the embedded server keeps its objects
   */
  static BenchmarkStore open(BenchmarkOptions options, Path directory) {
    if (options.bucket() != null) {
      return new BenchmarkStore(options, null);
    }
    S3TestServer server = S3TestServer.builder().directory(directory).start();
    server.createBucket(EMBEDDED_BUCKET);
    BenchmarkStore store = new BenchmarkStore(options, server);
    store.limit(true);
    return store;
  }

  /** For people. */
  String describe() {
    if (server != null) {
      String limit =
          options.bandwidthMbps() == 0 ? "no limit" : options.bandwidthMbps() + " Mbit/s";
      return "embedded server, in the process that measures; "
          + options.latencyMillis()
          + " ms added to each request, "
          + limit
          + " in total, both directions together";
    }
    return (endpoint == null ? "AWS" : endpoint) + ", bucket " + bucket;
  }

  /** Whether requests can be counted where they arrive. */
  boolean counted() {
    return server != null;
  }

  /** Null for AWS. */
  @Nullable URI endpoint() {
    return endpoint;
  }

  /** Null for that of the default chain. */
  @Nullable String region() {
    return region;
  }

  String bucket() {
    return bucket;
  }

  /** The key of something of the benchmark's. */
  String key(String path) {
    return prefix + path;
  }

  S3Location location(String path) {
    return new S3Location(bucket, key(path));
  }

  /** A VFS of a new name that has nothing in memory, and a client of its own; to be registered. */
  S3Vfs.Builder vfs() {
    S3Vfs.Builder builder =
        S3Vfs.builder()
            .name("bench-" + registered.incrementAndGet())
            .bucket(bucket)
            .pathStyle(server != null || options.pathStyle())
            .credentialsProvider(credentials);
    if (endpoint != null) {
      builder.endpoint(endpoint);
    }
    if (region != null) {
      builder.region(Region.of(region));
    }
    return builder;
  }

  /** The same, which stores new databases so. */
  S3Vfs.Builder vfs(String layout) {
    return vfs().layout(layout.equals(Benchmark.BLOCKS) ? Layout.BLOCKS : Layout.SNAPSHOT);
  }

  /** A URL of a database, without further parameters. */
  String url(S3Vfs vfs, String path) {
    return "jdbc:sqlite:file:" + key(path) + "?vfs=" + vfs.name();
  }

  /** The same for another process, which has the VFS "s3". */
  String urlOfOthers(String path) {
    return "jdbc:sqlite:file:/"
        + bucket
        + "/"
        + key(path)
        + "?vfs=s3&path_style="
        + (server != null || options.pathStyle())
        + (endpoint == null ? "" : "&endpoint=" + endpoint)
        + (region == null ? "" : "&region=" + region);
  }

  /** The variables with which another process reaches the store; none if it has them already. */
  Map<String, String> environment() {
    return server == null
        ? Map.of()
        : Map.of(
            "AWS_ACCESS_KEY_ID",
            server.accessKeyId(),
            "AWS_SECRET_ACCESS_KEY",
            server.secretAccessKey());
  }

  /** A new CRT client with the SDK's settings; the caller closes it. */
  S3AsyncClient client() {
    S3CrtAsyncClientBuilder builder =
        S3AsyncClient.crtBuilder()
            .forcePathStyle(server != null || options.pathStyle())
            // As in the library: without these there is one request more for each object.
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .credentialsProvider(credentials);
    if (endpoint != null) {
      builder.endpointOverride(endpoint);
    }
    if (region != null) {
      builder.region(Region.of(region));
    }
    return builder.build();
  }

  /**
   * Does something that is not measured, as fast as the machine can.
   *
   * @throws Exception what the work throws
   */
  void unlimited(Account.Work work) throws Exception {
    limit(false);
    try {
      work.run();
    } finally {
      limit(true);
    }
  }

  /**
   * Does something with the bandwidth in each direction by itself, as a full-duplex link has it.
   *
   * @throws Exception what the work throws
   */
  void eachWay(Account.Work work) throws Exception {
    if (server != null) {
      server.faults().bandwidthEachWay(options.bandwidthMbps() * 125_000);
    }
    try {
      work.run();
    } finally {
      limit(true);
    }
  }

  private void limit(boolean limited) {
    if (server != null) {
      server.faults().latency(Duration.ofMillis(limited ? options.latencyMillis() : 0));
      server.faults().bandwidth(limited ? options.bandwidthMbps() * 125_000 : 0);
    }
  }

  /**
   * Does the work and says what it cost. Requests that nobody waited for count as well, but the
   * time does not.
   *
   * @throws Exception what the work throws
   */
  Cost measure(Account.Work work) throws Exception {
    if (server == null) {
      long start = System.nanoTime();
      work.run();
      return new Cost(System.nanoTime() - start, 0, 0, 0);
    }
    server.account().reset();
    long[] nanos = new long[1];
    AccountSnapshot account =
        server
            .account()
            .measure(
                () -> {
                  long start = System.nanoTime();
                  work.run();
                  nanos[0] = System.nanoTime() - start;
                  awaitIdle(server);
                });
    return new Cost(nanos[0], DependentChain.length(account), account.count(), account.bytesOut());
  }

  private static void awaitIdle(S3TestServer server) throws InterruptedException {
    long idleSince = System.nanoTime();
    while (System.nanoTime() - idleSince < IDLE.toNanos()) {
      if (server.account().inFlight() > 0) {
        idleSince = System.nanoTime();
      }
      Thread.sleep(5);
    }
  }

  /** Bytes of all objects whose keys begin with a path. */
  long storedBytes(String path) {
    try (S3AsyncClient client = client()) {
      long[] bytes = new long[1];
      list(client, key(path), object -> bytes[0] += object.size());
      return bytes[0];
    }
  }

  /** Goes through the objects whose keys begin so. */
  void list(S3AsyncClient client, String keyPrefix, Consumer<S3Object> each) {
    client
        .listObjectsV2Paginator(request -> request.bucket(bucket).prefix(keyPrefix))
        .contents()
        .subscribe(each)
        .join();
  }

  /** Removes what was stored in a bucket of the user's, and stops the embedded server. */
  @Override
  public void close() {
    if (server != null) {
      server.close();
      return;
    }
    try (S3AsyncClient client = client()) {
      List<CompletableFuture<?>> deletions = new ArrayList<>();
      list(
          client,
          prefix,
          object ->
              deletions.add(
                  client.deleteObject(request -> request.bucket(bucket).key(object.key()))));
      CompletableFuture.allOf(deletions.toArray(CompletableFuture<?>[]::new)).join();
    }
  }
}
