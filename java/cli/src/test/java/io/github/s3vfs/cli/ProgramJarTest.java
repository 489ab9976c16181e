package io.github.s3vfs.cli;

import static io.github.s3vfs.cli.CliBucket.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar that is run by {@code java -jar}, with nothing beside it. */
class ProgramJarTest {
  private static final Path JAR = Path.of(System.getProperty("s3vfs.cli.jar", "none"));

  @TempDir Path directory;

  @Test
  void doesARoundTrip() throws Exception {
    try (CliBucket bucket = new CliBucket()) {
      String file = directory.resolve("file").toString();
      run(bucket, 0, "sql", "--create", at("db"), "CREATE TABLE t(a)", "INSERT INTO t VALUES (7)");
      assertEquals("[{\"a\":7}]\n", run(bucket, 0, "sql", at("db"), "SELECT * FROM t", "--json"));
      assertEquals("a\r\n7\r\n", run(bucket, 0, "export-csv", at("db"), "t", "-", "-q"));
      run(bucket, 0, "export-csv", at("db"), "t", at("t.csv"), "-q");
      assertEquals(
          "7\n",
          run(bucket, 0, "select", "SELECT a FROM s3object", at("t.csv"), "--header=use", "-q"));
      run(bucket, 0, "serialize", at("db"), file);
      run(bucket, 0, "deserialize", file, at("copy"));
      run(bucket, 0, "verify", at("copy"), "--all");
      run(bucket, 0, "delete", "--yes", at("copy"));
      run(bucket, ExitCode.NOT_FOUND, "info", at("copy"));
      run(bucket, ExitCode.USAGE, "nonsense");
      assertTrue(run(bucket, 0, "--version").startsWith("s3vfs "));
    }
  }

  private static String run(CliBucket bucket, int code, String... arguments) throws Exception {
    try (ProgramProcess program =
        ProgramProcess.start(bucket, ProgramProcess.jar(JAR), arguments)) {
      assertEquals(code, program.end(), program.out() + program.err());
      // Nothing is logged: lines are the program's own.
      assertTrue(program.err().lines().allMatch(ProgramJarTest::isOurs), program.err());
      return program.out();
    }
  }

  private static boolean isOurs(String line) {
    return List.of(
            "s3vfs: ",
            "serialize: ",
            "deserialize: ",
            "verify: ",
            "Try ",
            "Did you mean",
            "Possible solutions")
        .stream()
        .anyMatch(line::startsWith);
  }

  @Test
  void hasTheLicencesAndServicesOfItsParts() throws Exception {
    try (JarFile jar = new JarFile(JAR.toFile())) {
      for (String name :
          List.of(
              "META-INF/LICENSE",
              "META-INF/NOTICE",
              "META-INF/THIRD-PARTY",
              "META-INF/LICENSE-jline",
              "META-INF/LICENSE-fastcsv",
              "META-INF/LICENSE-progressbar")) {
        assertTrue(jar.getEntry(name) != null, name);
      }
      String drivers =
          new String(
              jar.getInputStream(jar.getEntry("META-INF/services/java.sql.Driver")).readAllBytes(),
              java.nio.charset.StandardCharsets.UTF_8);
      assertTrue(drivers.contains("io.github.s3vfs.jdbc.S3VfsDriver"), drivers);
      assertTrue(drivers.contains("org.sqlite.JDBC"), drivers);
    }
  }
}
