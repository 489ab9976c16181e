package io.github.s3vfs.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.scenario.Bucket;
import io.github.s3vfs.scenario.Failure;
import io.github.s3vfs.scenario.Sql;
import io.github.s3vfs.testkit.S3TestServer;
import io.github.s3vfs.transfer.S3Databases;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;

/** VFSes that the builder registers: names, buckets, clients, and their end. */
class NamedVfsTest {
  private static S3TestServer server;

  @BeforeAll
  static void start() {
    server = S3TestServer.builder().inMemory().start();
    server.createBucket(Bucket.NAME);
    server.createBucket("second");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static StaticCredentialsProvider owner() {
    return StaticCredentialsProvider.create(
        AwsBasicCredentials.create(server.accessKeyId(), server.secretAccessKey()));
  }

  private static S3Vfs vfs(String name) {
    return Bucket.vfs(server, b -> b.name(name));
  }

  private static Connection connect(S3Vfs vfs, String key) throws SQLException {
    return DriverManager.getConnection(Bucket.url(vfs, key, ""));
  }

  private static void add(S3Vfs vfs, String key, String value) throws SQLException {
    try (Connection connection = connect(vfs, key)) {
      Sql.execute(
          connection, "CREATE TABLE IF NOT EXISTS t(x)", "INSERT INTO t VALUES ('" + value + "')");
    }
  }

  private static String content(S3Vfs vfs, String key) throws SQLException {
    try (Connection connection = connect(vfs, key)) {
      return Sql.value(connection, "SELECT group_concat(x) FROM t");
    }
  }

  @Test
  void oneWithABucketAndAClientOfTheUsers() throws Exception {
    S3AsyncClient client =
        S3AsyncClient.crtBuilder()
            .endpointOverride(server.endpoint())
            .region(Region.of(server.region()))
            .forcePathStyle(true)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .credentialsProvider(owner())
            .build();
    try (client) {
      try (S3Vfs vfs = S3Vfs.builder().name("mine").bucket("bucket").client(client).register()) {
        add(vfs, "with/client.sqlite", "a");
        assertEquals("a", content(vfs, "with/client.sqlite"));
        assertSame(vfs, S3Vfs.find("mine").orElseThrow());
      }
      assertEquals(Optional.empty(), S3Vfs.find("mine"));
      assertTrue(client.listBuckets().join().hasBuckets(), "the user's client was closed");
    }
  }

  @Test
  void oneWithoutABucketReachesAll() throws Exception {
    try (S3Vfs vfs =
        S3Vfs.builder()
            .name("all-buckets")
            .endpoint(server.endpoint())
            .region(Region.of(server.region()))
            .pathStyle(true)
            .credentialsProvider(owner())
            .register()) {
      add(vfs, "/bucket/all", "first");
      add(vfs, "/second/all", "second");
      assertEquals("first", content(vfs, "/bucket/all"));
      assertEquals("second", content(vfs, "/second/all"));
    }
  }

  @Test
  void severalAtOnceWithTheirOwnBuckets() throws Exception {
    try (S3Vfs first = vfs("several-1");
        S3Vfs second = Bucket.vfs(server, b -> b.name("several-2").bucket("second"))) {
      add(first, "same/key", "in the first");
      add(second, "same/key", "in the second");
      assertEquals("in the first", content(first, "same/key"));
      assertEquals("in the second", content(second, "same/key"));
      try (Connection connection = connect(first, "same/key")) {
        Sql.execute(connection, "ATTACH 'file:same/key?vfs=several-2' AS other");
        assertEquals("in the second", Sql.value(connection, "SELECT x FROM other.t"));
      }
    }
  }

  @Test
  void theOwnUrlFormChecksTheBucketOfTheVfs() throws Exception {
    try (S3Vfs vfs = vfs("one-bucket")) {
      add(vfs, "own/form", "a");
      try (Connection connection =
          DriverManager.getConnection("jdbc:s3vfs://bucket/own/form?vfs=one-bucket")) {
        assertEquals("a", Sql.value(connection, "SELECT x FROM t"));
      }
      Failure.ofOpening("jdbc:s3vfs://second/own/form?vfs=one-bucket")
          .names("one-bucket", "'bucket'", "s3://second/own/form")
          .is(ErrorKind.INVALID);
    }
  }

  @Test
  void aNameThatIsTakenIsRefused() throws Exception {
    try (S3Vfs vfs = vfs("taken")) {
      Failure.of(() -> vfs("taken").close()).names("'taken'", "already").is(ErrorKind.INVALID);
      Failure.of(() -> vfs("unix").close()).names("'unix'", "already").is(ErrorKind.INVALID);
      add(vfs, "after/refusal", "still works");
      assertSame(vfs, S3Vfs.find("taken").orElseThrow());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "with space", "a&b", "a/b", "é", "a\0b"})
  void aNameThatDoesNotFitIntoAUrlIsRefused(String name) throws Exception {
    Failure.of(() -> vfs(name).close()).names("name=" + name).is(ErrorKind.INVALID);
  }

  @Test
  void aSettingThatIsOutOfBoundsIsRefusedAndTheNameStaysFree() throws Exception {
    Failure.of(() -> Bucket.vfs(server, b -> b.name("free").blockSize(0)).close())
        .names("block_size=0")
        .is(ErrorKind.INVALID);
    Failure.of(() -> Bucket.vfs(server, b -> b.name("free").parallelism(257)).close())
        .names("parallelism=257", "1 to 256")
        .is(ErrorKind.INVALID);
    vfs("free").close();
  }

  @Test
  void closingIsRefusedWhileAConnectionIsOpenAndThenChangesNothing() throws Exception {
    S3Vfs vfs = vfs("in-use");
    try (Connection connection = connect(vfs, "in/use")) {
      Sql.execute(connection, "CREATE TABLE t(x)");
      Failure.of(vfs::close)
          .names("'in-use'", "s3://bucket/in/use", "close the connections")
          .is(ErrorKind.BUSY);
      Sql.execute(connection, "INSERT INTO t VALUES ('written after the refusal')");
      add(vfs, "in/use", "by a new connection");
    }
    assertEquals("written after the refusal,by a new connection", content(vfs, "in/use"));
    vfs.close();
  }

  @Test
  void closingIsRefusedWhileADatabaseIsAttached() throws Exception {
    S3Vfs vfs = vfs("attached");
    try (Connection local = DriverManager.getConnection("jdbc:sqlite:file::memory:")) {
      Sql.execute(local, "ATTACH 'file:to/attach?vfs=attached' AS s3", "CREATE TABLE s3.t(x)");
      Failure.of(vfs::close).names("s3://bucket/to/attach").is(ErrorKind.BUSY);
      Sql.execute(local, "DETACH s3");
      vfs.close();
    }
  }

  @Test
  void openingAfterTheEndIsAClearErrorAndNoLocalFile() throws Exception {
    S3Vfs vfs = vfs("ended");
    add(vfs, "ended", "a");
    S3Databases databases = S3Databases.of(vfs);
    vfs.close();
    Failure.ofOpening("jdbc:sqlite:file:ended?vfs=ended").names("no such vfs: ended");
    Failure.ofOpening("jdbc:s3vfs://bucket/ended?vfs=ended").names("ended").is(ErrorKind.INVALID);
    Failure.of(() -> databases.list(Bucket.NAME, "")).names("'ended'").is(ErrorKind.CLOSED);
    Failure.of(() -> databases.serialize(Bucket.location("ended")).close())
        .names("ended")
        .is(ErrorKind.CLOSED);
    Failure.of(() -> databases.delete(Bucket.location("ended"))).is(ErrorKind.CLOSED);
  }

  @Test
  void aNameCanBeUsedAgainAfterItsEnd() throws Exception {
    for (String value : new String[] {"1", "2", "3"}) {
      try (S3Vfs vfs = vfs("again")) {
        add(vfs, "again/db", value);
      }
    }
    try (S3Vfs vfs = vfs("again")) {
      assertEquals("1,2,3", content(vfs, "again/db"));
    }
  }

  @Test
  void theOldObjectOfANameThatIsUsedAgainClosesNothing() throws Exception {
    S3Vfs old = vfs("reused");
    old.close();
    try (S3Vfs vfs = vfs("reused")) {
      old.close();
      add(vfs, "reused/db", "a");
      assertEquals("a", content(vfs, "reused/db"));
    }
  }

  @Test
  void settingsAreShownWithoutSecrets() {
    try (S3Vfs vfs = vfs("shown")) {
      assertTrue(vfs.toString().contains("shown"));
      assertEquals("shown", vfs.name());
      assertEquals(Bucket.NAME, vfs.config().bucket());
      assertFalse(vfs.toString().contains(server.secretAccessKey()));
    }
  }
}
