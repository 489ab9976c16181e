package io.github.s3vfs.internal.store.crt;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

/**
 * What makes one S3 client different from another. Two equal settings share a client. Most
 * credentials providers are equal only to themselves: pass the same one to share.
 *
 * @param region as in "eu-central-1"; null for the SDK's default chain (system property,
 *     environment, profile, instance)
 * @param endpoint of a store that is not AWS's, without user information; null for AWS
 * @param pathStyle whether the bucket goes into the path instead of the host name
 * @param credentials null for the SDK's default chain
 * @param connectTimeout how long one attempt to connect may take, 1 ms or more
 * @param requestTimeout how long a request may take with all its retries, 1 ms or more
 * @param retries after a request that failed in a way that may pass, 1 or more: the CRT client
 *     takes 0 for its default
 * @param targetGbps the throughput to aim for in gigabits per second; the client derives the number
 *     of its connections from it (25 at 10)
 * @param nativeMemoryLimit for request and response bodies outside the Java heap, in bytes
 */
public record ClientSettings(
    @Nullable String region,
    @Nullable URI endpoint,
    boolean pathStyle,
    @Nullable AwsCredentialsProvider credentials,
    Duration connectTimeout,
    Duration requestTimeout,
    int retries,
    double targetGbps,
    long nativeMemoryLimit) {

  /**
   * AWS, region and credentials from the default chains: 3 s to connect, 30 s in all, 3 retries, 10
   * Gbit/s, 256 MiB.
   */
  public static final ClientSettings DEFAULT =
      new ClientSettings(
          null,
          null,
          false,
          null,
          Duration.ofSeconds(3),
          Duration.ofSeconds(30),
          3,
          10.0,
          256L << 20);

  /**
   * Checks the bounds.
   *
   * @throws S3VfsException {@code INVALID}
   */
  public ClientSettings {
    Objects.requireNonNull(connectTimeout, "connectTimeout");
    Objects.requireNonNull(requestTimeout, "requestTimeout");
    check(connectTimeout.toMillis() >= 1, "the connect time-out must be 1 ms or more");
    check(requestTimeout.toMillis() >= 1, "the request time-out must be 1 ms or more");
    check(retries >= 1, "the number of retries must be 1 or more");
    check(targetGbps > 0, "the target throughput must be more than 0");
    check(nativeMemoryLimit > 0, "the native memory limit must be more than 0");
    if (endpoint != null) {
      check(endpoint.getRawUserInfo() == null, "the endpoint must not hold credentials");
      check(
          endpoint.getHost() != null
              && ("http".equals(endpoint.getScheme()) || "https".equals(endpoint.getScheme())),
          "the endpoint " + endpoint + " is no http or https address");
    }
  }

  private static void check(boolean holds, String message) {
    if (!holds) {
      throw new S3VfsException(ErrorKind.INVALID, message);
    }
  }

  /** With another region. */
  public ClientSettings withRegion(@Nullable String value) {
    return new ClientSettings(
        value,
        endpoint,
        pathStyle,
        credentials,
        connectTimeout,
        requestTimeout,
        retries,
        targetGbps,
        nativeMemoryLimit);
  }

  /** With another endpoint, and where the bucket's name goes. */
  public ClientSettings withEndpoint(@Nullable URI value, boolean usePathStyle) {
    return new ClientSettings(
        region,
        value,
        usePathStyle,
        credentials,
        connectTimeout,
        requestTimeout,
        retries,
        targetGbps,
        nativeMemoryLimit);
  }

  /** With other credentials. */
  public ClientSettings withCredentials(@Nullable AwsCredentialsProvider value) {
    return new ClientSettings(
        region,
        endpoint,
        pathStyle,
        value,
        connectTimeout,
        requestTimeout,
        retries,
        targetGbps,
        nativeMemoryLimit);
  }

  /** With other time-outs and another number of retries. */
  public ClientSettings withPatience(Duration connect, Duration request, int retry) {
    return new ClientSettings(
        region,
        endpoint,
        pathStyle,
        credentials,
        connect,
        request,
        retry,
        targetGbps,
        nativeMemoryLimit);
  }

  /** With another target throughput and memory limit. */
  public ClientSettings withCapacity(double gbps, long memoryLimit) {
    return new ClientSettings(
        region,
        endpoint,
        pathStyle,
        credentials,
        connectTimeout,
        requestTimeout,
        retries,
        gbps,
        memoryLimit);
  }

  /** For logs: names the kind of credentials only. */
  @Override
  public String toString() {
    return "ClientSettings[region="
        + region
        + ", endpoint="
        + endpoint
        + ", pathStyle="
        + pathStyle
        + ", credentials="
        + (credentials == null ? "default" : credentials.getClass().getSimpleName())
        + ", connectTimeout="
        + connectTimeout
        + ", requestTimeout="
        + requestTimeout
        + ", retries="
        + retries
        + ", targetGbps="
        + targetGbps
        + ", nativeMemoryLimit="
        + nativeMemoryLimit
        + "]";
  }
}
