package io.github.s3vfs.testkit;

import static io.github.s3vfs.testkit.Client.BUCKET;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class S3TestServerMainTest {

  @TempDir Path directory;

  @Test
  void aServerProcessKeepsItsObjectsWhenItIsKilled() throws Exception {
    byte[] body = "kept".getBytes(UTF_8);
    withProcess(client -> client.put("db/head", body));
    withProcess(client -> assertArrayEquals(body, client.get("db/head")));
  }

  @Test
  void optionsAreRead() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (S3TestServer server =
            S3TestServerMain.start(
                List.of("--bucket", BUCKET, "--latency-ms", "80", "--credentials", "id:secret"),
                new PrintStream(out, true, UTF_8));
        Client client = new Client(server)) {
      long start = System.nanoTime();
      client.put("k", new byte[1]);
      assertTrue(System.nanoTime() - start >= 80_000_000);
      assertEquals(0, server.account().count());
      assertTrue(out.toString(UTF_8).contains("access-key-id=id\n"), out.toString(UTF_8));
    }
  }

  @Test
  void theAccountIsToldWhenItIsAskedFor() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (S3TestServer server =
            S3TestServerMain.start(
                List.of("--bucket", BUCKET, "--account", "true"),
                new PrintStream(new ByteArrayOutputStream(), true, UTF_8));
        Client client = new Client(server)) {
      client.put("k", "12345".getBytes(UTF_8));
      client.get("k");
      S3TestServerMain.account(
          server.account(),
          new ByteArrayInputStream("\n\n".getBytes(UTF_8)),
          new PrintStream(out, true, UTF_8));
    }
    assertEquals("gets=1 bytes-out=5\ngets=0 bytes-out=0\n", out.toString(UTF_8));
  }

  @Test
  void nonsenseIsRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> S3TestServerMain.start(List.of("--colour", "red"), System.out));
    assertThrows(
        IllegalArgumentException.class,
        () -> S3TestServerMain.start(List.of("--port"), System.out));
  }

  private interface Work {
    void with(Client client);
  }

  private void withProcess(Work work) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                S3TestServerMain.class.getName(),
                "--directory",
                directory.toString(),
                "--bucket",
                BUCKET)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      Map<String, String> said = read(process);
      try (Client client =
          new Client(
              URI.create(said.getOrDefault("endpoint", "")),
              said.getOrDefault("region", ""),
              said.getOrDefault("access-key-id", ""),
              said.getOrDefault("secret-access-key", ""))) {
        work.with(client);
      }
    } finally {
      process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    }
  }

  private static Map<String, String> read(Process process) throws IOException {
    Map<String, String> said = new HashMap<>();
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    while (!said.containsKey("secret-access-key")) {
      String line = lines.readLine();
      if (line == null) {
        throw new IOException("the server process ended");
      }
      int equals = line.indexOf('=');
      said.put(line.substring(0, equals), line.substring(equals + 1));
    }
    return said;
  }
}
