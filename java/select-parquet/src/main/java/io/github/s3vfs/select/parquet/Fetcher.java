package io.github.s3vfs.select.parquet;

import io.github.s3vfs.select.ObjectSource;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * Fetches the chunks that a query needs. Chunks that are near each other are one range; ranges are
 * cut into tiles, each one request. Tiles are opened ahead in the order in which they will be
 * needed, also those of row groups to come: a source that fetches what is opened does so in
 * parallel. How many are open without being read grows from two to eight, once more is read than
 * the first rows need.
 *
 * <p>Each row group has chunks of the condition, which are fetched in any case, and the rest. The
 * rest is fetched once a row has met the condition; then that of the next row groups is fetched
 * with the condition's, until a row group has no such row.
 */
final class Fetcher implements Closeable {
  /** The most bytes of one request. */
  static final int TILE = 1 << 20;

  /** Up to this many bytes between two chunks are fetched with them. */
  static final long GAP = 64 << 10;

  private static final int MOST = 8;

  private final ObjectSource source;
  private final Tile tail;
  private final List<RowGroup> groups;
  private final int[] condition;
  private final int[] rest;
  private final Deque<GroupTiles> planned = new ArrayDeque<>();

  private int next;
  private int entered;
  private int open;
  private int window = 2;
  private boolean eager;

  /** The tiles of one row group. */
  private static final class GroupTiles {
    final RowGroup group;
    final IdentityHashMap<Chunk, ChunkInput> inputs = new IdentityHashMap<>();
    final List<Tile> tiles = new ArrayList<>();
    int opened;
    boolean hasRest;

    /** Whether a row has met the condition. */
    boolean touched;

    GroupTiles(RowGroup group) {
      this.group = group;
    }
  }

  /**
   * For one query.
   *
   * @param groups that are read, in order
   * @param condition the leaves of its condition, or all if there is none
   * @param rest the other leaves that it needs
   */
  Fetcher(ObjectSource source, Tail tail, List<RowGroup> groups, int[] condition, int[] rest) {
    this.source = source;
    this.tail = new Tile(tail.start(), tail.bytes().length);
    this.tail.bytes = tail.bytes();
    this.tail.users = 1;
    this.groups = groups;
    this.condition = condition;
    this.rest = rest;
  }

  /** Goes on to the next row group. */
  void nextGroup() {
    try {
      enterNext();
    } catch (SourceFailure e) {
      throw e.exception();
    }
  }

  private void enterNext() {
    entered++;
    GroupTiles last = planned.poll();
    if (last != null) {
      last.tiles.forEach(this::drop);
      eager = last.touched;
    }
    if (planned.isEmpty()) {
      plan();
    }
    openAtOnce();
  }

  /**
   * The bytes of a chunk of this row group.
   *
   * @param ofRest whether it is not one of the condition's
   */
  ChunkInput input(Chunk chunk, boolean ofRest) {
    GroupTiles current = planned.element();
    if (ofRest && !current.touched) {
      current.touched = true;
      eager = true;
      planned.forEach(this::addRest);
      openAtOnce();
    }
    ChunkInput input = current.inputs.get(chunk);
    if (input == null) {
      throw new IllegalStateException(chunk.name() + " was not asked for");
    }
    return input;
  }

  private void plan() {
    GroupTiles group = new GroupTiles(groups.get(next++));
    planned.add(group);
    if (eager) {
      group.hasRest = true;
      int[] all = new int[condition.length + rest.length];
      System.arraycopy(condition, 0, all, 0, condition.length);
      System.arraycopy(rest, 0, all, condition.length, rest.length);
      add(group, all);
    } else {
      add(group, condition);
    }
  }

  private void addRest(GroupTiles group) {
    if (!group.hasRest) {
      group.hasRest = true;
      add(group, rest);
    }
  }

  private void add(GroupTiles group, int[] leaves) {
    List<Chunk> chunks = new ArrayList<>();
    for (int leaf : leaves) {
      chunks.add(group.group.chunks().get(leaf));
    }
    chunks.sort(Comparator.comparingLong(Chunk::start));
    List<Tile> tiles = new ArrayList<>();
    List<Chunk> run = new ArrayList<>();
    long end = 0;
    for (Chunk chunk : chunks) {
      if (!run.isEmpty() && chunk.start() > end + GAP) {
        addRun(group, run, end, tiles);
        run.clear();
      }
      end = run.isEmpty() ? chunk.end() : Math.max(end, chunk.end());
      run.add(chunk);
    }
    if (!run.isEmpty()) {
      addRun(group, run, end, tiles);
    }
    tiles.sort(Comparator.comparingDouble(tile -> tile.due));
    group.tiles.addAll(tiles);
  }

  /** Cuts a range into tiles; what is in the tail is there already. */
  private void addRun(GroupTiles group, List<Chunk> run, long end, List<Tile> tiles) {
    List<Tile> cut = new ArrayList<>();
    long fetched = Math.min(end, tail.offset);
    for (long at = run.get(0).start(); at < fetched; at += TILE) {
      cut.add(new Tile(at, (int) Math.min(TILE, fetched - at)));
    }
    tiles.addAll(cut);
    if (end > tail.offset) {
      cut.add(tail);
    }
    for (Chunk chunk : run) {
      ChunkInput input = new ChunkInput(this, chunk);
      for (Tile tile : cut) {
        if (chunk.length() > 0 && tile.offset < chunk.end() && tile.end() > chunk.start()) {
          input.add(tile);
          long before = Math.max(0, tile.offset - chunk.start());
          tile.due = Math.min(tile.due, (double) before / chunk.length());
        }
      }
      group.inputs.put(chunk, input);
    }
  }

  /** What is surely needed next is opened at once. */
  private void openAtOnce() {
    int needed = 0;
    for (Tile tile : planned.element().tiles) {
      needed += tile.due == 0 && tile.bytes == null && tile.users > 0 ? 1 : 0;
    }
    window = Math.min(MOST, Math.max(window, needed));
    openAhead();
  }

  private void openAhead() {
    for (GroupTiles group : planned) {
      openAhead(group);
    }
    while (open < window && next < groups.size() && condition.length + rest.length > 0) {
      plan();
      openAhead(planned.getLast());
    }
  }

  private void openAhead(GroupTiles group) {
    while (open < window && group.opened < group.tiles.size()) {
      Tile tile = group.tiles.get(group.opened++);
      if (tile.users > 0 && tile.stream == null && tile.bytes == null) {
        open(tile);
      }
    }
  }

  private InputStream open(Tile tile) {
    try {
      InputStream stream = source.open(tile.offset, tile.length);
      tile.stream = stream;
      open++;
      return stream;
    } catch (IOException e) {
      throw Failures.unread(source, e);
    } catch (RuntimeException e) {
      throw new SourceFailure(e);
    }
  }

  /** The bytes of a tile; waits for them. */
  byte[] take(Tile tile) {
    byte[] bytes = tile.bytes;
    if (bytes != null) {
      return bytes;
    }
    InputStream stream = tile.stream == null ? open(tile) : tile.stream;
    try {
      bytes = Tail.bytes(stream, tile.length);
    } catch (IOException e) {
      throw Failures.unread(source, e);
    } catch (RuntimeException e) {
      throw new SourceFailure(e);
    }
    tile.bytes = bytes;
    closeStream(tile);
    if (tile.due > 0 || entered > 1) {
      window = Math.min(MOST, window * 2);
    }
    openAhead();
    return bytes;
  }

  /** A chunk has no more use for a tile. */
  void release(Tile tile) {
    if (--tile.users == 0) {
      drop(tile);
    }
  }

  private void drop(Tile tile) {
    tile.users = 0;
    tile.bytes = null;
    closeStream(tile);
  }

  private void closeStream(Tile tile) {
    InputStream stream = tile.stream;
    if (stream != null) {
      tile.stream = null;
      open--;
      try {
        stream.close();
      } catch (IOException e) {
        // Nothing that was read depends on it.
        return;
      }
    }
  }

  @Override
  public void close() {
    planned.forEach(group -> group.tiles.forEach(this::drop));
    planned.clear();
    next = groups.size();
  }
}
