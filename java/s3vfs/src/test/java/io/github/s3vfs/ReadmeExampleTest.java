package io.github.s3vfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.testkit.S3TestServer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;

/** The examples of the README, compiled and run as they stand there. */
class ReadmeExampleTest {
  private static final String MAIN = "Example";

  @TempDir Path directory;

  @Test
  void countsTheRowsThatItHasInserted() throws Exception {
    S3Vfs.find(S3Vfs.DEFAULT_NAME).ifPresent(S3Vfs::close);
    try (S3TestServer server = S3TestServer.builder().inMemory().start();
        S3Vfs vfs = defaultVfs(server)) {
      server.createBucket("my-bucket");
      assertEquals("2\n", outputOf(compiled(MAIN)));
      assertEquals("4\n", outputOf(compiled(MAIN)));
      assertTrue(server.objects("my-bucket").contains("path/cool.sqlite/head"));
      assertEquals(S3Vfs.DEFAULT_NAME, vfs.name());
    }
  }

  @Test
  void insertsInATransaction() throws Exception {
    S3Vfs.find(S3Vfs.DEFAULT_NAME).ifPresent(S3Vfs::close);
    try (S3TestServer server = S3TestServer.builder().inMemory().start();
        S3Vfs vfs = defaultVfs(server)) {
      server.createBucket("my-bucket");
      assertEquals("2\n", outputOf(compiled(MAIN)));
      SQLiteDataSource source = new SQLiteDataSource();
      source.setUrl("jdbc:sqlite:file:/my-bucket/path/cool.sqlite?vfs=" + vfs.name());
      Object added =
          compiled("Fruits")
              .getMethod("add", DataSource.class, String.class)
              .invoke(null, source, "quince");
      assertEquals(1, added);
      assertEquals("5\n", outputOf(compiled(MAIN)));
    }
  }

  /** In place of what the AWS default chains would find. */
  private static S3Vfs defaultVfs(S3TestServer server) {
    return S3Vfs.builder()
        .endpoint(server.endpoint())
        .region(Region.of(server.region()))
        .pathStyle(true)
        .credentialsProvider(
            StaticCredentialsProvider.create(
                AwsBasicCredentials.create(server.accessKeyId(), server.secretAccessKey())))
        .register();
  }

  private static String example(String name) throws Exception {
    Path at = Path.of("").toAbsolutePath();
    while (!Files.exists(at.resolve("mvnw"))) {
      at = at.getParent();
      assertNotNull(at, "the repository's root is a parent of the working directory");
    }
    String marker = name.equals(MAIN) ? "example" : "example " + name;
    Matcher matcher =
        Pattern.compile(
                "<!-- " + marker + " -->\\s*```java\\n(.*?)```\\s*<!-- /example -->",
                Pattern.DOTALL)
            .matcher(Files.readString(at.resolve("README.md")));
    assertTrue(matcher.find(), "README.md has an example " + name);
    return matcher.group(1);
  }

  private Class<?> compiled(String name) throws Exception {
    Path file = Files.writeString(directory.resolve(name + ".java"), example(name));
    ByteArrayOutputStream messages = new ByteArrayOutputStream();
    int result =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                messages,
                messages,
                "-Xlint:all",
                "-d",
                directory.toString(),
                file.toString());
    assertEquals(0, result, messages.toString(StandardCharsets.UTF_8));
    URL[] classes = {directory.toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(classes)) {
      return loader.loadClass(name);
    }
  }

  private static String outputOf(Class<?> program) throws Exception {
    PrintStream out = System.out;
    ByteArrayOutputStream caught = new ByteArrayOutputStream();
    try {
      System.setOut(new PrintStream(caught, true, StandardCharsets.UTF_8));
      program.getMethod("main", String[].class).invoke(null, (Object) new String[0]);
    } finally {
      System.setOut(out);
    }
    return caught.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
  }
}
