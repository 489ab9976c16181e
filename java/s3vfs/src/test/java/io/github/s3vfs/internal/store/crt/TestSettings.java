package io.github.s3vfs.internal.store.crt;

import io.github.s3vfs.S3ClientConfig;
import io.github.s3vfs.S3RequestConfig;
import java.net.URI;
import java.time.Duration;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** Settings of clients, and stores made with them, for tests. */
final class TestSettings {
  private TestSettings() {}

  static AwsCredentialsProvider keyPair(String id, String secret) {
    return StaticCredentialsProvider.create(AwsBasicCredentials.create(id, secret));
  }

  /** A server that is not AWS's, with the default patience. */
  static S3ClientConfig to(URI endpoint) {
    return to(endpoint, Duration.ofSeconds(3), Duration.ofSeconds(30), 3);
  }

  static S3ClientConfig to(URI endpoint, Duration connect, Duration request, int retries) {
    return new S3ClientConfig(
        "us-east-1", endpoint, true, null, false, false, false, connect, request, retries);
  }

  static CrtObjectStore store(CrtClients clients, ClientSettings settings, String bucket) {
    return new CrtObjectStore(
        clients.client(settings),
        bucket,
        new StoreSettings(
            S3RequestConfig.DEFAULT, settings.config().requestTimeout(), StoreSettings.MAX_PUT),
        clients.gate());
  }
}
