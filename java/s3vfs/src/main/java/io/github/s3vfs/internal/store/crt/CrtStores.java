package io.github.s3vfs.internal.store.crt;

import io.github.s3vfs.S3VfsConfig;
import io.github.s3vfs.internal.store.LargeObjects;
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
    return given == null
        ? new CrtObjectStore(client(config), bucket, settings(config), clients.gate())
        : new CrtObjectStore(given, bucket, settings(config));
  }

  @Override
  public LargeObjects largeObjects(String bucket, S3VfsConfig config) {
    return given == null
        ? new CrtLargeObjects(client(config), bucket, settings(config), clients.gate())
        : new CrtLargeObjects(given, bucket, settings(config), new ClientGate());
  }

  /** The client for a VFS's settings; its owner is this object, or who passed it in. */
  public S3AsyncClient client(S3VfsConfig config) {
    if (given != null) {
      return given;
    }
    return clients.client(
        new ClientSettings(config.client(), credentials, proxyLogin, TARGET_GBPS, NATIVE_MEMORY));
  }

  private StoreSettings settings(S3VfsConfig config) {
    Duration timeout = config.client().requestTimeout();
    long largest =
        given == null ? StoreSettings.MAX_PUT : StoreSettings.DEFAULT.maxConditionalPut();
    return new StoreSettings(config.requests(), timeout, largest);
  }

  @Override
  public void close() {
    Rehearsal.end();
    clients.close();
  }
}
