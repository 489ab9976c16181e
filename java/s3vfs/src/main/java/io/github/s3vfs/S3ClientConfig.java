package io.github.s3vfs;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How S3 is reached; docs/CONFIGURATION.md lists the settings. Immutable. Holds no secrets: they
 * come from a credentials provider.
 *
 * @param region null for the AWS default chain
 * @param endpoint of a store that is not AWS's, http or https, without user information; null for
 *     AWS
 * @param pathStyle whether the bucket goes into the path instead of the host name
 * @param proxy an HTTP proxy, http or https, without user information; null for none
 * @param fips whether to use AWS's FIPS 140 validated endpoints
 * @param dualStack whether to use AWS's endpoints that have IPv6 addresses as well
 * @param accelerate whether to use S3 Transfer Acceleration
 * @param connectTimeout how long connecting to S3 may take, 1 ms or more
 * @param requestTimeout how long one request may take, retries included, 1 ms or more
 * @param retries after a request that failed in a way that may pass, 1 or more (the CRT client
 *     knows no zero)
 */
public record S3ClientConfig(
    @Nullable String region,
    @Nullable URI endpoint,
    boolean pathStyle,
    @Nullable URI proxy,
    boolean fips,
    boolean dualStack,
    boolean accelerate,
    Duration connectTimeout,
    Duration requestTimeout,
    int retries) {

  /** AWS, by the default chains: 3 s to connect, 30 s in all, 3 retries. */
  public static final S3ClientConfig DEFAULT =
      new S3ClientConfig(
          null,
          null,
          false,
          null,
          false,
          false,
          false,
          Duration.ofSeconds(3),
          Duration.ofSeconds(30),
          3);

  /**
   * Checks the bounds.
   *
   * @throws S3VfsException {@code INVALID}, naming the setting
   */
  public S3ClientConfig {
    checkAddress("endpoint", endpoint);
    checkAddress("proxy", proxy);
    S3VfsConfig.check(
        connectTimeout.toMillis() >= 1, "connectTimeout", connectTimeout, "1 ms or more");
    S3VfsConfig.check(
        requestTimeout.toMillis() >= 1, "requestTimeout", requestTimeout, "1 ms or more");
    S3VfsConfig.check(retries >= 1, "retries", retries, "1 or more");
    boolean aws = endpoint == null;
    S3VfsConfig.check(aws || !fips, "fips", fips, "false with an endpoint");
    S3VfsConfig.check(aws || !dualStack, "dualStack", dualStack, "false with an endpoint");
    S3VfsConfig.check(
        !accelerate || (aws && !fips && !pathStyle),
        "accelerate",
        accelerate,
        "false with an endpoint, fips or pathStyle");
  }

  private static void checkAddress(String setting, @Nullable URI value) {
    if (value == null) {
      return;
    }
    boolean secret = value.getRawUserInfo() != null || value.getRawQuery() != null;
    boolean http = "http".equals(value.getScheme()) || "https".equals(value.getScheme());
    S3VfsConfig.check(
        !secret && http && value.getHost() != null,
        setting,
        secret ? "(hidden)" : value,
        "http://host:port or https://host, without credentials or a query");
  }
}
