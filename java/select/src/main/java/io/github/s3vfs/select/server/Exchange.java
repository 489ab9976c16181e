package io.github.s3vfs.select.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request and its answer, whatever server of HTTP they come through. Of one thread. */
interface Exchange {
  /** Upper case. */
  String method();

  /** As it was sent, with its escapes, beginning with a slash. */
  String path();

  /** As it was sent; null if there is none. */
  @Nullable String query();

  /** All headers, by lower-case names. */
  Map<String, List<String>> headers();

  /** The body. */
  InputStream body() throws IOException;

  /**
   * Begins the answer.
   *
   * @param length of the body; -1 if that is not known yet
   * @return for the body
   */
  OutputStream answer(int status, Map<String, String> headers, long length) throws IOException;

  /** The first value of a header. */
  default @Nullable String header(String name) {
    List<String> values = headers().get(name);
    return values == null || values.isEmpty() ? null : values.get(0);
  }
}
