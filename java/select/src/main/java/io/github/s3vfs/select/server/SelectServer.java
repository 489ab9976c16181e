package io.github.s3vfs.select.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.s3vfs.select.Dialect;
import io.github.s3vfs.select.ObjectSource;
import io.github.s3vfs.select.SelectLimits;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.services.s3.model.SelectObjectContentRequest;

/**
 * A server of HTTP that answers S3's SelectObjectContent, and nothing else, for objects that lie
 * anywhere: clients of any language name its address as their endpoint, with the bucket in the
 * path. It listens on the loopback interface unless told otherwise, and speaks plain HTTP: put what
 * ends TLS in front of it. Requests must be signed with the one key pair that it knows, by AWS
 * Signature Version 4 in their headers.
 *
 * <p>Thread-safe. A request has a thread from its beginning to its end.
 */
public final class SelectServer implements AutoCloseable {
  private final HttpServer http;
  private final ExecutorService threads;

  /** Where objects come from. */
  @FunctionalInterface
  public interface Objects {
    /**
     * The object of a request. What it throws is told to the client, exceptions of the AWS SDK and
     * of this library with their codes.
     *
     * @param request bucket and key, and perhaps the owner that the bucket must have, which is to
     *     be heeded or refused. Keys of an encryption (SSE-C) were refused before, as S3 does
     *     without HTTPS
     * @return the object
     * @throws IOException if it can not be read
     */
    ObjectSource open(SelectObjectContentRequest request) throws IOException;
  }

  private SelectServer(Builder builder) throws IOException {
    SelectEndpoint endpoint =
        new SelectEndpoint(
            builder.objects, builder.keys, builder.dialect, builder.limits, Clock.systemUTC());
    http = HttpServer.create(builder.address, 0);
    threads =
        Executors.newCachedThreadPool(
            work -> {
              Thread thread = new Thread(work, "s3vfs-select-server");
              thread.setDaemon(true);
              return thread;
            });
    http.setExecutor(threads);
    http.createContext("/", exchange -> serve(endpoint, exchange));
    http.start();
  }

  private static void serve(SelectEndpoint endpoint, HttpExchange exchange) throws IOException {
    try (exchange) {
      endpoint.serve(new JdkExchange(exchange));
    }
  }

  /**
   * A server to be set up.
   *
   * @param keys the key pair that clients sign with
   * @param objects what they can ask for
   * @return the settings
   */
  public static Builder builder(AwsCredentials keys, Objects objects) {
    return new Builder(keys, objects);
  }

  /**
   * Where it listens.
   *
   * @return for clients, with {@code http://}
   */
  public URI endpoint() {
    InetSocketAddress at = http.getAddress();
    String host = at.getAddress().getHostAddress();
    return URI.create(
        "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + at.getPort());
  }

  /** Stops at once; requests under way are cut off. */
  @Override
  public void close() {
    http.stop(0);
    threads.shutdownNow();
  }

  /** Settings of a server. Not thread-safe. */
  public static final class Builder {
    private final AwsCredentials keys;
    private final Objects objects;
    private Dialect dialect = Dialect.AWS;
    private SelectLimits limits = SelectLimits.DEFAULT;
    private InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private Builder(AwsCredentials keys, Objects objects) {
      this.keys = keys;
      this.objects = objects;
    }

    /**
     * Where it listens; on loopback, at a free port, by default.
     *
     * @param value port 0 for a free one
     * @return this
     */
    public Builder address(InetSocketAddress value) {
      address = value;
      return this;
    }

    /**
     * Whose ways queries have; AWS's by default.
     *
     * @param value the dialect
     * @return this
     */
    public Builder dialect(Dialect value) {
      dialect = value;
      return this;
    }

    /**
     * Bounds of each query.
     *
     * @param value the bounds
     * @return this
     */
    public Builder limits(SelectLimits value) {
      limits = value;
      return this;
    }

    /**
     * Starts the server.
     *
     * @return to be closed
     * @throws IOException if the address can not be had
     */
    public SelectServer start() throws IOException {
      return new SelectServer(this);
    }
  }

  /** An exchange of the JDK's server. */
  private record JdkExchange(HttpExchange exchange) implements Exchange {
    @Override
    public String method() {
      return exchange.getRequestMethod();
    }

    @Override
    public String path() {
      return exchange.getRequestURI().getRawPath();
    }

    @Override
    public @Nullable String query() {
      return exchange.getRequestURI().getRawQuery();
    }

    @Override
    public Map<String, List<String>> headers() {
      Map<String, List<String>> headers = new TreeMap<>();
      exchange
          .getRequestHeaders()
          .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values));
      return headers;
    }

    @Override
    public InputStream body() {
      return exchange.getRequestBody();
    }

    @Override
    public OutputStream answer(int status, Map<String, String> headers, long length)
        throws IOException {
      headers.forEach(exchange.getResponseHeaders()::set);
      if (method().equals("HEAD")) {
        exchange.sendResponseHeaders(status, -1);
        return OutputStream.nullOutputStream();
      }
      exchange.sendResponseHeaders(status, length < 0 ? 0 : length);
      return exchange.getResponseBody();
    }
  }
}
