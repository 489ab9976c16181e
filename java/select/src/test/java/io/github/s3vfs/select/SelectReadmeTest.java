package io.github.s3vfs.select;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.select.client.Answer;
import io.github.s3vfs.select.client.Requests;
import io.github.s3vfs.select.server.SelectServer;
import io.github.s3vfs.testkit.ReadmeExample;
import io.github.s3vfs.testkit.S3TestServer;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.SelectObjectContentRequest;

/** The examples of S3 Select, compiled and run as they stand in the documents. */
class SelectReadmeTest {
  private static final String CLASS = "CheapFruit";

  @TempDir Path directory;

  @Test
  void selects() throws Exception {
    try (S3TestServer server = S3TestServer.builder().inMemory().start();
        S3Vfs vfs = vfs(server)) {
      server.createBucket("my-bucket");
      server
          .objects("my-bucket")
          .put("fruit.csv", Queries.bytes("name,price\napple,1.5\nmelon,4\npear,2\n"));
      Class<?> example = ReadmeExample.compiled(CLASS, directory);
      assertEquals(
          List.of("apple", "pear"), example.getMethod("names", S3Vfs.class).invoke(null, vfs));
      Path file = directory.resolve("out.json");
      example.getMethod("toJson", S3Vfs.class, Path.class).invoke(null, vfs, file);
      assertEquals("{\"total\":7.5,\"_2\":3}\n", Files.readString(file));
    }
  }

  @Test
  void selectsThroughTheSdk() throws Exception {
    try (S3TestServer store = S3TestServer.builder().inMemory().start();
        S3AsyncClient client = Requests.client(store, store.endpoint())) {
      store.createBucket("my-bucket");
      store
          .objects("my-bucket")
          .put("fruit.csv", Queries.bytes("name,price\napple,1.5\nmelon,4\npear,2\n"));
      Method names =
          ReadmeExample.compiled("CheapFruitEvents", directory)
              .getMethod("names", S3AsyncClient.class);
      assertEquals("apple\npear\n", names.invoke(null, client));
      Class<?> service = ReadmeExample.compiledOf("docs/SELECT.md", "SelectService", directory);
      Method start = service.getMethod("start", S3AsyncClient.class, AwsCredentials.class);
      try (SelectServer server =
              (SelectServer) start.invoke(null, client, Requests.keys(store).resolveCredentials());
          S3AsyncClient remote = Requests.client(store, server.endpoint())) {
        SelectObjectContentRequest request =
            Requests.of("fruit.csv", "select _1 from s3object", b -> b.bucket("my-bucket"));
        assertEquals("name\napple\nmelon\npear\n", Answer.of(remote, request).text());
      }
    }
  }

  @Test
  void joins() throws Exception {
    try (S3TestServer server = S3TestServer.builder().inMemory().start();
        S3Vfs vfs = vfs(server);
        Connection connection = DriverManager.getConnection("jdbc:sqlite::memory:");
        Statement statement = connection.createStatement()) {
      server.createBucket("my-bucket");
      server
          .objects("my-bucket")
          .put("fruit.csv", Queries.bytes("name,price\napple,1.5\nmelon,4\npear,2\n"));
      statement.execute("CREATE TABLE sales(fruit TEXT, sold INT)");
      statement.execute("INSERT INTO sales VALUES('apple', 2), ('pear', 3), ('plum', 9)");
      Class<?> example = ReadmeExample.compiled("FruitSales", directory);
      assertEquals(
          9.0,
          example
              .getMethod("turnover", S3Vfs.class, Connection.class)
              .invoke(null, vfs, connection));
    }
  }

  private static S3Vfs vfs(S3TestServer server) {
    return S3Vfs.builder()
        .name("select-readme")
        .endpoint(server.endpoint())
        .region(Region.of(server.region()))
        .pathStyle(true)
        .credentialsProvider(
            StaticCredentialsProvider.create(
                AwsBasicCredentials.create(server.accessKeyId(), server.secretAccessKey())))
        .register();
  }
}
