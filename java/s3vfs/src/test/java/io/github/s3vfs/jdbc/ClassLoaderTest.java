package io.github.s3vfs.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.scenario.Applications;
import io.github.s3vfs.scenario.ChildJvm;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The library in the class loader of an application that ends, with sqlite-jdbc in one that stays:
 * what is left behind, and what becomes of files and of values that are open then.
 */
class ClassLoaderTest {
  private static final int ROUNDS = Boolean.getBoolean("s3vfs.test.thorough") ? 50 : 3;

  private static DefaultVfs s3;

  @TempDir Path directory;

  @BeforeAll
  static void start() {
    s3 = new DefaultVfs();
  }

  @AfterAll
  static void stop() {
    s3.close();
  }

  /**
   * @param own what of the class path belongs to the application, besides this library
   * @param arguments of the program, in front of the class path
   */
  private ChildJvm.Result run(Predicate<String> own, String... arguments) throws Exception {
    String ours =
        Path.of(S3VfsDriver.class.getProtectionDomain().getCodeSource().getLocation().toURI())
            .toString();
    ChildJvm child =
        ChildJvm.sameClassPath()
            // References that may be kept as long as there is room are not kept.
            .option("-XX:SoftRefLRUPolicyMSPerMB=0")
            .option("-Daws.accessKeyId=" + s3.server.accessKeyId())
            .option("-Daws.secretAccessKey=" + s3.server.secretAccessKey());
    List<String> all = new ArrayList<>(Arrays.asList(arguments));
    all.addAll(child.without(entry -> own.test(entry) || Path.of(entry).toString().equals(ours)));
    ChildJvm.Result result = child.run(directory, Applications.class, all.toArray(String[]::new));
    assertEquals(0, result.exitCode(), result.output());
    return result;
  }

  private static void assertFailClosed(ChildJvm.Result result) {
    assertEquals("nothing", result.line("before: "), result.output());
    String after = result.line("after: ");
    assertTrue(after.startsWith("[[SQLITE_IOERR"), result.output());
    assertTrue(!after.contains("nothing"), result.output());
    assertEquals("nothing", result.line("local: "), result.output());
  }

  /** Also of those that refer to blobs which they have left open. */
  @Test
  void classLoadersOfApplicationsAreCollected() throws Exception {
    ChildJvm.Result result = run(e -> false, "reload", ROUNDS + "", "120", s3.url("/bucket/own"));
    assertEquals("" + ROUNDS, result.line("rows: "));
    assertEquals("0", result.line("left: "), result.output());
    assertFailClosed(result);
  }

  @Test
  void withJnaAndTheSdkOfTheirOwnToo() throws Exception {
    ChildJvm.Result result =
        run(
            entry ->
                entry.contains("jna") || (entry.contains("awssdk") && !entry.contains("aws-crt")),
            "reload-on-threads",
            "2",
            "120",
            s3.url("/bucket/jna"));
    assertEquals("2", result.line("rows: "));
    assertEquals("0", result.line("left: "), result.output());
    assertFailClosed(result);
  }

  /** The runtime keeps its class loader for good, but nothing goes wrong. */
  @Test
  void withTheCommonRuntimeOfTheirOwnTheyComeAndGo() throws Exception {
    ChildJvm.Result result =
        run(
            entry -> entry.contains("jna") || entry.contains("awssdk"),
            "reload",
            "2",
            "3",
            s3.url("/bucket/crt"));
    assertEquals("2", result.line("rows: "));
    assertFailClosed(result);
  }

  @Test
  void aNameThatAnotherApplicationHoldsIsRefusedUntilThatEnds() throws Exception {
    ChildJvm.Result result = run(entry -> false, "beside", s3.url("/bucket/beside"));
    String refused = result.line("second: ");
    assertTrue(refused.contains("'s3'"), refused);
    assertTrue(refused.contains("another class loader"), refused);
    assertTrue(refused.contains("S3Vfs.builder().name("), refused);
    assertEquals("nothing", result.line("first: "));
    assertEquals("nothing", result.line("second alone: "));
  }

  /** SQLite could call what is not there any more. */
  @Test
  void anApplicationThatDoesNotEndIsKeptRatherThanCollected() throws Exception {
    ChildJvm.Result result = run(entry -> false, "forget", s3.url("/bucket/forget"));
    assertEquals("1", result.line("left: "));
    assertEquals("nothing", result.line("after: "));
  }
}
