package io.github.s3vfs.testkit;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * An S3 server as a process of its own, until it is killed. What a client needs is on standard
 * output, one {@code name=value} line each, once the server answers: {@code endpoint}, {@code
 * region}, {@code access-key-id}, {@code secret-access-key}.
 *
 * <p>Options:
 *
 * <ul>
 *   <li>{@code --port N}: listens there (a free port)
 *   <li>{@code --directory PATH}: keeps the objects there, and finds those of an earlier run (in
 *       memory)
 *   <li>{@code --bucket NAME}: creates this bucket; may be repeated
 *   <li>{@code --latency-ms N}: every request takes at least this long (0)
 *   <li>{@code --credentials ID:SECRET}: the key pair (a random one)
 * </ul>
 */
public final class S3TestServerMain {

  private S3TestServerMain() {}

  /** Starts the server; the threads of the server keep the process alive. */
  public static void main(String[] args) {
    try {
      start(List.of(args), System.out);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.println(
          "usage: S3TestServerMain [--port N] [--directory PATH] [--bucket NAME]..."
              + " [--latency-ms N] [--credentials ID:SECRET]");
      System.exit(2);
    }
  }

  static S3TestServer start(List<String> args, PrintStream out) {
    S3TestServer.Builder builder = S3TestServer.builder().withoutAccount();
    List<String> buckets = new ArrayList<>();
    Duration latency = Duration.ZERO;
    Iterator<String> rest = args.iterator();
    while (rest.hasNext()) {
      String option = rest.next();
      String value = value(option, rest);
      switch (option) {
        case "--port" -> builder.port(Integer.parseInt(value));
        case "--directory" -> builder.directory(Path.of(value));
        case "--bucket" -> buckets.add(value);
        case "--latency-ms" -> latency = Duration.ofMillis(Long.parseLong(value));
        case "--credentials" -> {
          int colon = value.indexOf(':');
          if (colon < 1) {
            throw new IllegalArgumentException("--credentials wants ID:SECRET");
          }
          builder.credentials(value.substring(0, colon), value.substring(colon + 1));
        }
        default -> throw new IllegalArgumentException("unknown option " + option);
      }
    }
    S3TestServer server = builder.start();
    buckets.forEach(server::createBucket);
    server.faults().latency(latency);
    out.println("endpoint=" + server.endpoint());
    out.println("region=" + server.region());
    out.println("access-key-id=" + server.accessKeyId());
    out.println("secret-access-key=" + server.secretAccessKey());
    out.flush();
    return server;
  }

  private static String value(String option, Iterator<String> rest) {
    try {
      return rest.next();
    } catch (NoSuchElementException e) {
      throw new IllegalArgumentException("no value after " + option, e);
    }
  }
}
