package io.github.s3vfs.csv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.testkit.ReadmeExample;
import io.github.s3vfs.testkit.S3TestServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;

/** The example of CSV in the README, compiled and run as it stands there. */
class CsvReadmeTest {
  private static final String CLASS = "FruitTables";

  @TempDir Path directory;

  @Test
  void exportsAndImports() throws Exception {
    S3Vfs.find(S3Vfs.DEFAULT_NAME).ifPresent(S3Vfs::close);
    try (S3TestServer server = S3TestServer.builder().inMemory().start();
        S3Vfs vfs = defaultVfs(server)) {
      server.createBucket("my-bucket");
      String url = "jdbc:sqlite:file:/my-bucket/path/cool.sqlite?vfs=" + vfs.name();
      try (Connection connection = DriverManager.getConnection(url)) {
        Sql.execute(
            connection,
            "CREATE TABLE fruit(name TEXT)",
            "INSERT INTO fruit VALUES ('apple'), ('pear')");
        Class<?> example = ReadmeExample.compiled(CLASS, directory);
        example.getMethod("export", Connection.class).invoke(null, connection);
        assertTrue(server.objects("my-bucket").contains("export/fruit.csv.gz"));
        assertEquals(2L, example.getMethod("copy", Connection.class).invoke(null, connection));
        assertEquals(List.of("'apple'", "'pear'"), Sql.rows(connection, "copy"));
      }
    }
  }

  /** In place of what the AWS default chains would find. */
  private static S3Vfs defaultVfs(S3TestServer server) {
    return S3Vfs.builder()
        .endpoint(server.endpoint())
        .region(Region.of(server.region()))
        .pathStyle(true)
        .credentialsProvider(
            StaticCredentialsProvider.create(
                AwsBasicCredentials.create(server.accessKeyId(), server.secretAccessKey())))
        .register();
  }
}
