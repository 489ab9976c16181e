package io.github.s3vfs.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.scenario.Bucket;
import io.github.s3vfs.scenario.ChildJvm;
import io.github.s3vfs.scenario.RunSql;
import io.github.s3vfs.scenario.Sql;
import io.github.s3vfs.testkit.S3TestServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;

/** Where credentials come from, and where they never go. */
class CredentialsTest {
  private static final String OTHER_ID = "AKIAOTHER";
  private static final String OTHER_SECRET = "secret-of-the-other-pair";
  private static final String TOKEN = "token-of-a-session";

  private final S3TestServer server =
      S3TestServer.builder().inMemory().keyPair(OTHER_ID, OTHER_SECRET).start();
  private @TempDir Path directory;

  CredentialsTest() {
    server.createBucket(Bucket.NAME);
  }

  @AfterEach
  void close() {
    server.close();
  }

  private String url() {
    return "jdbc:sqlite:file:/bucket/db?vfs=s3&region=us-east-1&path_style=true&endpoint="
        + server.endpoint();
  }

  /** A process that logs all it can. */
  private static ChildJvm process() {
    return ChildJvm.sameClassPath()
        .option("-Dorg.slf4j.simpleLogger.defaultLogLevel=trace")
        .option("-Dorg.slf4j.simpleLogger.logFile=System.out");
  }

  private String run(ChildJvm process) throws Exception {
    ChildJvm.Result result = process.run(directory, RunSql.class, url());
    assertTrue(result.output().contains("s3vfs"), "it has logged something");
    for (String secret : List.of(server.secretAccessKey(), OTHER_SECRET, TOKEN)) {
      assertFalse(result.output().contains(secret), () -> "in the output: " + result.output());
    }
    return result.output();
  }

  private static void assertWorked(String output) {
    assertTrue(output.contains("rows=1"), output);
  }

  @Test
  void theyComeFromTheEnvironment() throws Exception {
    assertWorked(
        run(
            process()
                .environment("AWS_ACCESS_KEY_ID", server.accessKeyId())
                .environment("AWS_SECRET_ACCESS_KEY", server.secretAccessKey())));
  }

  @Test
  void theyComeFromAProfile() throws Exception {
    Path file = directory.resolve("credentials");
    Files.writeString(
        file,
        "[default]\naws_access_key_id = nobody\naws_secret_access_key = nothing\n[work]\n"
            + "aws_access_key_id = "
            + OTHER_ID
            + "\naws_secret_access_key = "
            + OTHER_SECRET
            + "\n");
    assertWorked(
        run(
            process()
                .environment("AWS_SHARED_CREDENTIALS_FILE", file.toString())
                .environment("AWS_PROFILE", "work")));
    assertEquals(0, server.account().snapshot().where(r -> r.status() == 403).count());
  }

  @Test
  void theyComeFromAWebIdentity() throws Exception {
    Path token = directory.resolve("web-identity");
    Files.writeString(token, "web-identity-token");
    List<String> asked = new CopyOnWriteArrayList<>();
    HttpServer sts = securityTokenService(asked);
    try {
      assertWorked(
          run(
              process()
                  .environment("AWS_WEB_IDENTITY_TOKEN_FILE", token.toString())
                  .environment("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/mine")
                  .environment("AWS_REGION", "us-east-1")
                  .environment(
                      "AWS_ENDPOINT_URL_STS", "http://127.0.0.1:" + sts.getAddress().getPort())));
    } finally {
      sts.stop(0);
    }
    assertTrue(asked.get(0).contains("web-identity-token"), asked::toString);
  }

  private HttpServer securityTokenService(List<String> asked) throws IOException {
    HttpServer sts =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    sts.createContext(
        "/",
        exchange -> {
          asked.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
          byte[] answer =
              ("<AssumeRoleWithWebIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">"
                      + "<AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>"
                      + OTHER_ID
                      + "</AccessKeyId><SecretAccessKey>"
                      + OTHER_SECRET
                      + "</SecretAccessKey><SessionToken>"
                      + TOKEN
                      + "</SessionToken><Expiration>"
                      + Instant.now().plus(1, ChronoUnit.HOURS)
                      + "</Expiration></Credentials></AssumeRoleWithWebIdentityResult>"
                      + "</AssumeRoleWithWebIdentityResponse>")
                  .getBytes(UTF_8);
          exchange.getResponseHeaders().add("Content-Type", "text/xml");
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    sts.start();
    return sts;
  }

  @Test
  void whoHasNoneIsToldWhereTheyAreLookedFor() throws Exception {
    String output = run(process());
    assertTrue(output.contains("AWS_PROFILE"), output);
  }

  @Test
  void wrongOnesAreRefusedWithoutShowingThem() throws Exception {
    String output =
        run(
            process()
                .environment("AWS_ACCESS_KEY_ID", server.accessKeyId())
                .environment("AWS_SECRET_ACCESS_KEY", OTHER_SECRET));
    assertTrue(output.contains("failed=") && output.contains("403"), output);
  }

  @Test
  void onesThatExpireInATransactionAreReplaced() throws Exception {
    AtomicReference<AwsBasicCredentials> now =
        new AtomicReference<>(
            AwsBasicCredentials.create(server.accessKeyId(), server.secretAccessKey()));
    try (S3Vfs vfs = Bucket.vfs(server, b -> b.credentialsProvider(now::get));
        Connection c = DriverManager.getConnection(Bucket.url(vfs, "db", ""))) {
      Sql.execute(c, "CREATE TABLE t(v)", "BEGIN", "INSERT INTO t VALUES (1)");
      server.policy().deny(server.accessKeyId(), "s3:*");
      now.set(AwsBasicCredentials.create(OTHER_ID, OTHER_SECRET));
      Sql.execute(c, "INSERT INTO t VALUES (2)", "COMMIT");
      assertEquals("2", Sql.value(c, "SELECT count(*) FROM t"));
      assertFalse(vfs.toString().contains(OTHER_SECRET));
    }
  }
}
