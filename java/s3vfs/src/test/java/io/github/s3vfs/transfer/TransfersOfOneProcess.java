package io.github.s3vfs.transfer;

import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.scenario.Sql;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import software.amazon.awssdk.regions.Region;

/** Main class of a child process with little memory, which moves much and says what it had. */
public final class TransfersOfOneProcess {
  private static final ObjectLocation OBJECT = new ObjectLocation("bucket", "object");
  private static final int MIB = 1 << 20;

  private TransfersOfOneProcess() {}

  /** Arguments: the endpoint; "database" or "rewrite"; how many MiB. */
  public static void main(String[] args) throws Exception {
    try (S3Vfs vfs =
        S3Vfs.builder()
            .name("little")
            .bucket("bucket")
            .endpoint(URI.create(args[0]))
            .region(Region.US_EAST_1)
            .pathStyle(true)
            .register()) {
      if (args[1].equals("database")) {
        database(vfs, Integer.parseInt(args[2]));
      } else {
        for (int i = 2; i < args.length; i++) {
          rewrite(vfs, Integer.parseInt(args[i]));
          System.out.println("resident after " + args[i] + " MiB, KiB: " + resident());
        }
      }
      for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
        System.out.println(
            pool.getName() + " at most, KiB: " + pool.getPeakUsage().getUsed() / 1024);
      }
      for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
        System.out.println("buffers " + pool.getName() + ", KiB: " + pool.getMemoryUsed() / 1024);
      }
      System.out.println("resident at most, KiB: " + resident());
    }
  }

  private static void database(S3Vfs vfs, int mebibytes) throws Exception {
    int rows = mebibytes * 256;
    try (Connection c = DriverManager.getConnection("jdbc:sqlite:file:db?vfs=little")) {
      Sql.execute(
          c,
          "PRAGMA cache_size=-2000",
          "CREATE TABLE t(id INTEGER PRIMARY KEY, v BLOB, r BLOB)",
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
              + rows
              + ") INSERT INTO t SELECT i, zeroblob(3900), randomblob(100) FROM n");
    }
    S3Databases databases = S3Databases.of(vfs);
    S3Location from = new S3Location("bucket", "db");
    S3Location to = new S3Location("bucket", "restored");
    long start = System.nanoTime();
    ObjectInfo object = databases.serialize(from).uploadTo(OBJECT, UploadOptions.DEFAULT);
    System.out.println(
        "serialized: " + object.size() + " bytes in " + (System.nanoTime() - start) / 1e9 + " s");
    start = System.nanoTime();
    databases.deserialize(to, OBJECT, ReadOptions.DEFAULT);
    System.out.println("deserialized in " + (System.nanoTime() - start) / 1e9 + " s");
    System.out.println("restored: " + (sum("db").equals(sum("restored")) ? "the same" : "other"));
  }

  private static String sum(String database) throws Exception {
    try (Connection c =
        DriverManager.getConnection("jdbc:sqlite:file:" + database + "?vfs=little")) {
      return Sql.value(c, "SELECT count(*) || hex(max(r)) || hex(min(r)) FROM t");
    }
  }

  private static void rewrite(S3Vfs vfs, int mebibytes) throws IOException {
    S3Objects objects = S3Objects.of(vfs);
    byte[] some = new byte[MIB];
    try (ObjectUpload upload = objects.upload(OBJECT)) {
      for (int i = 0; i < mebibytes; i++) {
        some[0] = (byte) i;
        upload.write(some);
      }
      upload.complete();
    }
    long start = System.nanoTime();
    RewriteResult result =
        ObjectRewriter.of(objects)
            .prepend(
                Header.line("a,b"),
                OBJECT,
                OBJECT,
                RewriteOptions.DEFAULT.withServerSide(false).withCopied(true, false));
    System.out.println(
        result.object().size() + " bytes in " + (System.nanoTime() - start) / 1e9 + " s");
  }

  /** The most that this process had resident so far. */
  private static long resident() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmHWM:")) {
        return Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    throw new IOException("no VmHWM");
  }
}
