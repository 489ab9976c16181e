package io.github.s3vfs.internal.store.crt;

import io.github.s3vfs.S3VfsConfig;
import io.github.s3vfs.internal.store.ObjectStore;
import io.github.s3vfs.internal.store.ObjectStores;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.services.s3.S3AsyncClient;

/**
 * The buckets of one VFS: through the client that the user passed in, or through clients made for
 * the settings when they are first needed. Thread-safe.
 */
public final class CrtStores implements ObjectStores {
  private final CrtClients clients = new CrtClients();
  private final @Nullable S3AsyncClient given;
  private final @Nullable AwsCredentialsProvider credentials;

  /**
   * @param given a client to use for everything, which stays the user's; or null
   * @param credentials for the clients made here; null for the SDK's default chain
   */
  public CrtStores(@Nullable S3AsyncClient given, @Nullable AwsCredentialsProvider credentials) {
    this.given = given;
    this.credentials = credentials;
  }

  @Override
  public ObjectStore bucket(String bucket, S3VfsConfig config) {
    if (given != null) {
      Duration timeout = config.requestTimeout();
      StoreSettings settings =
          new StoreSettings(timeout, StoreSettings.DEFAULT.maxConditionalPut(), false);
      return new CrtObjectStore(given, bucket, settings);
    }
    ClientSettings settings =
        ClientSettings.DEFAULT
            .withRegion(config.region())
            .withEndpoint(config.endpoint(), config.pathStyle())
            .withCredentials(credentials)
            .withPatience(config.connectTimeout(), config.requestTimeout(), config.retries());
    return clients.store(settings, bucket, false);
  }

  @Override
  public void close() {
    clients.close();
  }
}
