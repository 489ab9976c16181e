package io.github.s3vfs.internal.store.crt;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3ClientConfig;
import io.github.s3vfs.S3VfsException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

/**
 * What makes one S3 client different from another. Two equal settings share a client. Most
 * credentials providers are equal only to themselves: pass the same one to share.
 *
 * @param config how S3 is reached
 * @param credentials null for the SDK's default chain
 * @param proxyLogin null if the proxy, if there is one, asks for nothing
 * @param targetGbps the throughput to aim for in gigabits per second; the client derives the number
 *     of its connections from it (25 at 10)
 * @param nativeMemoryLimit for request and response bodies outside the Java heap, in bytes
 */
public record ClientSettings(
    S3ClientConfig config,
    @Nullable AwsCredentialsProvider credentials,
    @Nullable ProxyLogin proxyLogin,
    double targetGbps,
    long nativeMemoryLimit) {

  /** Default credentials, 10 Gbit/s, 256 MiB. */
  public ClientSettings(S3ClientConfig config, @Nullable AwsCredentialsProvider credentials) {
    this(config, credentials, null, 10.0, 256L << 20);
  }

  /**
   * Checks the bounds.
   *
   * @throws S3VfsException {@code INVALID}
   */
  public ClientSettings {
    Objects.requireNonNull(config, "config");
    check(targetGbps > 0, "the target throughput must be more than 0");
    check(nativeMemoryLimit > 0, "the native memory limit must be more than 0");
  }

  private static void check(boolean holds, String message) {
    if (!holds) {
      throw new S3VfsException(ErrorKind.INVALID, message);
    }
  }

  /** For logs: names the kind of credentials only. */
  @Override
  public String toString() {
    return "ClientSettings["
        + config
        + ", credentials="
        + (credentials == null ? "default" : credentials.getClass().getSimpleName())
        + ", targetGbps="
        + targetGbps
        + ", nativeMemoryLimit="
        + nativeMemoryLimit
        + "]";
  }
}
