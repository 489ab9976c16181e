package io.github.s3vfs.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.scenario.ChildJvm;
import io.github.s3vfs.testkit.S3TestServer;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What transfers have in memory does not depend on what they move. */
class TransferMemoryTest {
  private static final long MOST_KIB = 640 << 10;

  @TempDir Path directory;

  private ChildJvm.Result run(String... arguments) throws Exception {
    try (S3TestServer server =
        S3TestServer.builder().directory(directory).withoutAccount().start()) {
      server.createBucket("bucket");
      String[] all = new String[arguments.length + 1];
      all[0] = server.endpoint().toString();
      System.arraycopy(arguments, 0, all, 1, arguments.length);
      ChildJvm.Result result =
          ChildJvm.sameClassPath()
              .option("-Xmx64m")
              .option("-XX:MaxDirectMemorySize=64m")
              .environment("AWS_ACCESS_KEY_ID", server.accessKeyId())
              .environment("AWS_SECRET_ACCESS_KEY", server.secretAccessKey())
              .run(directory, TransfersOfOneProcess.class, all);
      assertEquals(0, result.exitCode(), result.output());
      System.out.println(result.output());
      return result;
    }
  }

  private static long kib(ChildJvm.Result result, String line) {
    return Long.parseLong(result.line(line));
  }

  @Test
  void aDatabaseThatIsLargerThanTheHeapGoesToAnObjectAndComesBack() throws Exception {
    int mebibytes = Boolean.getBoolean("s3vfs.test.thorough") ? 1024 : 80;
    ChildJvm.Result result = run("database", mebibytes + "");
    assertEquals("the same", result.line("restored: "));
    long resident = kib(result, "resident at most, KiB: ");
    assertTrue(resident < MOST_KIB, () -> resident + " KiB");
  }

  @Test
  @Tag("thorough")
  void aRewritingTakesNoMoreForTwoGibibytes() throws Exception {
    ChildJvm.Result result = run("rewrite", "64", "2048");
    long small = kib(result, "resident after 64 MiB, KiB: ");
    long large = kib(result, "resident after 2048 MiB, KiB: ");
    assertTrue(large < MOST_KIB, () -> large + " KiB");
    assertTrue(large < small + (128 << 10), () -> small + " and " + large + " KiB");
  }
}
