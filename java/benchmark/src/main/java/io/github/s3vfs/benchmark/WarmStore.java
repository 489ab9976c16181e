package io.github.s3vfs.benchmark;

import io.github.s3vfs.Layout;
import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.testkit.S3TestServer;
import io.github.s3vfs.transfer.S3Databases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.sqlite.SQLiteDataSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;

/** A database in a local file, and the same one, byte by byte, on the embedded server. */
final class WarmStore implements AutoCloseable {
  private static final String BUCKET = "bucket";
  private static final String KEY = "warm.sqlite";

  private final Path file;
  private final S3TestServer server;
  private final S3Vfs vfs;

  private WarmStore(Path file, S3TestServer server, S3Vfs vfs) {
    this.file = file;
    this.server = server;
    this.vfs = vfs;
  }

  /**
   * Starts a server, registers a VFS of its own, and stores the file.
   *
   * @throws IOException if the file cannot be read
   */
  static WarmStore open(Path file, String layout) throws IOException {
    S3TestServer server = S3TestServer.builder().inMemory().start();
    server.createBucket(BUCKET);
    S3Vfs vfs =
        S3Vfs.builder()
            .name("warm-" + layout)
            .bucket(BUCKET)
            .endpoint(server.endpoint())
            .region(Region.of(server.region()))
            .pathStyle(true)
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(server.accessKeyId(), server.secretAccessKey())))
            .layout(layout.equals(Benchmark.BLOCKS) ? Layout.BLOCKS : Layout.SNAPSHOT)
            .cacheSizeBytes(cacheSizeBytes(file))
            .register();
    WarmStore store = new WarmStore(file, server, vfs);
    S3Databases.of(vfs).deserialize(new S3Location(BUCKET, KEY), file);
    server.account().reset();
    return store;
  }

  /** Twice the file: everything stays in memory. */
  static long cacheSizeBytes(Path file) throws IOException {
    return 2 * Files.size(file);
  }

  S3TestServer server() {
    return server;
  }

  S3Vfs vfs() {
    return vfs;
  }

  /** To the file, through sqlite-jdbc alone. */
  WarmConnection local() throws SQLException {
    return new WarmConnection(DriverManager.getConnection("jdbc:sqlite:" + file));
  }

  /** To the database on S3, as DriverManager gives it. */
  WarmConnection remote(long maxStalenessMillis) throws SQLException {
    return new WarmConnection(DriverManager.getConnection(url(maxStalenessMillis)));
  }

  /** The same by sqlite-jdbc's own driver: without what explains failures. */
  WarmConnection remoteUnexplained(long maxStalenessMillis) throws SQLException {
    SQLiteDataSource source = new SQLiteDataSource();
    source.setUrl(url(maxStalenessMillis));
    Connection connection = source.getConnection();
    return new WarmConnection(connection);
  }

  /** Of the database on S3. */
  String url(long maxStalenessMillis) {
    return "jdbc:sqlite:file:"
        + KEY
        + "?vfs="
        + vfs.name()
        + "&max_staleness_ms="
        + maxStalenessMillis;
  }

  @Override
  public void close() {
    try (server) {
      vfs.close();
    }
  }
}
