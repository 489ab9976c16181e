package io.github.s3vfs.internal.layout.blocks;

import io.github.s3vfs.internal.layout.DatabaseHeader;
import io.github.s3vfs.internal.layout.Wanted;
import io.github.s3vfs.internal.readahead.SequentialReadAhead;
import io.github.s3vfs.internal.readahead.SequentialReadAhead.Window;

/**
 * What to fetch ahead of one connection: in units of blocks, or of about a page where that has many
 * blocks. Not thread-safe.
 */
final class BlocksReadAhead {
  private final int mostBlocks;
  private SequentialReadAhead policy;
  private int unit = 1;

  /**
   * @param mostBlocks the most blocks to have ahead of a reader; 0 fetches nothing ahead
   */
  BlocksReadAhead(int mostBlocks) {
    this.mostBlocks = mostBlocks;
    this.policy = new SequentialReadAhead(mostBlocks);
  }

  /** The most blocks to have ahead of a reader. */
  int mostBlocks() {
    return mostBlocks;
  }

  /**
   * The blocks to fetch now, which may be none.
   *
   * @param position of a read
   * @param block the last one that it touches
   */
  Window onAccess(BlocksState state, long position, long block) {
    DatabaseHeader header = state.header();
    int blocksPerPage = header == null ? 1 : Math.max(1, header.pageSize() / state.blockSize());
    if (blocksPerPage != unit) {
      unit = blocksPerPage;
      policy = new SequentialReadAhead((mostBlocks + unit - 1) / unit);
    }
    Window units = policy.onAccess(block / unit, () -> end(state, position));
    return new Window(units.from() * unit, Math.min(units.until() * unit, state.blocks()));
  }

  /** The first unit of which nothing is wanted. */
  private long end(BlocksState state, long position) {
    long bytes = (long) unit * state.blockSize();
    return (Wanted.end(position, state.length()) + bytes - 1) / bytes;
  }
}
