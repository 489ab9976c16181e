package io.github.s3vfs.testkit;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A request whose body is counted, takes its share of the bandwidth, and can be read ahead of the
 * handler.
 *
 * <p>Used by one thread.
 */
final class CountedRequest extends HttpServletRequestWrapper {

  private final Bandwidth bandwidth;
  private @Nullable ServletInputStream body;
  private long bytes;

  CountedRequest(HttpServletRequest request, Bandwidth bandwidth) {
    super(request);
    this.bandwidth = bandwidth;
  }

  /** Bytes of the body read so far. */
  long bodyBytes() {
    return bytes;
  }

  /** Reads the whole body into memory; the handler reads it from there. */
  void readAhead() throws IOException {
    byte[] all = getInputStream().readAllBytes();
    body = new BodyStream(new ByteArrayInputStream(all), false);
  }

  /** Reads the body to its end and drops it. */
  void drain() throws IOException {
    getInputStream().transferTo(OutputStream.nullOutputStream());
  }

  @Override
  public ServletInputStream getInputStream() throws IOException {
    ServletInputStream current = body;
    if (current == null) {
      current = new BodyStream(super.getInputStream(), true);
      body = current;
    }
    return current;
  }

  private final class BodyStream extends ServletInputStream {
    private final InputStream from;
    private final boolean counted;
    private boolean finished;

    private BodyStream(InputStream from, boolean counted) {
      this.from = from;
      this.counted = counted;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int read = from.read(buffer, offset, length);
      if (read < 0) {
        finished = true;
      } else if (counted) {
        bytes += read;
        bandwidth.takeRequest(read);
      }
      return read;
    }

    @Override
    public boolean isFinished() {
      return finished;
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void setReadListener(ReadListener listener) {
      throw new UnsupportedOperationException("the server reads synchronously");
    }
  }
}
