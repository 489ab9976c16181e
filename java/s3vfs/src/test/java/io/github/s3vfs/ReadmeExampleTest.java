package io.github.s3vfs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.testkit.ReadmeExample;
import io.github.s3vfs.testkit.S3TestServer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;

/** The examples of the README, compiled and run as they stand there. */
class ReadmeExampleTest {
  private static final String MAIN = "Example";

  @TempDir Path directory;

  @Test
  void countsTheRowsThatItHasInserted() throws Exception {
    S3Vfs.find(S3Vfs.DEFAULT_NAME).ifPresent(S3Vfs::close);
    try (S3TestServer server = S3TestServer.builder().inMemory().start();
        S3Vfs vfs = defaultVfs(server)) {
      server.createBucket("my-bucket");
      assertEquals("2\n", outputOf(ReadmeExample.first(MAIN, directory)));
      assertEquals("4\n", outputOf(ReadmeExample.first(MAIN, directory)));
      assertTrue(server.objects("my-bucket").contains("path/cool.sqlite/head"));
      assertEquals(S3Vfs.DEFAULT_NAME, vfs.name());
    }
  }

  @Test
  void insertsInATransaction() throws Exception {
    S3Vfs.find(S3Vfs.DEFAULT_NAME).ifPresent(S3Vfs::close);
    try (S3TestServer server = S3TestServer.builder().inMemory().start();
        S3Vfs vfs = defaultVfs(server)) {
      server.createBucket("my-bucket");
      assertEquals("2\n", outputOf(ReadmeExample.first(MAIN, directory)));
      SQLiteDataSource source = new SQLiteDataSource();
      source.setUrl("jdbc:sqlite:file:/my-bucket/path/cool.sqlite?vfs=" + vfs.name());
      Object added =
          ReadmeExample.compiled("Fruits", directory)
              .getMethod("add", DataSource.class, String.class)
              .invoke(null, source, "quince");
      assertEquals(1, added);
      assertEquals("5\n", outputOf(ReadmeExample.first(MAIN, directory)));
    }
  }

  @Test
  void readsAndOverwritesAPartOfAValue() throws Exception {
    try (Connection c = DriverManager.getConnection("jdbc:sqlite::memory:");
        Statement s = c.createStatement()) {
      s.execute("CREATE TABLE film(id INTEGER PRIMARY KEY, content BLOB)");
      s.execute("INSERT INTO film VALUES (7, 'abcdef')");
      Object before =
          ReadmeExample.compiled("Parts", directory)
              .getMethod("overwrite", Connection.class, long.class, long.class, byte[].class)
              .invoke(null, c, 7L, 2L, "XY".getBytes(StandardCharsets.UTF_8));
      assertArrayEquals("cd".getBytes(StandardCharsets.UTF_8), (byte[]) before);
      assertEquals("abXYef", s.executeQuery("SELECT CAST(content AS TEXT) FROM film").getString(1));
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

  private static String outputOf(Class<?> program) throws Exception {
    PrintStream out = System.out;
    ByteArrayOutputStream caught = new ByteArrayOutputStream();
    try {
      System.setOut(new PrintStream(caught, true, StandardCharsets.UTF_8));
      program.getMethod("main", String[].class).invoke(null, (Object) new String[0]);
    } finally {
      System.setOut(out);
    }
    return caught.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
  }
}
