package io.github.s3vfs.benchmark;

import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.testkit.S3TestServer;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3CrtAsyncClientBuilder;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Where the demo works: the embedded server, or a bucket of the user's. Has the VFS "s3" registered
 * for it, and a client of its own to look at the objects. Not thread-safe.
 */
final class DemoStore implements AutoCloseable {
  private static final String EMBEDDED_BUCKET = "bucket";

  private final @Nullable S3TestServer server;
  private final String description;
  private final String bucket;

  /** Of a URL, with which another process reaches the store. */
  private final String parameters;

  /** Of the command line, with which it reaches the store. */
  private final List<String> arguments;

  /** What keys begin with: empty, or a prefix that nobody else has and that ends with a slash. */
  private final String prefix;

  private final S3AsyncClient client;
  private final S3Vfs vfs;

  private DemoStore(
      @Nullable S3TestServer server,
      String description,
      String bucket,
      String parameters,
      List<String> arguments,
      String prefix,
      S3AsyncClient client,
      S3Vfs vfs) {
    this.server = server;
    this.description = description;
    this.bucket = bucket;
    this.parameters = parameters;
    this.arguments = arguments;
    this.prefix = prefix;
    this.client = client;
    this.vfs = vfs;
  }

  static DemoStore open(DemoOptions options) {
    String bucket = options.bucket();
    return bucket == null ? embedded() : remote(options, bucket);
  }

  private static DemoStore embedded() {
    S3TestServer server = S3TestServer.builder().inMemory().start();
    server.createBucket(EMBEDDED_BUCKET);
    AwsCredentialsProvider credentials =
        StaticCredentialsProvider.create(
            AwsBasicCredentials.create(server.accessKeyId(), server.secretAccessKey()));
    S3Vfs.Builder vfs =
        S3Vfs.builder()
            .endpoint(server.endpoint())
            .region(Region.of(server.region()))
            .pathStyle(true)
            .credentialsProvider(credentials);
    S3AsyncClient client =
        clientBuilder(server.endpoint(), server.region(), true)
            .credentialsProvider(credentials)
            .build();
    String description =
        "in this process, at " + server.endpoint() + ", bucket '" + EMBEDDED_BUCKET + "'";
    return new DemoStore(
        server,
        description,
        EMBEDDED_BUCKET,
        parameters(server.endpoint(), server.region(), true),
        arguments(server.endpoint(), server.region(), true),
        "",
        client,
        vfs.register());
  }

  private static DemoStore remote(DemoOptions options, String bucket) {
    URI endpoint = options.endpoint();
    String region = options.region();
    S3Vfs.Builder vfs = S3Vfs.builder().pathStyle(options.pathStyle());
    if (endpoint != null) {
      vfs.endpoint(endpoint);
    }
    // As in the library: a store that is not AWS's seldom cares for the region.
    String named = region == null && endpoint != null ? "us-east-1" : region;
    if (named != null) {
      vfs.region(Region.of(named));
    }
    S3AsyncClient client = clientBuilder(endpoint, named, options.pathStyle()).build();
    String prefix = "s3vfs-demo-" + UUID.randomUUID() + "/";
    String description = (endpoint == null ? "AWS" : endpoint) + ", s3://" + bucket + "/" + prefix;
    return new DemoStore(
        null,
        description,
        bucket,
        parameters(endpoint, named, options.pathStyle()),
        arguments(endpoint, named, options.pathStyle()),
        prefix,
        client,
        vfs.register());
  }

  private static String parameters(
      @Nullable URI endpoint, @Nullable String region, boolean pathStyle) {
    return (endpoint == null ? "" : "&endpoint=" + endpoint)
        + (region == null ? "" : "&region=" + region)
        + "&path_style="
        + pathStyle;
  }

  private static List<String> arguments(
      @Nullable URI endpoint, @Nullable String region, boolean pathStyle) {
    List<String> arguments = new ArrayList<>();
    if (endpoint != null) {
      arguments.addAll(List.of("--endpoint", endpoint.toString()));
    }
    if (region != null) {
      arguments.addAll(List.of("--region", region));
    }
    if (pathStyle) {
      arguments.add("--path-style");
    }
    return List.copyOf(arguments);
  }

  private static S3CrtAsyncClientBuilder clientBuilder(
      @Nullable URI endpoint, @Nullable String region, boolean pathStyle) {
    S3CrtAsyncClientBuilder builder = S3AsyncClient.crtBuilder().forcePathStyle(pathStyle);
    if (endpoint != null) {
      builder.endpointOverride(endpoint);
    }
    if (region != null) {
      builder.region(Region.of(region));
    }
    return builder;
  }

  /** For people. */
  String describe() {
    return description;
  }

  /** What another process adds to its URLs; it begins with an ampersand. */
  String parameters() {
    return parameters;
  }

  /** The options with which the command line reaches the store. */
  List<String> arguments() {
    return arguments;
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

  S3Vfs vfs() {
    return vfs;
  }

  S3Location location(String path) {
    return new S3Location(bucket, prefix + path);
  }

  /** The objects whose keys begin so, sorted. */
  List<S3Object> objects(String keyPrefix) {
    List<S3Object> objects = new ArrayList<>();
    client
        .listObjectsV2Paginator(request -> request.bucket(bucket).prefix(keyPrefix))
        .contents()
        .subscribe(objects::add)
        .join();
    objects.sort(Comparator.comparing(S3Object::key));
    return objects;
  }

  /** Removes what was stored in a bucket of the user's, and stops the embedded server. */
  @Override
  public void close() {
    try {
      vfs.close();
      if (server == null) {
        removeAll();
      }
    } finally {
      client.close();
      if (server != null) {
        server.close();
      }
    }
  }

  /** Everything under the demo's prefix, which holds nobody else's objects. */
  private void removeAll() {
    CompletableFuture.allOf(
            objects(prefix).stream()
                .map(o -> client.deleteObject(request -> request.bucket(bucket).key(o.key())))
                .toArray(CompletableFuture<?>[]::new))
        .join();
    int left = objects(prefix).size();
    if (left > 0) {
      throw new IllegalStateException(left + " objects are left under " + prefix);
    }
  }
}
