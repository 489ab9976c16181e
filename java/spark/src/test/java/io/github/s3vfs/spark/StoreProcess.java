package io.github.s3vfs.spark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The embedded S3 server, in a process of its own: it and Spark need different versions of the
 * servlet API. Its class path is what the build of the testkit has written down. Not thread-safe.
 */
final class StoreProcess implements AutoCloseable {
  static final String BUCKET = "bucket";
  private static final String MAIN = "io.github.s3vfs.testkit.S3TestServerMain";

  private final Process process;
  private final BufferedReader out;
  private final Map<String, String> settings = new HashMap<>();

  /**
   * What was answered.
   *
   * @param gets requests
   * @param bytes of all answers
   */
  record Answered(long gets, long bytes) {}

  private StoreProcess(Process process) {
    this.process = process;
    this.out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /**
   * Starts it, and makes its credentials those of this process.
   *
   * @param testkit the directory of that module
   */
  static StoreProcess start(Path testkit) throws IOException {
    Path target = testkit.resolve("target");
    String classPath =
        target.resolve("classes") + ":" + Files.readString(target.resolve("classpath.txt")).strip();
    StoreProcess store =
        new StoreProcess(
            new ProcessBuilder(
                    List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx1g",
                        "-cp",
                        classPath,
                        MAIN,
                        "--bucket",
                        BUCKET,
                        "--account",
                        "true"))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    while (!store.settings.containsKey("secret-access-key")) {
      String[] setting = store.line().split("=", 2);
      String unused = store.settings.put(setting[0], setting[1]);
    }
    System.setProperty("aws.accessKeyId", store.accessKeyId());
    System.setProperty("aws.secretAccessKey", store.secretAccessKey());
    return store;
  }

  private String line() throws IOException {
    String line = out.readLine();
    if (line == null) {
      throw new IOException("the S3 server has ended");
    }
    return line;
  }

  private String setting(String name) {
    String value = settings.get(name);
    if (value == null) {
      throw new IllegalStateException("the S3 server did not say its " + name);
    }
    return value;
  }

  URI endpoint() {
    return URI.create(setting("endpoint"));
  }

  String accessKeyId() {
    return setting("access-key-id");
  }

  String secretAccessKey() {
    return setting("secret-access-key");
  }

  /** The URL of a database. */
  String url(String name) {
    return "jdbc:sqlite:file:/"
        + BUCKET
        + "/"
        + name
        + "?vfs=s3&region=us-east-1&path_style=true&endpoint="
        + endpoint();
  }

  /** What was answered since the last call. */
  Answered answered() throws IOException {
    OutputStream in = process.getOutputStream();
    in.write('\n');
    in.flush();
    String[] told = line().split("[= ]", -1);
    return new Answered(Long.parseLong(told[1]), Long.parseLong(told[3]));
  }

  @Override
  public void close() {
    Process unused = process.destroyForcibly();
  }
}
