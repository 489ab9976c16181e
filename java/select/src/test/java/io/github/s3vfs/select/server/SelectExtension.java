package io.github.s3vfs.select.server;

import io.github.s3vfs.select.Dialect;
import io.github.s3vfs.select.ObjectSource;
import io.github.s3vfs.select.SelectLimits;
import io.github.s3vfs.testkit.BucketObjects;
import io.github.s3vfs.testkit.RequestExtension;
import io.github.s3vfs.testkit.S3Operation;
import io.github.s3vfs.testkit.S3Request;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Clock;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentials;

/**
 * Makes the embedded server a store that answers SelectObjectContent.
 *
 * @param keys those of the server
 */
public record SelectExtension(AwsCredentials keys) implements RequestExtension {
  @Override
  public boolean answer(
      S3Request request,
      HttpServletRequest http,
      HttpServletResponse response,
      BucketObjects objects)
      throws IOException {
    if (request.operation() != S3Operation.SELECT_OBJECT_CONTENT) {
      return false;
    }
    new SelectEndpoint(
            wanted -> ObjectSource.of(objects.get(wanted.key())),
            keys,
            Dialect.AWS,
            SelectLimits.DEFAULT,
            Clock.systemUTC())
        .serve(new ServletExchange(http, response));
    return true;
  }

  private record ServletExchange(HttpServletRequest http, HttpServletResponse response)
      implements Exchange {
    @Override
    public String method() {
      return http.getMethod();
    }

    @Override
    public String path() {
      return http.getRequestURI();
    }

    @Override
    public @Nullable String query() {
      return http.getQueryString();
    }

    @Override
    public Map<String, List<String>> headers() {
      Map<String, List<String>> headers = new TreeMap<>();
      for (String name : Collections.list(http.getHeaderNames())) {
        headers.put(name.toLowerCase(Locale.ROOT), Collections.list(http.getHeaders(name)));
      }
      return headers;
    }

    @Override
    public InputStream body() throws IOException {
      return http.getInputStream();
    }

    @Override
    public OutputStream answer(int status, Map<String, String> headers, long length)
        throws IOException {
      response.setStatus(status);
      headers.forEach(response::setHeader);
      return response.getOutputStream();
    }
  }
}
