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
  /** The client derives the number of its connections from it: 25. */
  private static final double TARGET_GBPS = 10;

  /** In bytes. */
  private static final long NATIVE_MEMORY = 256L << 20;

  private final CrtClients clients = new CrtClients();
  private final @Nullable S3AsyncClient given;
  private final @Nullable AwsCredentialsProvider credentials;
  private final @Nullable ProxyLogin proxyLogin;

  /**
   * @param given a client to use for everything, which stays the user's; or null
   * @param credentials for the clients made here; null for the SDK's default chain
   * @param proxyLogin for the clients made here; null if the proxy asks for nothing
   */
  public CrtStores(
      @Nullable S3AsyncClient given,
      @Nullable AwsCredentialsProvider credentials,
      @Nullable ProxyLogin proxyLogin) {
    this.given = given;
    this.credentials = credentials;
    this.proxyLogin = proxyLogin;
  }

  @Override
  public void prepare() {
    if (given == null) {
      Rehearsal.begin();
    }
  }

  @Override
  public ObjectStore bucket(String bucket, S3VfsConfig config) {
    Duration timeout = config.client().requestTimeout();
    if (given != null) {
      long largest = StoreSettings.DEFAULT.maxConditionalPut();
      StoreSettings settings = new StoreSettings(config.requests(), timeout, largest);
      return new CrtObjectStore(given, bucket, settings);
    }
    ClientSettings made =
        new ClientSettings(config.client(), credentials, proxyLogin, TARGET_GBPS, NATIVE_MEMORY);
    StoreSettings settings = new StoreSettings(config.requests(), timeout, StoreSettings.MAX_PUT);
    return new CrtObjectStore(clients.client(made), bucket, settings, clients.gate());
  }

  @Override
  public void close() {
    Rehearsal.end();
    clients.close();
  }
}
