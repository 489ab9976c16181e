package io.github.s3vfs.internal.store.crt;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A server on loopback that answers each request as a test says, byte by byte: for answers that no
 * real store can be made to give.
 */
final class ScriptedServer implements AutoCloseable {
  /** The request stays without an answer, the connection open. */
  static final byte[] SILENCE = {0};

  /** The connection is closed without an answer. */
  static final byte[] HANG_UP = {1};

  /**
   * A request as it came.
   *
   * @param line as in "GET /bucket/key HTTP/1.1"
   * @param headers by lower-case name
   */
  record Received(String line, Map<String, String> headers) {
    String header(String name) {
      return headers.getOrDefault(name, "");
    }
  }

  private final ServerSocket socket;
  private final Function<Received, byte[]> script;
  private final List<Received> received = new CopyOnWriteArrayList<>();
  private final List<Socket> open = new CopyOnWriteArrayList<>();

  ScriptedServer(Function<Received, byte[]> script) {
    this.script = script;
    try {
      socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    daemon(this::accept);
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + socket.getLocalPort());
  }

  /** All requests so far. */
  List<Received> received() {
    return received;
  }

  /** Waits until all connections are closed by the client; false after the time. */
  boolean clientHungUp(long millis) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (System.nanoTime() < end) {
      if (open.isEmpty()) {
        return true;
      }
      Thread.sleep(10);
    }
    return open.isEmpty();
  }

  /** An answer with a body, or for a body of null a length of 0. */
  static byte[] answer(int status, String headers, String body) {
    StringBuilder text =
        new StringBuilder("HTTP/1.1 ")
            .append(status)
            .append(" Scripted\r\nDate: Sat, 03 Feb 2024 04:05:06 GMT\r\n");
    headers.lines().forEach(h -> text.append(h).append("\r\n"));
    if (!headers.contains("Content-Length") && status != 304) {
      text.append("Content-Length: ").append(body.length()).append("\r\n");
    }
    return text.append("\r\n").append(body).toString().getBytes(ISO_8859_1);
  }

  /** An error answer in S3's form. */
  static byte[] error(int status, String code, String message) {
    return error(status, "", code, message);
  }

  /** An error answer in S3's form, with further headers. */
  static byte[] error(int status, String headers, String code, String message) {
    return answer(
        status,
        "Content-Type: application/xml\nx-amz-request-id: REQ123\n" + headers,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>"
            + code
            + "</Code><Message>"
            + message
            + "</Message><RequestId>REQ123</RequestId></Error>");
  }

  @Override
  public void close() {
    try {
      socket.close();
      for (Socket each : open) {
        each.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket connection = socket.accept();
        open.add(connection);
        daemon(() -> serve(connection));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      InputStream in = new BufferedInputStream(connection.getInputStream());
      for (Received request = read(in); request != null; request = read(in)) {
        received.add(request);
        if (request.header("expect").contains("100")) {
          write(connection, "HTTP/1.1 100 Continue\r\n\r\n".getBytes(ISO_8859_1));
        }
        String length = request.header("content-length");
        in.skipNBytes(length.isEmpty() ? 0 : Long.parseLong(length));
        byte[] answer = script.apply(request);
        if (answer == HANG_UP) {
          return;
        }
        if (answer != SILENCE) {
          write(connection, answer);
          if (truncated(answer)) {
            return;
          }
        }
      }
    } catch (IOException e) {
      // The client, or the end of the test, closed the connection.
    } finally {
      open.remove(connection);
    }
  }

  private static boolean truncated(byte[] answer) {
    return new String(answer, ISO_8859_1).contains("X-Truncated:");
  }

  private static void write(Socket connection, byte[] bytes) throws IOException {
    connection.getOutputStream().write(bytes);
    connection.getOutputStream().flush();
  }

  private static @Nullable Received read(InputStream in) throws IOException {
    String line = line(in);
    if (line.isEmpty()) {
      return null;
    }
    Map<String, String> headers = new TreeMap<>();
    for (String header = line(in); !header.isEmpty(); header = line(in)) {
      int colon = header.indexOf(':');
      headers.put(
          header.substring(0, colon).toLowerCase(Locale.ROOT), header.substring(colon + 1).strip());
    }
    return new Received(line, headers);
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "scripted-server");
    thread.setDaemon(true);
    thread.start();
  }
}
