package io.github.s3vfs.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.Layout;
import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.scenario.Bucket;
import io.github.s3vfs.scenario.Failure;
import io.github.s3vfs.scenario.Sql;
import io.github.s3vfs.scenario.Stored;
import io.github.s3vfs.testkit.S3Operation;
import io.github.s3vfs.testkit.S3TestServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** Credentials that may do less than what is asked of them. */
@ParameterizedClass
@EnumSource(Layout.class)
class ReadOnlyPermissionTest {
  @Parameter Layout layout = Layout.BLOCKS;

  private static final String READER = "AKIAREADER";
  private static final String KEY = "path/db";
  private static S3TestServer server;
  private static S3Vfs owner;
  private static S3Vfs reader;

  private Map<String, byte[]> stored = Map.of();

  @BeforeParameterizedClassInvocation
  static void open(Layout layout) {
    server = S3TestServer.builder().inMemory().keyPair(READER, "reads").start();
    server.createBucket(Bucket.NAME);
    owner = Bucket.vfs(server, b -> b.layout(layout));
    reader =
        Bucket.vfs(
            server,
            b ->
                b.layout(layout)
                    .credentialsProvider(
                        StaticCredentialsProvider.create(
                            AwsBasicCredentials.create(READER, "reads"))));
  }

  @AfterParameterizedClassInvocation
  static void close() {
    reader.close();
    owner.close();
    server.close();
  }

  @BeforeEach
  void store() throws SQLException {
    server.policy().clear();
    try (Connection connection = connect(owner, "")) {
      Sql.execute(
          connection,
          "DROP TABLE IF EXISTS t",
          "CREATE TABLE t(id INTEGER PRIMARY KEY, v)",
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)"
              + " INSERT INTO t SELECT i, hex(randomblob(100)) FROM n");
    }
    stored = Stored.snapshot(server.objects(Bucket.NAME));
    server.policy().allow(READER, "s3:GetObject", "s3:ListBucket");
  }

  @AfterEach
  void theStoredDatabaseIsUnchanged() {
    Map<String, byte[]> now = Stored.snapshot(server.objects(Bucket.NAME));
    assertEquals(stored.keySet(), now.keySet());
    stored.forEach((key, bytes) -> assertTrue(Arrays.equals(bytes, now.get(key)), key));
  }

  private static Connection connect(S3Vfs vfs, String parameters) throws SQLException {
    return DriverManager.getConnection(Bucket.url(vfs, KEY, parameters));
  }

  private static void assertReads(Connection connection) throws SQLException {
    assertEquals("100", Sql.value(connection, "SELECT count(v) FROM t"));
    Sql.assertIntact(connection);
  }

  @Test
  void readingNeedsNoPermissionToWrite() throws Exception {
    server.account().reset();
    try (Connection connection = connect(reader, "")) {
      assertReads(connection);
    }
    Set<S3Operation> operations = server.account().snapshot().countByOperation().keySet();
    assertTrue(
        Set.of(S3Operation.GET_OBJECT, S3Operation.LIST_OBJECTS_V2).containsAll(operations),
        operations::toString);
  }

  @ParameterizedTest
  @ValueSource(strings = {"DELETE", "TRUNCATE", "PERSIST", "MEMORY", "OFF"})
  void aWriteNamesTheActionThatIsMissingAndTheConnectionReadsOn(String journalMode)
      throws Exception {
    try (Connection connection = connect(reader, "")) {
      Sql.execute(connection, "PRAGMA journal_mode = " + journalMode);
      Failure.ofSql(() -> Sql.execute(connection, "UPDATE t SET v = 'lost' WHERE id = 50"))
          .names("403", "s3:PutObject", "s3://" + Bucket.NAME + "/" + KEY)
          .is(ErrorKind.ACCESS_DENIED);
      assertReads(connection);
      assertEquals("0", Sql.value(connection, "SELECT count(*) FROM t WHERE v = 'lost'"));
      Failure.ofSql(() -> Sql.execute(connection, "DELETE FROM t")).names("403");
      assertReads(connection);
    }
    try (Connection connection = connect(reader, "")) {
      assertReads(connection);
    }
  }

  @Test
  void aCommitOfATransactionFailsAndLeavesAConnectionThatReads() throws Exception {
    try (Connection connection = connect(reader, "")) {
      connection.setAutoCommit(false);
      Failure.ofSql(
              () -> {
                Sql.execute(connection, "UPDATE t SET v = 'lost'");
                connection.commit();
              })
          .names("403", "s3://" + Bucket.NAME + "/" + KEY, "s3:PutObject")
          .is(ErrorKind.ACCESS_DENIED);
      try {
        connection.rollback();
      } catch (SQLException e) {
        // SQLite has rolled back by itself.
      }
      assertReads(connection);
    }
  }

  @Test
  void aDatabaseThatCannotBeCreatedIsNamed() throws Exception {
    Failure.ofSql(
            () -> {
              try (Connection connection =
                  DriverManager.getConnection(Bucket.url(reader, "new/db", ""))) {
                Sql.execute(connection, "CREATE TABLE t(x)");
              }
            })
        .names("403", "s3://" + Bucket.NAME + "/new/db")
        .is(ErrorKind.ACCESS_DENIED);
  }

  @Test
  void aTransactionThatMayNotDeleteItsJournalIsRolledBackOrDoneLater() throws Exception {
    server.policy().allow(READER, "s3:PutObject");
    if (layout == Layout.SNAPSHOT) {
      writesWithoutDeleting();
      return;
    }
    try (Connection connection = connect(reader, "")) {
      Failure.ofSql(() -> Sql.execute(connection, "UPDATE t SET v = 'lost'"))
          .names("403", "DELETE", KEY + "-journal")
          .is(ErrorKind.ACCESS_DENIED);
    }
    server.policy().clear();
    try (Connection connection = connect(owner, "")) {
      assertReads(connection);
      assertEquals("0", Sql.value(connection, "SELECT count(*) FROM t WHERE v = 'lost'"));
    }
  }

  private void writesWithoutDeleting() throws SQLException {
    try (Connection connection = connect(reader, "")) {
      Sql.execute(connection, "UPDATE t SET v = 'changed'");
      assertReads(connection);
    }
    stored = Stored.snapshot(server.objects(Bucket.NAME));
  }

  @Test
  void withoutListBucketTheErrorNamesThatPermission() throws Exception {
    server.policy().clear();
    server.policy().allow(READER, "s3:GetObject");
    boolean blocks = layout == Layout.BLOCKS;
    if (!blocks) {
      try (Connection connection = connect(reader, "")) {
        assertReads(connection);
      }
    }
    // There the names of the objects do not tell whether there is a database.
    Failure.ofOpening(Bucket.url(reader, blocks ? KEY : "not/there", ""))
        .names("403", "s3:ListBucket")
        .is(ErrorKind.ACCESS_DENIED);
  }

  @Test
  void modeRoSendsNoWriteAtAll() throws Exception {
    try (Connection connection = connect(reader, "mode=ro")) {
      server.account().reset();
      Failure.ofSql(() -> Sql.execute(connection, "DELETE FROM t")).names("READONLY");
      assertReads(connection);
    }
  }
}
