package io.github.s3vfs.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.scenario.Bucket;
import io.github.s3vfs.scenario.Sql;
import io.github.s3vfs.testkit.S3TestServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** A policy that was made for a database in blocks, and refuses to tell of anything else. */
class BlocksPolicyTest {
  private static final String READER = "AKIABLOCKS";

  private static void assertRows(S3Vfs vfs) throws SQLException {
    try (Connection c = DriverManager.getConnection(Bucket.url(vfs, "path/db", ""))) {
      assertEquals("1", Sql.value(c, "SELECT count(*) FROM t"));
    }
  }

  @Test
  void blocksAreFoundWhereAskingForAHeadIsForbidden() throws Exception {
    try (S3TestServer server = S3TestServer.builder().inMemory().keyPair(READER, "r").start()) {
      server.createBucket(Bucket.NAME);
      try (S3Vfs owner = Bucket.vfs(server, b -> b);
          S3Vfs reader =
              Bucket.vfs(
                  server,
                  b ->
                      b.credentialsProvider(
                          StaticCredentialsProvider.create(
                              AwsBasicCredentials.create(READER, "r"))))) {
        try (Connection c =
            DriverManager.getConnection(Bucket.url(owner, "path/db", "layout=blocks"))) {
          Sql.execute(c, "CREATE TABLE t(v)", "INSERT INTO t VALUES (1)");
        }
        server.policy().allowUnder(READER, Bucket.NAME, "path/db/0", "s3:GetObject");
        server.policy().allowUnder(READER, Bucket.NAME, "path/db-journal/", "s3:ListBucket");
        assertRows(reader);
        server.policy().clear();
        server.policy().allowUnder(READER, Bucket.NAME, "path/db-journal/", "s3:ListBucket");
        try (S3Vfs other =
            Bucket.vfs(
                server,
                b ->
                    b.credentialsProvider(
                        StaticCredentialsProvider.create(
                            AwsBasicCredentials.create(READER, "r"))))) {
          SQLException e = assertThrows(SQLException.class, () -> assertRows(other));
          assertTrue(String.valueOf(e.getMessage()).contains("403"), e.getMessage());
        }
      }
    }
  }
}
