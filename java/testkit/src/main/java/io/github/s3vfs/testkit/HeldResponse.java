package io.github.s3vfs.testkit;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A response whose last bytes are held back until {@link #send}, so that what has to happen before
 * the client can have the answer does.
 *
 * <p>A body of up to {@link #HOLD} bytes is held whole and goes out with a Content-Length; of a
 * longer one everything but the last bytes streams through. While nothing has streamed through, the
 * answer can still be replaced.
 *
 * <p>Used by one thread.
 */
final class HeldResponse extends HttpServletResponseWrapper {

  /** Bytes held back at most, unless everything is. */
  static final int HOLD = 64 * 1024;

  /** What happens to the body. */
  enum Mode {
    /** Streams through, the end held back. */
    STREAM,
    /** Held back whole, whatever its length. */
    CAPTURE,
    /** Dropped, with the headers: the client has its answer already, or gets none. */
    DISCARD
  }

  private final Mode mode;
  private final boolean head;
  private final Bandwidth bandwidth;
  private final HeldOutput output = new HeldOutput();
  private @Nullable PrintWriter writer;
  private int status = SC_OK;
  private boolean sent;

  HeldResponse(HttpServletResponse response, Mode mode, boolean head, Bandwidth bandwidth) {
    super(response);
    this.mode = mode;
    this.head = head;
    this.bandwidth = bandwidth;
  }

  /** The status the handler chose. */
  int status() {
    return status;
  }

  /** Bytes of the body so far, streamed and held. */
  long bodyBytes() {
    return output.total;
  }

  /**
   * Whether part of the body is on its way to the client, so that the answer cannot be replaced any
   * more.
   */
  boolean streaming() {
    return output.streamed;
  }

  /** Replaces the answer by an error. Nothing may have streamed through. */
  void replace(int newStatus, ErrorDocument document) {
    reset();
    setStatus(newStatus);
    setContentType(ErrorDocument.CONTENT_TYPE);
    byte[] body = document.bytes();
    if (head) {
      return;
    }
    output.held.writeBytes(body);
    output.total = body.length;
  }

  /**
   * Waits until the bandwidth limit allows the rest; what remains after it is only handing over.
   */
  void awaitBandwidth() {
    flushWriter();
    bandwidth.takeAnswer(output.held.size());
  }

  /** Hands what was held back to the connection. */
  void send() throws IOException {
    if (sent || mode == Mode.DISCARD) {
      return;
    }
    sent = true;
    flushWriter();
    declareLength();
    output.held.writeTo(super.getOutputStream());
  }

  /**
   * Hands over the first {@code bytes} of a body that was captured, under the Content-Length of all
   * of it, and flushes them.
   */
  void sendTruncated(long bytes) throws IOException {
    sent = true;
    flushWriter();
    declareLength();
    byte[] body = output.held.toByteArray();
    super.getOutputStream().write(body, 0, (int) Math.min(bytes, body.length));
    super.flushBuffer();
  }

  private void declareLength() {
    boolean noBody = status == SC_NO_CONTENT || status == SC_NOT_MODIFIED;
    if (!head && !noBody && !output.streamed) {
      super.setContentLengthLong(output.held.size());
    }
  }

  private void flushWriter() {
    if (writer != null) {
      writer.flush();
    }
  }

  @Override
  public ServletOutputStream getOutputStream() {
    return output;
  }

  @Override
  public PrintWriter getWriter() {
    PrintWriter current = writer;
    if (current == null) {
      String encoding = getCharacterEncoding();
      Charset charset = encoding == null ? StandardCharsets.UTF_8 : Charset.forName(encoding);
      current = new PrintWriter(new OutputStreamWriter(output, charset));
      writer = current;
    }
    return current;
  }

  @Override
  public void flushBuffer() {
    // Held back until send().
  }

  @Override
  public void resetBuffer() {
    flushWriter();
    if (output.streamed) {
      throw new IllegalStateException("part of the response has been sent");
    }
    output.held.reset();
    output.total = 0;
  }

  @Override
  public void reset() {
    resetBuffer();
    if (mode != Mode.DISCARD) {
      super.reset();
    }
    status = SC_OK;
  }

  @Override
  public boolean isCommitted() {
    return output.streamed;
  }

  @Override
  public void setStatus(int newStatus) {
    status = newStatus;
    if (mode != Mode.DISCARD) {
      super.setStatus(newStatus);
    }
  }

  @Override
  public int getStatus() {
    return status;
  }

  @Override
  public void sendError(int newStatus, @Nullable String message) {
    String code = newStatus == SC_NOT_IMPLEMENTED ? "NotImplemented" : "InvalidRequest";
    replace(newStatus, new ErrorDocument(code, message == null ? "" : message, Map.of()));
  }

  @Override
  public void sendError(int newStatus) {
    sendError(newStatus, null);
  }

  @Override
  public void setHeader(String name, @Nullable String value) {
    if (mode != Mode.DISCARD) {
      super.setHeader(name, value);
    }
  }

  @Override
  public void addHeader(String name, @Nullable String value) {
    if (mode != Mode.DISCARD) {
      super.addHeader(name, value);
    }
  }

  /** Where the handler writes the body. */
  private final class HeldOutput extends ServletOutputStream {
    private final ByteArrayOutputStream held = new ByteArrayOutputStream();
    private long total;
    private boolean streamed;

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      total += length;
      if (mode == Mode.DISCARD) {
        return;
      }
      int from = offset;
      int left = length;
      while (left > 0) {
        if (mode == Mode.STREAM && held.size() == HOLD) {
          streamHeld();
        }
        int step = mode == Mode.STREAM ? Math.min(left, HOLD - held.size()) : left;
        held.write(bytes, from, step);
        from += step;
        left -= step;
      }
    }

    private void streamHeld() throws IOException {
      bandwidth.takeAnswer(held.size());
      streamed = true;
      held.writeTo(HeldResponse.super.getOutputStream());
      held.reset();
    }

    @Override
    public void flush() {
      // Held back until send().
    }

    @Override
    public void close() {
      // The connection is not the handler's to close.
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void setWriteListener(WriteListener listener) {
      throw new UnsupportedOperationException("the server writes synchronously");
    }
  }
}
