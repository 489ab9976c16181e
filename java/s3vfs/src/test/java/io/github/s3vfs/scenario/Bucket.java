package io.github.s3vfs.scenario;

import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.testkit.S3TestServer;
import io.github.s3vfs.transfer.S3Databases;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;

/** An embedded server with one bucket, and a VFS that reaches it. */
public final class Bucket implements AutoCloseable {
  public static final String NAME = "bucket";
  private static final AtomicInteger COUNT = new AtomicInteger();

  private final S3TestServer server;
  private final S3Vfs vfs;

  private Bucket(S3TestServer server, S3Vfs vfs) {
    this.server = server;
    this.vfs = vfs;
  }

  public static Bucket open() {
    return open(builder -> builder);
  }

  /** With other settings of the VFS. */
  public static Bucket open(UnaryOperator<S3Vfs.Builder> settings) {
    return open(S3TestServer.builder().inMemory().start(), settings);
  }

  /** With its objects in files. */
  public static Bucket open(Path directory, UnaryOperator<S3Vfs.Builder> settings) {
    return open(S3TestServer.builder().directory(directory).start(), settings);
  }

  private static Bucket open(S3TestServer server, UnaryOperator<S3Vfs.Builder> settings) {
    server.createBucket(NAME);
    return new Bucket(server, vfs(server, settings));
  }

  /** A VFS of its own on a server: another cache, other clients. */
  public static S3Vfs vfs(S3TestServer server, UnaryOperator<S3Vfs.Builder> settings) {
    S3Vfs.Builder builder =
        S3Vfs.builder()
            .name("test" + COUNT.incrementAndGet())
            .bucket(NAME)
            .endpoint(server.endpoint())
            .region(Region.US_EAST_1)
            .pathStyle(true)
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(server.accessKeyId(), server.secretAccessKey())));
    return settings.apply(builder).register();
  }

  public S3TestServer server() {
    return server;
  }

  public S3Vfs vfs() {
    return vfs;
  }

  public S3Databases databases() {
    return S3Databases.of(vfs);
  }

  public static S3Location location(String key) {
    return new S3Location(NAME, key);
  }

  public String url(String key, String parameters) {
    return url(vfs, key, parameters);
  }

  public static String url(S3Vfs vfs, String key, String parameters) {
    return "jdbc:sqlite:file:"
        + key
        + "?vfs="
        + vfs.name()
        + (parameters.isEmpty() ? "" : "&" + parameters);
  }

  public Connection connect(String key, String parameters) throws SQLException {
    return DriverManager.getConnection(url(key, parameters));
  }

  public Connection connect(String key) throws SQLException {
    return connect(key, "");
  }

  /** The regular SQLite file. */
  public byte[] serialize(String key) {
    try (var in = databases().serialize(location(key)).inputStream()) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    vfs.close();
    server.close();
  }
}
