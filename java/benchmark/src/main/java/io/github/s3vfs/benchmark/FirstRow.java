package io.github.s3vfs.benchmark;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;

/** Main class of a process that reads one row and says what that took. */
public final class FirstRow {
  private FirstRow() {}

  /**
   * Arguments: a JDBC URL and a query. Prints the milliseconds from the start of the JVM, and from
   * the start of this method, to the row, the resident memory in KiB, and the number of threads.
   */
  public static void main(String[] args) throws Exception {
    long start = System.nanoTime();
    try (Connection connection = DriverManager.getConnection(args[0]);
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(args[1])) {
      if (!result.next()) {
        throw new IllegalStateException("no row");
      }
      long sinceMain = (System.nanoTime() - start) / 1_000_000;
      long sinceJvm =
          System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime();
      System.out.println("jvm=" + sinceJvm);
      System.out.println("main=" + sinceMain);
      System.out.println("kib=" + residentKib());
      System.out.println("threads=" + ManagementFactory.getThreadMXBean().getThreadCount());
    }
  }

  /** -1 where the system does not tell in /proc. */
  private static long residentKib() throws java.io.IOException {
    Path status = Path.of("/proc/self/status");
    if (Files.isReadable(status)) {
      for (String line : Files.readAllLines(status)) {
        if (line.startsWith("VmRSS:")) {
          return Long.parseLong(line.replaceAll("\\D", ""));
        }
      }
    }
    return -1;
  }
}
