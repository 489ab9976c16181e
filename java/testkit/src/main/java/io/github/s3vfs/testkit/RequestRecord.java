package io.github.s3vfs.testkit;

/**
 * One request the server has answered, or cut off.
 *
 * @param request what was asked
 * @param status the HTTP status sent, or {@link #NO_ANSWER} when the connection was reset instead
 * @param requestBytes bytes of the request's body as they came over the wire (with any aws-chunked
 *     framing)
 * @param responseBytes bytes of the response's body that the server handed to the connection
 * @param startNanos {@link System#nanoTime()} when the request's headers had been read
 * @param endNanos {@link System#nanoTime()} just before the last bytes of the response were handed
 *     to the connection: never later than the moment the client sees the end of the response
 */
public record RequestRecord(
    S3Request request,
    int status,
    long requestBytes,
    long responseBytes,
    long startNanos,
    long endNanos) {

  /** The status of a request whose connection was reset before an answer. */
  public static final int NO_ANSWER = 0;

  /** What S3 calls the request. */
  public S3Operation operation() {
    return request.operation();
  }

  /** The decoded key, empty when the request names none. */
  public String key() {
    return request.key();
  }

  /** For people: one line. */
  @Override
  public String toString() {
    return request
        + " -> "
        + status
        + " in "
        + (endNanos - startNanos) / 1000
        + " us, "
        + requestBytes
        + " bytes up, "
        + responseBytes
        + " bytes down";
  }
}
