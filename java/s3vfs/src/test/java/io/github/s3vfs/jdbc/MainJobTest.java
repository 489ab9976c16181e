package io.github.s3vfs.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.s3vfs.Layout;
import io.github.s3vfs.testkit.S3TestServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("any-store")
@ParameterizedClass
@EnumSource(Layout.class)
class MainJobTest {
  @Parameter Layout layout = Layout.BLOCKS;

  @Test
  void aDatabaseIsCreatedFilledAndReadBackByNothingButAUrl() throws Exception {
    try (S3TestServer server = S3TestServer.builder().inMemory().start()) {
      server.createBucket("bucket");
      System.setProperty("aws.accessKeyId", server.accessKeyId());
      System.setProperty("aws.secretAccessKey", server.secretAccessKey());
      String url =
          "jdbc:sqlite:file:/bucket/path/cool.sqlite?vfs=s3&region=us-east-1&path_style=true&endpoint="
              + server.endpoint()
              + "&layout="
              + layout;
      try (Connection c = DriverManager.getConnection(url);
          Statement s = c.createStatement()) {
        s.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)");
        s.execute("INSERT INTO t(v) VALUES ('one'), ('two')");
      }
      try (Connection c = DriverManager.getConnection(url);
          Statement s = c.createStatement();
          ResultSet r = s.executeQuery("SELECT group_concat(v) FROM t")) {
        assertEquals("one,two", r.getString(1));
      }
    }
  }
}
