package io.github.s3vfs.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.testkit.S3TestServer;
import java.nio.file.Path;
import java.sql.Connection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Transactions that are larger than the memory of the process. */
class LargeTransactionTest {
  private static final int MEBIBYTES = Boolean.getBoolean("s3vfs.test.thorough") ? 1024 : 80;

  @TempDir Path directory;

  @Test
  void aProcessOf64MebibytesChangesMoreThanItHas() throws Exception {
    int rows = MEBIBYTES * 256;
    try (S3TestServer server = S3TestServer.builder().inMemory().start()) {
      server.createBucket(Bucket.NAME);
      String url =
          "jdbc:sqlite:file:/"
              + Bucket.NAME
              + "/db?vfs=s3&layout=snapshot&region=us-east-1&path_style=true&endpoint="
              + server.endpoint();
      ChildJvm.Result result =
          ChildJvm.sameClassPath()
              .option("-Xmx64m")
              .option("-Djava.io.tmpdir=" + directory)
              .environment("AWS_ACCESS_KEY_ID", server.accessKeyId())
              .environment("AWS_SECRET_ACCESS_KEY", server.secretAccessKey())
              .run(directory, LargeTransaction.class, url, rows + "");
      assertEquals(0, result.exitCode(), result.output());
      assertEquals("0", result.line("rolled back: "));
      long bytes = rows * 4_000L;
      assertEquals(rows + " " + bytes + " 0", result.line("inserted: "));
      assertEquals(rows + " " + bytes + " " + 2L * rows, result.line("updated: "));
      try (var vfs = Bucket.vfs(server, b -> b);
          Connection c = java.sql.DriverManager.getConnection(Bucket.url(vfs, "db", ""))) {
        assertEquals("ok", Sql.value(c, "PRAGMA quick_check"));
        assertEquals(2L * rows + "", Sql.value(c, "SELECT sum(n) FROM t"));
      }
      assertTrue(server.objects(Bucket.NAME).keys("db/s/").size() >= 2);
    }
  }
}
