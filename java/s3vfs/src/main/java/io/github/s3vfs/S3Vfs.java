package io.github.s3vfs;

import io.github.s3vfs.internal.jna.NativeVfs;
import io.github.s3vfs.internal.store.crt.CrtStores;
import io.github.s3vfs.internal.store.crt.ProxyLogin;
import io.github.s3vfs.internal.vfs.Vfs;
import io.github.s3vfs.internal.vfs.VfsRegistry;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;

/**
 * A SQLite VFS on S3, registered in sqlite-jdbc's SQLite.
 *
 * <p>The one named {@value #DEFAULT_NAME} comes by itself when {@link java.sql.DriverManager} or
 * {@link io.github.s3vfs.jdbc.S3VfsDriver} is asked for a URL with {@code vfs=s3}; its file names
 * are {@code /bucket/key}. Others are made by {@link #builder}. A registered VFS is never SQLite's
 * default one, and does not change how other databases open.
 *
 * <p>Thread-safe.
 */
public final class S3Vfs implements AutoCloseable {

  /** The name of the VFS that needs no set-up. */
  public static final String DEFAULT_NAME = "s3";

  private static final ConcurrentHashMap<String, S3Vfs> REGISTERED = new ConcurrentHashMap<>();

  private final Vfs vfs;
  private final CrtStores stores;

  private S3Vfs(Vfs vfs, CrtStores stores) {
    this.vfs = vfs;
    this.stores = stores;
  }

  /**
   * Registers the VFS {@value #DEFAULT_NAME} with the default settings, unless that name is
   * registered already. For {@code SQLiteDataSource}, and for ATTACH from a connection to a local
   * database; URLs that go through DriverManager do it themselves.
   *
   * @return the VFS of that name
   * @throws S3VfsException {@code UNSUPPORTED} if the native library does not load here
   */
  public static S3Vfs install() {
    synchronized (REGISTERED) {
      S3Vfs known = REGISTERED.get(DEFAULT_NAME);
      return known != null ? known : builder().register();
    }
  }

  /** The VFS of that name, if it is registered. */
  public static Optional<S3Vfs> find(String name) {
    return Optional.ofNullable(REGISTERED.get(name));
  }

  /** A VFS to be set up; its name is {@value #DEFAULT_NAME} unless another is given. */
  public static Builder builder() {
    return new Builder();
  }

  /** The name, as in {@code ?vfs=name}. */
  public String name() {
    return vfs.config().name();
  }

  /** The settings. */
  public S3VfsConfig config() {
    return vfs.config();
  }

  /**
   * The client that requests go through: the one that was passed in, or one made for the settings.
   * For a program's own requests, into which nothing of the settings goes that is of requests, as
   * the owner of the bucket. It ends with the VFS; do not close it.
   *
   * @throws S3VfsException {@code CLOSED} if the VFS was closed, {@code INVALID} if there is no
   *     region, {@code UNSUPPORTED} if S3's client does not load here
   */
  public S3AsyncClient client() {
    return stores.client(vfs.config());
  }

  /**
   * Lets databases be opened at an endpoint that is not the VFS's own, by the URL parameter {@code
   * endpoint}. A URL of a connection that {@link io.github.s3vfs.jdbc.S3VfsDriver} makes, as
   * DriverManager does, needs no such leave, and gives it; ATTACH and {@code SQLiteDataSource} need
   * it, so that SQL which is not the program's own cannot send signed requests to other servers.
   *
   * @param endpoint exactly as the URL names it
   */
  public void allowEndpoint(URI endpoint) {
    vfs.allowEndpoint(endpoint);
  }

  /**
   * The versions of a database that can be read, newest first: with the URL parameter {@code
   * version}, or {@code as_of}. About one request to S3 for 16 of them, several at once.
   *
   * @param location where the database is, in the layout {@code snapshot}
   * @return one or more
   * @throws S3VfsException {@code NOT_FOUND} if there is no database, {@code UNSUPPORTED} if it is
   *     in the layout {@code blocks}; or what S3 failed with
   */
  public List<S3Version> versions(S3Location location) {
    return vfs.versions(location);
  }

  /**
   * Fetches the newest state of a database into memory, from its beginning as far as the cache
   * takes it, and waits for that. Many requests are under way at once. The URL parameter {@code
   * prefetch=all} does the same in the background, beside what the connection reads.
   *
   * @param location where the database is
   * @return how many bytes of the file are in memory
   * @throws S3VfsException {@code NOT_FOUND} if there is no database, {@code CLOSED} if the VFS was
   *     closed, or what S3 failed with
   */
  public long prefetch(S3Location location) {
    return vfs.prefetch(location);
  }

  /** What the VFS has done since it was registered. */
  public S3VfsStats stats() {
    return vfs.stats();
  }

  /**
   * Unregisters the VFS and closes the clients that it made; one that was passed in stays open.
   * Closing again does nothing.
   *
   * @throws S3VfsException {@code BUSY} while a connection is open through it; then nothing changes
   */
  @Override
  public void close() {
    synchronized (REGISTERED) {
      vfs.close();
      if (REGISTERED.remove(name(), this)) {
        VfsRegistry.remove(vfs);
        NativeVfs.load().unregister(vfs);
      }
    }
  }

  /**
   * Closes every VFS of this class loader, and gives back what the library holds in this process.
   * For applications that end before the JVM does; where the driver is in use, call {@link
   * io.github.s3vfs.jdbc.S3VfsDriver#deregister} instead, which does this too.
   *
   * <p>Waits for what SQLite is doing in S3 at this moment. Transactions that are not committed by
   * then are not stored, and connections that are still open fail from then on. Names can be
   * registered anew, here or by another class loader.
   */
  public static void closeAll() {
    synchronized (REGISTERED) {
      NativeVfs.release();
      for (S3Vfs each : REGISTERED.values()) {
        VfsRegistry.remove(each.vfs);
        each.vfs.abandon();
      }
      REGISTERED.clear();
    }
  }

  /** The name and settings. */
  @Override
  public String toString() {
    return "S3Vfs[" + config() + "]";
  }

  /**
   * Sets up a VFS; docs/CONFIGURATION.md has the defaults. Bounds are checked by {@link #register}.
   * Not thread-safe.
   */
  public static final class Builder {
    private final S3VfsConfig config = S3VfsConfig.named(DEFAULT_NAME);
    private @Nullable S3AsyncClient client;
    private @Nullable AwsCredentialsProvider credentials;
    private @Nullable ProxyLogin proxyLogin;

    private String name = config.name();
    private @Nullable String bucket;
    private @Nullable String region;
    private @Nullable URI endpoint;
    private boolean pathStyle;
    private @Nullable URI proxy;
    private boolean fips;
    private boolean dualStack;
    private boolean accelerate;
    private @Nullable String encryption;
    private @Nullable String kmsKeyId;
    private @Nullable String storageClass;
    private boolean requesterPays;
    private @Nullable String expectedBucketOwner;
    private @Nullable Layout layout;
    private @Nullable Integer blockSize;
    private boolean optimistic;
    private Duration maxStaleness = config.maxStaleness();
    private long cacheSizeBytes = config.cacheSizeBytes();
    private long writeBufferBytes = config.writeBufferBytes();
    private int parallelism = config.parallelism();
    private Duration leaseTerm = config.leaseTerm();
    private @Nullable Duration retention;
    private boolean upkeep = config.upkeep();
    private @Nullable Path cacheDir;
    private long cacheDirBytes = config.cacheDirBytes();
    private Duration connectTimeout = config.client().connectTimeout();
    private Duration requestTimeout = config.client().requestTimeout();
    private int retries = config.client().retries();

    private Builder() {}

    /** The name, as in {@code ?vfs=name}: 1 to 64 letters, digits, '.', '_', '-'. */
    public Builder name(String value) {
      name = value;
      return this;
    }

    /** Puts all databases into one bucket; file names are then keys. */
    public Builder bucket(String value) {
      bucket = value;
      return this;
    }

    /**
     * A client of the user's making, which stays the user's to close. How S3 is reached, with which
     * credentials and how many retries, is then the client's own. Its {@code
     * responseChecksumValidation} should be {@code WHEN_REQUIRED}: with the SDK's default a CRT
     * client sends two requests for each read.
     */
    public Builder client(S3AsyncClient value) {
      client = value;
      return this;
    }

    /** Whose credentials to use; the SDK's default chain if not given. */
    public Builder credentialsProvider(AwsCredentialsProvider value) {
      credentials = value;
      return this;
    }

    /** The region; the SDK's default chain if not given. */
    public Builder region(Region value) {
      region = value.id();
      return this;
    }

    /** A store that is not AWS's, as in {@code http://127.0.0.1:9000}. */
    public Builder endpoint(URI value) {
      endpoint = value;
      return this;
    }

    /** Whether the bucket goes into the path instead of the host name. */
    public Builder pathStyle(boolean value) {
      pathStyle = value;
      return this;
    }

    /** An HTTP proxy to S3, as in {@code http://proxy:3128}, without credentials. */
    public Builder proxy(URI value) {
      proxy = value;
      return this;
    }

    /** What the proxy asks for (Basic authentication). */
    public Builder proxyCredentials(String user, String password) {
      proxyLogin = new ProxyLogin(user, password);
      return this;
    }

    /** Whether to use AWS's FIPS 140 validated endpoints. */
    public Builder fips(boolean value) {
      fips = value;
      return this;
    }

    /** Whether to use AWS's endpoints that have IPv6 addresses as well. */
    public Builder dualStack(boolean value) {
      dualStack = value;
      return this;
    }

    /** Whether to use S3 Transfer Acceleration, which the bucket must have switched on. */
    public Builder accelerate(boolean value) {
      accelerate = value;
      return this;
    }

    /** Encrypts new objects with keys of S3's own (SSE-S3). */
    public Builder sseS3() {
      encryption = "AES256";
      kmsKeyId = null;
      return this;
    }

    /**
     * Encrypts new objects with a key of AWS KMS (SSE-KMS).
     *
     * @param keyId id, alias or ARN of the key; null for the bucket's, or AWS's own
     */
    public Builder sseKms(@Nullable String keyId) {
      encryption = "aws:kms";
      kmsKeyId = keyId;
      return this;
    }

    /** The storage class of new objects, as S3 names it; one that can be read at once. */
    public Builder storageClass(String value) {
      storageClass = value;
      return this;
    }

    /** Whether to agree to pay for requests to a bucket of another account. */
    public Builder requesterPays(boolean value) {
      requesterPays = value;
      return this;
    }

    /** The account, 12 digits, that must own the bucket: other buckets are refused. */
    public Builder expectedBucketOwner(String value) {
      expectedBucketOwner = value;
      return this;
    }

    /**
     * How new databases are stored: {@code snapshot} unless chosen otherwise, or {@code blocks} if
     * only a block size is chosen. A database that exists keeps its layout.
     */
    public Builder layout(Layout value) {
      layout = value;
      return this;
    }

    /**
     * Whether write transactions in the layout {@code snapshot} begin without a claim: one request
     * less, but a transaction that others have overtaken is only told so at COMMIT.
     */
    public Builder optimisticWriter(boolean value) {
      optimistic = value;
      return this;
    }

    /**
     * How long a version in the layout {@code snapshot} can be read after it was replaced; more
     * than twice the staleness allowed.
     */
    public Builder retention(Duration value) {
      retention = value;
      return this;
    }

    /**
     * Whether this process compacts and collects databases in the layout {@code snapshot} by
     * itself, in the background, when it has committed to them. If no process does, {@link
     * io.github.s3vfs.transfer.S3Databases#compact} and {@code collect} are to be called now and
     * then.
     */
    public Builder upkeep(boolean value) {
      upkeep = value;
      return this;
    }

    /**
     * Bytes per block of databases in the layout {@code blocks}, 1 to 64 MiB; new databases are in
     * that layout then, unless another one is chosen.
     */
    public Builder blockSize(int value) {
      blockSize = value;
      return this;
    }

    /** How old the view of a new read transaction may be; zero asks S3 every time. */
    public Builder maxStaleness(Duration value) {
      maxStaleness = value;
      return this;
    }

    /** How many bytes of blocks are kept in memory. */
    public Builder cacheSizeBytes(long value) {
      cacheSizeBytes = value;
      return this;
    }

    /**
     * Keeps what is read of databases in the layout {@code snapshot} in a directory of this host,
     * so that it need not be fetched again when the process has ended. Several processes of one
     * user may share it. It is made if it is not there, and holds the content of databases, not
     * encrypted; {@link #register} fails if others may write to it.
     */
    public Builder cacheDir(Path value) {
      cacheDir = value;
      return this;
    }

    /** How many bytes are kept in the {@link #cacheDir}, by all processes together. */
    public Builder cacheDirBytes(long value) {
      cacheDirBytes = value;
      return this;
    }

    /** How many bytes of changes a transaction keeps in memory before some are stored early. */
    public Builder writeBufferBytes(long value) {
      writeBufferBytes = value;
      return this;
    }

    /** The most requests that one operation has under way at once, 1 to 256. */
    public Builder parallelism(int value) {
      parallelism = value;
      return this;
    }

    /**
     * How long a writing process may be silent before another one takes over; at least twice the
     * request time-out.
     */
    public Builder leaseTerm(Duration value) {
      leaseTerm = value;
      return this;
    }

    /** How long connecting to S3 may take. */
    public Builder connectTimeout(Duration value) {
      connectTimeout = value;
      return this;
    }

    /** How long one request may take, retries included. */
    public Builder requestTimeout(Duration value) {
      requestTimeout = value;
      return this;
    }

    /** Retries of a request that failed in a way that may pass, 1 or more. */
    public Builder retries(int value) {
      retries = value;
      return this;
    }

    /**
     * Registers the VFS. Loads the native library, and sends no request.
     *
     * @throws S3VfsException {@code INVALID} for a setting out of bounds, a name that is taken, or
     *     a {@link #cacheDir} that cannot be used; {@code UNSUPPORTED} if the native library does
     *     not load here
     */
    public S3Vfs register() {
      S3ClientConfig reached =
          new S3ClientConfig(
              region,
              endpoint,
              pathStyle,
              proxy,
              fips,
              dualStack,
              accelerate,
              connectTimeout,
              requestTimeout,
              retries);
      S3RequestConfig requests =
          new S3RequestConfig(
              encryption, kmsKeyId, storageClass, requesterPays, expectedBucketOwner);
      S3VfsConfig settings =
          new S3VfsConfig(
              name,
              bucket,
              reached,
              requests,
              layout,
              blockSize,
              optimistic,
              maxStaleness,
              cacheSizeBytes,
              writeBufferBytes,
              parallelism,
              leaseTerm,
              retention,
              upkeep,
              cacheDir,
              cacheDirBytes);
      CrtStores stores = new CrtStores(client, credentials, proxyLogin);
      return register(new Vfs(settings, stores), stores);
    }

    private static S3Vfs register(Vfs vfs, CrtStores stores) {
      synchronized (REGISTERED) {
        S3Vfs registered = new S3Vfs(vfs, stores);
        vfs.prepare();
        NativeVfs.load().register(vfs);
        VfsRegistry.add(vfs);
        REGISTERED.put(registered.name(), registered);
        return registered;
      }
    }
  }
}
