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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** SQL names no servers of its own. */
class EndpointOfAttachTest {
  private final S3TestServer server = S3TestServer.builder().inMemory().start();
  private final S3TestServer other = S3TestServer.builder().inMemory().start();
  private final S3Vfs vfs;

  EndpointOfAttachTest() {
    server.createBucket(Bucket.NAME);
    other.createBucket(Bucket.NAME);
    vfs = Bucket.vfs(server, b -> b);
  }

  @AfterEach
  void close() {
    vfs.close();
    server.close();
    other.close();
  }

  private String attach() {
    return "ATTACH 'file:elsewhere?vfs=" + vfs.name() + "&endpoint=" + other.endpoint() + "' AS e";
  }

  @Test
  void anEndpointThatTheProgramHasNotNamedIsRefusedAndGetsNoRequest() throws Exception {
    try (Connection c = DriverManager.getConnection(Bucket.url(vfs, "db", ""))) {
      Sql.execute(c, "CREATE TABLE t(v)");
      SQLException e = assertThrows(SQLException.class, () -> Sql.execute(c, attach()));
      assertTrue(
          String.valueOf(e.getMessage()).contains("endpoint=" + other.endpoint()), e.getMessage());
      Sql.execute(c, "INSERT INTO t VALUES (1)");
    }
    assertEquals(0, other.account().snapshot().count());
  }

  @Test
  void theVfsesOwnEndpointMayBeNamed() throws Exception {
    try (Connection c = DriverManager.getConnection("jdbc:sqlite::memory:")) {
      Sql.execute(
          c,
          "ATTACH 'file:db?vfs=" + vfs.name() + "&endpoint=" + server.endpoint() + "' AS e",
          "CREATE TABLE e.t(v)");
    }
  }

  @Test
  void oneThatTheProgramAllowsMayBeNamed() throws Exception {
    vfs.allowEndpoint(other.endpoint());
    try (Connection c = DriverManager.getConnection("jdbc:sqlite::memory:")) {
      // The other server has other keys; that it answers is enough.
      assertThrows(SQLException.class, () -> Sql.execute(c, attach()));
    }
    assertTrue(other.account().snapshot().count() > 0);
  }

  @Test
  void oneThatAConnectionsUrlHasNamedMayBeNamed() throws Exception {
    assertThrows(
        SQLException.class,
        () ->
            DriverManager.getConnection(
                    Bucket.url(
                        vfs, "db", "endpoint=" + other.endpoint().toString().replace(":", "%3A")))
                .close());
    int before = other.account().snapshot().count();
    assertTrue(before > 0);
    try (Connection c = DriverManager.getConnection("jdbc:sqlite::memory:")) {
      assertThrows(SQLException.class, () -> Sql.execute(c, attach()));
    }
    assertTrue(other.account().snapshot().count() > before);
  }
}
