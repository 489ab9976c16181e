package io.github.s3vfs.internal.layout.blocks;

import io.github.s3vfs.internal.layout.DatabaseHeader;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the stored database file. Immutable.
 *
 * @param blockSize bytes per block
 * @param length of the database in bytes, as SQLite shall see it
 * @param storedLength of the stored file, at least length: there may be a tail that a truncation
 *     did not come to delete
 * @param header of the database, or null while there is none (or one not to be trusted)
 * @param etag of block 0, or "" if there is none
 * @param sizes lengths of the stored blocks where the store was asked to list them, else empty
 * @param recovering whether a journal is stored that may be hot: blocks may then be missing or
 *     short until SQLite has rolled back
 */
record BlocksState(
    int blockSize,
    long length,
    long storedLength,
    @Nullable DatabaseHeader header,
    String etag,
    Map<Long, Integer> sizes,
    boolean recovering) {

  /** What the ETag begins with where the state comes from a listing of all blocks. */
  static final String LISTED = "listed:";

  static BlocksState empty(int blockSize) {
    return new BlocksState(blockSize, 0, 0, null, "", Map.of(), false);
  }

  /** Whether {@code etag} is that of block 0, and tells one version from another. */
  boolean isOfOneVersion() {
    return !etag.startsWith(LISTED);
  }

  /** Whether the database is the same version as in another state. */
  boolean isVersionOf(BlocksState other) {
    return etag.equals(other.etag) && length == other.length && recovering == other.recovering;
  }

  /** Number of blocks of the database. */
  long blocks() {
    return (length + blockSize - 1) / blockSize;
  }

  /** The least length that a stored block must have. */
  int leastLength(long index) {
    return (int) Math.max(0, Math.min(blockSize, length - index * blockSize));
  }

  /** Whether a block lies in the page that SQLite never writes, so that it may be missing. */
  boolean inLockPage(long index) {
    return header != null && header.inLockPage(index * blockSize, (index + 1) * blockSize);
  }
}
