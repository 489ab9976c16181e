package io.github.s3vfs.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
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
 *   <li>{@code --account true}: counts requests; for each line on standard input it says on
 *       standard output what was answered since the last one, as {@code gets=N bytes-out=N}
 * </ul>
 */
public final class S3TestServerMain {

  private S3TestServerMain() {}

  /** Starts the server; the threads of the server keep the process alive. */
  public static void main(String[] args) {
    try {
      S3TestServer server = start(List.of(args), System.out);
      if (isAccounting(List.of(args))) {
        account(server.account(), System.in, System.out);
      }
    } catch (IOException e) {
      System.err.println(e);
      System.exit(1);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.println(
          "usage: S3TestServerMain [--port N] [--directory PATH] [--bucket NAME]..."
              + " [--latency-ms N] [--credentials ID:SECRET] [--account true]");
      System.exit(2);
    }
  }

  private static boolean isAccounting(List<String> args) {
    int option = args.indexOf("--account");
    return option >= 0 && option + 1 < args.size() && Boolean.parseBoolean(args.get(option + 1));
  }

  /** Says what was answered, for each line of the input, until that ends. */
  static void account(Account account, InputStream in, PrintStream out) throws IOException {
    BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    while (lines.readLine() != null) {
      AccountSnapshot answered = account.snapshot();
      account.reset();
      out.println(
          "gets=" + answered.count(S3Operation.GET_OBJECT) + " bytes-out=" + answered.bytesOut());
      out.flush();
    }
  }

  static S3TestServer start(List<String> args, PrintStream out) {
    S3TestServer.Builder builder = S3TestServer.builder();
    List<String> buckets = new ArrayList<>();
    Duration latency = Duration.ZERO;
    Iterator<String> rest = args.iterator();
    while (rest.hasNext()) {
      String option = rest.next();
      String value = value(option, rest);
      switch (option) {
        case "--port" -> builder.port(Integer.parseInt(value));
        case "--directory" -> builder.directory(Path.of(value));
        case "--account" -> {} // isAccounting()
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
    S3TestServer server = (isAccounting(args) ? builder : builder.withoutAccount()).start();
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
