package io.github.s3vfs.scenario;

import io.github.s3vfs.S3Vfs;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import software.amazon.awssdk.regions.Region;

/**
 * A program that opens and closes connections and tells how it has grown by that. Its heap is of a
 * fixed size and touched when the JVM starts, so that what grows is native memory.
 */
public final class OpenAndClose {
  private OpenAndClose() {}

  /** Arguments: endpoint and cycles; credentials are system properties. */
  public static void main(String[] args) throws Exception {
    try (S3Vfs vfs =
        S3Vfs.builder()
            .name("cycles")
            .bucket(Bucket.NAME)
            .endpoint(URI.create(args[0]))
            .region(Region.US_EAST_1)
            .pathStyle(true)
            .register()) {
      String url = Bucket.url(vfs, "cycles", "");
      int count = Integer.parseInt(args[1]);
      cycles(url, count);
      int threads = Thread.activeCount();
      long resident = residentKib();
      cycles(url, count);
      System.out.println("threads=" + (Thread.activeCount() - threads));
      System.out.println("kib=" + (residentKib() - resident));
    }
  }

  private static void cycles(String url, int count) throws SQLException {
    for (int i = 0; i < count; i++) {
      try (Connection c = DriverManager.getConnection(url)) {
        if (!Sql.value(c, "SELECT v FROM t").equals("1")) {
          throw new IllegalStateException("not the row");
        }
      }
    }
    System.gc();
  }

  private static long residentKib() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    throw new IOException("no VmRSS");
  }
}
