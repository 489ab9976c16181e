package io.github.s3vfs.changelog;

import io.github.s3vfs.Layout;
import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.testkit.S3TestServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;

/** Databases to be tried: in local files, or on an embedded server. */
final class Places implements AutoCloseable {
  /** Where databases are. */
  enum Place {
    LOCAL,
    SNAPSHOT,
    BLOCKS
  }

  static final String BUCKET = "bucket";

  private static final AtomicInteger COUNT = new AtomicInteger();

  private final Path directory;
  private final @Nullable S3TestServer server;
  private final @Nullable S3Vfs vfs;

  private Places(Path directory, @Nullable S3TestServer server, @Nullable S3Vfs vfs) {
    this.directory = directory;
    this.server = server;
    this.vfs = vfs;
  }

  static Places open(Place place, Path directory) {
    if (place == Place.LOCAL) {
      return new Places(directory, null, null);
    }
    S3TestServer server = S3TestServer.builder().inMemory().start();
    server.createBucket(BUCKET);
    Layout layout = place == Place.SNAPSHOT ? Layout.SNAPSHOT : Layout.BLOCKS;
    return new Places(directory, server, vfs(server, builder -> builder.layout(layout)));
  }

  /** A VFS on a server, with a cache of its own. */
  static S3Vfs vfs(S3TestServer server, UnaryOperator<S3Vfs.Builder> settings) {
    S3Vfs.Builder builder =
        S3Vfs.builder()
            .name("changelog" + COUNT.incrementAndGet())
            .bucket(BUCKET)
            .endpoint(server.endpoint())
            .region(Region.of(server.region()))
            .pathStyle(true)
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(server.accessKeyId(), server.secretAccessKey())));
    return settings.apply(builder).register();
  }

  S3TestServer server() {
    if (server == null) {
      throw new IllegalStateException("a local file");
    }
    return server;
  }

  ChangelogDatabase database(String name) {
    return vfs == null
        ? ChangelogDatabase.file(directory.resolve(name))
        : ChangelogDatabase.s3(vfs, new S3Location(BUCKET, name));
  }

  S3Vfs vfs() {
    if (vfs == null) {
      throw new IllegalStateException("a local file");
    }
    return vfs;
  }

  /** Runs statements, each in a transaction of its own, by a connection of their own. */
  static void sql(ChangelogDatabase database, String... statements) throws SQLException {
    try (Connection connection = database.connect()) {
      run(connection, statements);
    }
  }

  static void run(Connection connection, String... statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String each : statements) {
        boolean unused = statement.execute(each);
      }
    }
  }

  /** The rows of a query, as in {@code 1|a, 2|NULL}. */
  static String rows(ChangelogDatabase database, String query) throws SQLException {
    StringBuilder text = new StringBuilder();
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        text.append(text.isEmpty() ? "" : ", ");
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          Object value = rows.getObject(i);
          text.append(i == 1 ? "" : "|").append(value == null ? "NULL" : value);
        }
      }
    }
    return text.toString();
  }

  @Override
  public void close() {
    if (vfs != null) {
      vfs.close();
    }
    if (server != null) {
      server.close();
    }
  }
}
