package io.github.s3vfs.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.scenario.ChildJvm;
import io.github.s3vfs.scenario.OpenUrls;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** DriverManager, and nothing but the class path, in whatever order. */
class ClassPathOrderTest {
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

  /** Whose jar comes first. */
  enum First {
    SQLITE_JDBC,
    OURS
  }

  private List<String> open(First first, String... urls) throws Exception {
    String ours =
        Path.of(S3VfsDriver.class.getProtectionDomain().getCodeSource().getLocation().toURI())
            .toString();
    ChildJvm.Result result =
        ChildJvm.sameClassPath()
            .first(
                entry ->
                    first == First.OURS
                        ? Path.of(entry).toString().equals(ours)
                        : entry.contains("sqlite-jdbc"))
            .option("-Daws.accessKeyId=" + s3.server.accessKeyId())
            .option("-Daws.secretAccessKey=" + s3.server.secretAccessKey())
            .run(directory, OpenUrls.class, urls);
    assertEquals(0, directory.toFile().list().length, "files in the child's working directory");
    return result.output().lines().toList();
  }

  @ParameterizedTest
  @EnumSource(First.class)
  void aUrlIsAllThatItTakes(First first) throws Exception {
    String url = s3.url("/bucket/" + first);
    assertEquals(
        List.of("ok: 1", "ok: 2", "ok: 3", "ok: 1"),
        open(
            first,
            url,
            "jdbc:s3vfs://bucket/" + first + "?" + s3.parameters(),
            url,
            "jdbc:sqlite::memory:"));
  }

  @ParameterizedTest
  @EnumSource(First.class)
  void aFirstUseThatFailsIsReportedInOurWords(First first) throws Exception {
    for (String path : List.of("/no-such-bucket/key", "/bucket")) {
      List<String> lines = open(first, s3.url(path));
      assertEquals(1, lines.size(), lines::toString);
      String expected = path.equals("/bucket") ? "names no key" : "there is no bucket";
      assertTrue(lines.get(0).startsWith("error: "), lines::toString);
      assertTrue(lines.get(0).contains(expected), lines::toString);
    }
  }

  /** sqlite-jdbc, which DriverManager asks next, would make a local file of that name. */
  @ParameterizedTest
  @EnumSource(First.class)
  void whatFailsIsNoLocalFile(First first) throws Exception {
    String in = "?" + s3.parameters() + "&vfs=s3";
    List<String> lines =
        open(
            first,
            s3.url("/bucket/there"),
            "jdbc:sqlite:key" + in,
            "jdbc:sqlite:key" + in + "&layout=bad",
            "jdbc:sqlite:key-journal" + in,
            "jdbc:sqlite:" + in,
            "jdbc:sqlite:file:key#6" + in + "&mode=ro",
            "jdbc:sqlite:key?vfs=s3&endpoint=http://127.0.0.1:1&region=us-east-1",
            "jdbc:sqlite::memory:");
    assertTrue(lines.get(0).startsWith("ok: "), lines::toString);
    assertEquals("ok: 1", lines.get(7), lines::toString);
    assertEquals(8, lines.size(), lines::toString);
    for (String line : lines.subList(1, 7)) {
      assertTrue(line.startsWith("error: "), lines::toString);
    }
  }

  @ParameterizedTest
  @EnumSource(First.class)
  void aLibraryThatDoesNotLoadIsReportedInOurWords(First first) throws Exception {
    List<String> lines =
        open(
            first, "jdbc:sqlite:file:/bucket/key?vfs=s3&region=no such region", s3.url("/bucket/"));
    assertEquals(2, lines.size(), lines::toString);
    assertTrue(lines.get(0).contains("region"), lines::toString);
    assertTrue(lines.get(1).contains("the key is empty"), lines::toString);
  }
}
