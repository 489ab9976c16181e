package io.github.s3vfs.cli;

import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.testkit.S3TestServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.regions.Region;

/** An embedded server with one bucket, and the command line in this process that reaches it. */
final class CliBucket implements AutoCloseable {
  static final String NAME = "bucket";

  private final S3TestServer server = S3TestServer.builder().inMemory().start();

  CliBucket() {
    server.createBucket(NAME);
    System.setProperty("aws.accessKeyId", server.accessKeyId());
    System.setProperty("aws.secretAccessKey", server.secretAccessKey());
  }

  S3TestServer server() {
    return server;
  }

  /** The name of a database. */
  static String at(String key) {
    return "s3://" + NAME + "/" + key;
  }

  /** What a run has written, and ended with. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Run(int code, byte[] bytes, String err) {
    String out() {
      return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Fails unless it ended with 0. */
    Run ok() {
      return ends(ExitCode.OK);
    }

    Run ends(int expected) {
      if (code != expected) {
        throw new AssertionError("ended with " + code + ", not " + expected + ": " + out() + err);
      }
      return this;
    }

    /** The one line on standard error, without the program's name. */
    String error() {
      List<String> lines = err.lines().filter(line -> line.startsWith("s3vfs: ")).toList();
      if (lines.size() != 1) {
        throw new AssertionError("one line was expected: " + err);
      }
      return lines.get(0).substring("s3vfs: ".length());
    }

    /** What the output has at a path of SQLite's JSON functions. */
    String json(String path) throws SQLException {
      try (Connection connection = DriverManager.getConnection("jdbc:sqlite::memory:");
          PreparedStatement query =
              connection.prepareStatement("SELECT json_valid(?1), json_extract(?1, ?2)")) {
        query.setString(1, out());
        query.setString(2, path);
        try (ResultSet row = query.executeQuery()) {
          if (row.getInt(1) != 1) {
            throw new AssertionError("no JSON: " + out());
          }
          return String.valueOf(row.getString(2));
        }
      }
    }
  }

  /** Runs a command. */
  Run run(String... arguments) {
    return runWith("", arguments);
  }

  /** Runs a command with text on standard input. */
  Run runWith(String input, String... arguments) {
    return runWith(input.getBytes(StandardCharsets.UTF_8), arguments);
  }

  /** Runs a command with bytes on standard input. */
  Run runWith(byte[] input, String... arguments) {
    return runWith(new ByteArrayInputStream(input), arguments);
  }

  /** Runs a command with a stream as standard input. */
  Run runWith(InputStream input, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(options());
    return runAlone(input, all.toArray(String[]::new));
  }

  /** Runs a command that is not told where S3 is. */
  static Run runAlone(byte[] input, String... arguments) {
    return runAlone(new ByteArrayInputStream(input), arguments);
  }

  private static Run runAlone(InputStream input, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Io io =
        new Io(
            input,
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false,
            false,
            false,
            Map.of(),
            () -> false);
    int code = Main.run(arguments, io);
    return new Run(code, out.toByteArray(), err.toString(StandardCharsets.UTF_8));
  }

  /** Waits until there is an object. */
  void awaitKey(String key) throws InterruptedException {
    long end = System.nanoTime() + 60_000_000_000L;
    while (!server.objects(NAME).contains(key)) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("no " + key);
      }
      Thread.sleep(10); // the server tells nobody
    }
  }

  /** Where S3 is. */
  List<String> options() {
    return List.of(
        "--endpoint", server.endpoint().toString(), "--region", server.region(), "--path-style");
  }

  /** Another process's, as it were: a VFS of another name, with a cache and clients of its own. */
  Store store() {
    return new Store(
        S3Vfs.builder()
            .name("other")
            .endpoint(server.endpoint())
            .region(Region.of(server.region()))
            .pathStyle(true));
  }

  @Override
  public void close() {
    server.close();
  }
}
