package io.github.s3vfs.select.parquet;

import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;

/** The bytes of one chunk, in order. What is skipped is not asked for. */
final class ChunkInput extends InputStream {
  private final Fetcher fetcher;
  private final Deque<Tile> tiles = new ArrayDeque<>();
  private final long end;
  private long position;

  ChunkInput(Fetcher fetcher, Chunk chunk) {
    this.fetcher = fetcher;
    this.position = chunk.start();
    this.end = chunk.end();
  }

  /** The next part of it. */
  void add(Tile tile) {
    tiles.add(tile);
    tile.users++;
  }

  /** How many bytes are left. */
  long left() {
    return end - position;
  }

  @Override
  public int read() {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public int read(byte[] target, int offset, int length) {
    if (length == 0) {
      return 0;
    } else if (left() == 0) {
      return -1;
    }
    Tile tile = tiles.element();
    byte[] bytes = fetcher.take(tile);
    int from = (int) (position - tile.offset);
    int count = (int) Math.min(Math.min(length, left()), tile.length - from);
    System.arraycopy(bytes, from, target, offset, count);
    advance(count);
    return count;
  }

  @Override
  public long skip(long count) {
    long skipped = Math.min(Math.max(0, count), left());
    advance(skipped);
    return skipped;
  }

  private void advance(long count) {
    position += count;
    while (!tiles.isEmpty() && (position >= tiles.element().end() || left() == 0)) {
      fetcher.release(tiles.remove());
    }
  }
}
