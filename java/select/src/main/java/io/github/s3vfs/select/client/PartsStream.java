package io.github.s3vfs.select.client;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;

/**
 * A range of an object, in parts of which some are fetched ahead: two at first, and one more with
 * each that was read, up to 8. Not thread-safe.
 */
final class PartsStream extends InputStream {
  private static final int AT_FIRST = 2;
  private static final int MOST = 8;

  /** Asks for bytes. */
  interface Fetch {
    /**
     * One request.
     *
     * @param from the first byte
     * @param to behind the last one
     */
    CompletableFuture<byte[]> fetch(long from, long to);
  }

  private final Fetch fetch;
  private final long end;
  private final Deque<CompletableFuture<byte[]>> ahead = new ArrayDeque<>();
  private InputStream current;
  private long position;
  private long asked;
  private int window = AT_FIRST;

  /**
   * A stream that has asked for nothing yet.
   *
   * @param head what is known of its beginning
   * @param from what comes behind that
   */
  PartsStream(Fetch fetch, InputStream head, long from, long end) {
    this.fetch = fetch;
    this.current = head;
    this.position = from;
    this.asked = from;
    this.end = end;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (true) {
      int count = current.read(target, offset, length);
      if (count > 0) {
        return count;
      } else if (position >= end) {
        return -1;
      }
      next();
    }
  }

  private void next() throws IOException {
    while (ahead.size() < window && asked < end) {
      long to = Math.min(end, asked + ClientObjectSource.PART);
      ahead.add(fetch.fetch(asked, to));
      asked = to;
    }
    int wanted = (int) Math.min(end - position, ClientObjectSource.PART);
    byte[] part = ClientObjectSource.part(ahead.remove());
    if (part.length != wanted) {
      throw new IOException(
          "the store answered with " + part.length + " bytes in place of " + wanted);
    }
    position += wanted;
    current = new ByteArrayInputStream(part);
    window = Math.min(MOST, window + 1);
  }

  /** Gives up what is under way. */
  @Override
  public void close() {
    ahead.forEach(part -> part.cancel(true));
    ahead.clear();
    current = InputStream.nullInputStream();
    position = end;
  }
}
