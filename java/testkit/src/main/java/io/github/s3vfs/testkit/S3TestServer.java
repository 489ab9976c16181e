package io.github.s3vfs.testkit;

import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;
import org.gaul.s3proxy.AccessGrant;
import org.gaul.s3proxy.BlobStores;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.BucketAlreadyOwnedByYouException;

/**
 * An S3 server in this JVM, on a loopback port.
 *
 * <pre>{@code
 * try (S3TestServer server = S3TestServer.builder().inMemory().start()) {
 *   server.createBucket("bucket");
 *   // a client with server.endpoint(), path style, server.region(), and the key pair
 *   assertEquals(2, server.account().measure(() -> commit()).longestDependentChain());
 * }
 * }</pre>
 *
 * <p>Requests are signed with AWS Signature Version 4 and refused otherwise. Writes are atomic per
 * key with their conditions, as on S3: If-None-Match and If-Match on PutObject and
 * CompleteMultipartUpload, If-Match on DeleteObject; If-Match on a missing key is 404.
 *
 * <p>Thread-safe.
 */
public final class S3TestServer implements AutoCloseable {

  private static final String REGION = "us-east-1";
  private static final Pattern BUCKET_NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");

  private final Credentials owner;
  private final Map<String, Credentials> keyPairs;
  private final BlobStore store;
  private final Account account;
  private final Faults faults;
  private final Policy policy;
  private final URI endpoint;

  /** Null where an external store takes this server's place. */
  private final @Nullable EmbeddedS3Proxy proxy;

  private S3TestServer(Builder builder) {
    owner = builder.owner == null ? Credentials.random() : builder.owner;
    keyPairs = new LinkedHashMap<>(builder.others);
    keyPairs.put(owner.accessKeyId(), owner);
    KeyLocks locks = new KeyLocks();
    store = new LockedBlobStore(new FlatBlobStore(backend(builder.directory)), locks);
    account = new Account(builder.accounting);
    policy = new Policy();
    Bandwidth bandwidth = new Bandwidth();
    faults = new Faults(bandwidth, true);
    Backend backend = new Backend(store, locks, policy, builder.extension);
    ExchangeFilter filter = new ExchangeFilter(account, faults, bandwidth, backend);
    proxy = EmbeddedS3Proxy.start(store, owner, this::grant, filter, builder.port);
    endpoint = URI.create("http://127.0.0.1:" + proxy.port());
  }

  private S3TestServer(ExternalStore external) {
    owner = external.owner();
    keyPairs = Map.of();
    store = external.objects(REGION);
    account = new Account(false);
    policy = new Policy();
    faults = new Faults(new Bandwidth(), false);
    proxy = null;
    endpoint = external.endpoint();
  }

  /** A server to be configured. */
  public static Builder builder() {
    return new Builder();
  }

  private static BlobStore backend(@Nullable Path directory) {
    Properties properties = new Properties();
    if (directory == null) {
      return BlobStores.create("transient-nio2", properties);
    }
    properties.setProperty("jclouds.filesystem.basedir", directory.toString());
    return BlobStores.create("filesystem-nio2", properties);
  }

  private @Nullable AccessGrant grant(
      @Nullable String accessKeyId, @Nullable String bucket, @Nullable String key) {
    Credentials keyPair = keyPairs.get(accessKeyId);
    if (keyPair == null) {
      return null;
    }
    PolicedBlobStore policed = new PolicedBlobStore(store, policy, keyPair.accessKeyId());
    return new AccessGrant(keyPair.secretAccessKey(), policed);
  }

  /**
   * Where the server listens: {@code http://127.0.0.1:port}, or the external store. Clients must
   * use path-style addressing.
   */
  public URI endpoint() {
    return endpoint;
  }

  /** The region clients sign for. */
  public String region() {
    return REGION;
  }

  /** The owner's access key id. */
  public String accessKeyId() {
    return owner.accessKeyId();
  }

  /** The owner's secret access key. */
  public String secretAccessKey() {
    return owner.secretAccessKey();
  }

  /**
   * Creates a bucket; it may exist already. In an external store it is empty then, as in a server
   * that has just been started.
   *
   * @throws IllegalArgumentException when the name is not 3 to 63 lower-case letters, digits, dots
   *     and hyphens
   */
  public void createBucket(String bucket) {
    if (!BUCKET_NAME.matcher(bucket).matches()) {
      throw new IllegalArgumentException("not a bucket name: " + bucket);
    }
    try {
      store.createContainer(bucket);
    } catch (BucketAlreadyOwnedByYouException exists) {
      // As wanted.
    }
    if (proxy == null) {
      objects(bucket).restore(Map.of());
    }
  }

  /** The objects of a bucket, reached inside the server. */
  public BucketObjects objects(String bucket) {
    return new BucketObjects(store, bucket);
  }

  /**
   * The account of requests.
   *
   * @throws IllegalStateException for an external store, of which nothing of the kind is known
   */
  public Account account() {
    checkEmbedded();
    return account;
  }

  /** What goes wrong, and how slow everything is. */
  public Faults faults() {
    return faults;
  }

  /**
   * What each key pair may do.
   *
   * @throws IllegalStateException for an external store, of which nothing of the kind is known
   */
  public Policy policy() {
    checkEmbedded();
    return policy;
  }

  private void checkEmbedded() {
    if (proxy == null) {
      throw new IllegalStateException("only the embedded server has this, not " + endpoint);
    }
  }

  /** Stops the server at once; requests under way are cut off. What is on disk stays. */
  @Override
  public void close() {
    faults.clear();
    if (proxy != null) {
      proxy.close();
    }
    store.close();
  }

  /** Settings of a server. Not thread-safe. */
  public static final class Builder {

    private final Map<String, Credentials> others = new LinkedHashMap<>();
    private @Nullable Credentials owner;
    private @Nullable Path directory;
    private @Nullable RequestExtension extension;
    private boolean accounting = true;
    private int port;

    private Builder() {}

    /** Objects live on the heap and go with the server. The default. */
    public Builder inMemory() {
      directory = null;
      return this;
    }

    /**
     * Objects live in files under {@code root}, which must exist; a later server finds them again.
     */
    public Builder directory(Path root) {
      directory = root;
      return this;
    }

    /** Listens on this port of the loopback interface; 0, the default, takes a free one. */
    public Builder port(int newPort) {
      port = newPort;
      return this;
    }

    /** The owner's key pair; a random one by default. */
    public Builder credentials(String accessKeyId, String secretAccessKey) {
      owner = new Credentials(accessKeyId, secretAccessKey);
      return this;
    }

    /** A further key pair, which may do everything until a policy restricts it. */
    public Builder keyPair(String accessKeyId, String secretAccessKey) {
      others.put(accessKeyId, new Credentials(accessKeyId, secretAccessKey));
      return this;
    }

    /** Somebody who answers requests that the server does not know. */
    public Builder extension(RequestExtension newExtension) {
      extension = newExtension;
      return this;
    }

    /** Keeps no account, for servers that run for long; it then stays empty. */
    public Builder withoutAccount() {
      accounting = false;
      return this;
    }

    /**
     * Starts the server; it takes about a second. Where the system property {@code
     * s3vfs.test.endpoint} names an external store, that is used instead, whatever was set here
     * ({@link ExternalStore}).
     *
     * @throws IllegalStateException when it does not start, for example because the port is taken
     */
    public S3TestServer start() {
      ExternalStore external = ExternalStore.named();
      return external == null ? new S3TestServer(this) : new S3TestServer(external);
    }
  }
}
