package io.github.s3vfs.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.scenario.Bucket;
import io.github.s3vfs.scenario.ChildJvm;
import io.github.s3vfs.scenario.Failure;
import io.github.s3vfs.scenario.OpenUrls;
import io.github.s3vfs.testkit.S3TestServer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** Stores that cannot be reached, or do not know us. */
class RefusedConnectionTest {
  private static S3TestServer server;

  @TempDir Path directory;

  @BeforeAll
  static void start() {
    server = S3TestServer.builder().inMemory().start();
    server.createBucket(Bucket.NAME);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Failure failure(S3Vfs vfs) throws Exception {
    try (vfs) {
      return Failure.ofOpening(Bucket.url(vfs, "path/key", ""));
    }
  }

  private static StaticCredentialsProvider keyPair(String id, String secret) {
    return StaticCredentialsProvider.create(AwsBasicCredentials.create(id, secret));
  }

  @Test
  void namesTheBucketAndKeyWhenTheKeyPairIsUnknown() throws Exception {
    Failure failure =
        failure(
            Bucket.vfs(
                server, b -> b.credentialsProvider(keyPair("AKIANOBODY", "not-the-secret"))));
    failure.names("403", Bucket.NAME, "path/key").is(ErrorKind.ACCESS_DENIED);
    assertFalse(failure.text().contains("not-the-secret"), failure.text());
  }

  @Test
  void namesTheBucketAndKeyWhenTheSecretIsWrong() throws Exception {
    Failure failure =
        failure(
            Bucket.vfs(
                server,
                b -> b.credentialsProvider(keyPair(server.accessKeyId(), "a-wrong-secret"))));
    failure.names("403", Bucket.NAME, "path/key").is(ErrorKind.ACCESS_DENIED);
    assertFalse(failure.text().contains("a-wrong-secret"), failure.text());
    assertFalse(failure.text().contains(server.secretAccessKey()), failure.text());
  }

  @Test
  void saysHowToGiveCredentialsWhenThereAreNone() throws Exception {
    ChildJvm.Result result =
        ChildJvm.sameClassPath()
            .run(
                directory,
                OpenUrls.class,
                "jdbc:sqlite:file:/bucket/key?vfs=s3&region=us-east-1&path_style=true&endpoint="
                    + server.endpoint());
    String message = result.line("error: ");
    for (String part :
        List.of("no AWS credentials", "AWS_ACCESS_KEY_ID", "AWS_PROFILE", "s3://bucket/key")) {
      assertTrue(message.contains(part), message);
    }
    assertEquals(0, directory.toFile().list().length, "files in the child's working directory");
  }

  @Test
  void saysHowToGiveARegionWhenThereIsNone() throws Exception {
    ChildJvm.Result result =
        ChildJvm.sameClassPath()
            .option("-Daws.accessKeyId=AKIA")
            .option("-Daws.secretAccessKey=secret")
            .run(directory, OpenUrls.class, "jdbc:sqlite:file:/bucket/key?vfs=s3");
    String message = result.line("error: ");
    for (String part : List.of("region", "AWS_REGION", "aws.region")) {
      assertTrue(message.contains(part), message);
    }
  }

  @Test
  void namesAnEndpointThatRefusesConnections() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    URI endpoint = URI.create("http://127.0.0.1:" + port);
    long start = System.nanoTime();
    Failure failure =
        failure(
            Bucket.vfs(
                server,
                b -> b.endpoint(endpoint).retries(1).requestTimeout(Duration.ofSeconds(4))));
    failure.names(Bucket.NAME, "path/key").is(ErrorKind.UNAVAILABLE);
    // DriverManager asks sqlite-jdbc's own driver afterwards, which fails in the same way.
    assertShorterThan(Duration.ofSeconds(12), start);
  }

  @Test
  void givesUpAnEndpointThatIsSilent() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      URI endpoint = URI.create("http://127.0.0.1:" + socket.getLocalPort());
      long start = System.nanoTime();
      Failure failure =
          failure(
              Bucket.vfs(
                  server,
                  b -> b.endpoint(endpoint).retries(1).requestTimeout(Duration.ofSeconds(3))));
      failure.names(Bucket.NAME, "path/key").is(ErrorKind.UNAVAILABLE);
      assertShorterThan(Duration.ofSeconds(10), start);
    }
  }

  @Test
  void namesAHostThatDoesNotExist() throws Exception {
    long start = System.nanoTime();
    Failure failure =
        failure(
            Bucket.vfs(
                server,
                b ->
                    b.endpoint(URI.create("http://no-such-host.invalid"))
                        .retries(1)
                        .requestTimeout(Duration.ofSeconds(4))));
    failure.names(Bucket.NAME, "path/key").is(ErrorKind.UNAVAILABLE);
    assertShorterThan(Duration.ofSeconds(12), start);
  }

  private static void assertShorterThan(Duration limit, long startNanos) {
    Duration took = Duration.ofNanos(System.nanoTime() - startNanos);
    assertTrue(took.compareTo(limit) < 0, () -> "took " + took);
  }
}
