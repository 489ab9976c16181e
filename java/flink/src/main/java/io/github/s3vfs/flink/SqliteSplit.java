package io.github.s3vfs.flink;

import io.github.s3vfs.changelog.TableRange;
import org.apache.flink.api.connector.source.SourceSplit;
import org.jspecify.annotations.Nullable;

/**
 * What one reader of a source reads, and how far it has come: a range of a table, or all changes of
 * it. Immutable; of its arrays nobody changes anything.
 */
public final class SqliteSplit implements SourceSplit {
  private static final byte[] NONE = {};

  private final String id;
  private final @Nullable TableRange range;
  private final byte[] state;
  private final byte[] pending;

  /**
   * @param id within the source
   * @param range what is left of it; null for the changes
   * @param state what a reader of changes has told of, compressed; or the key of the row that a
   *     range goes on behind, of a table WITHOUT ROWID; empty if there is none
   * @param pending rows that were read, and are still to be emitted
   */
  SqliteSplit(String id, @Nullable TableRange range, byte[] state, byte[] pending) {
    this.id = id;
    this.range = range;
    this.state = state;
    this.pending = pending;
  }

  /** All changes of a table. */
  static SqliteSplit changes() {
    return new SqliteSplit("changes", null, NONE, NONE);
  }

  /** A range. */
  static SqliteSplit of(int number, TableRange range) {
    return new SqliteSplit("range-" + number, range, NONE, NONE);
  }

  /** The same, further on. */
  SqliteSplit at(@Nullable TableRange newRange, byte[] newState, byte[] newPending) {
    return new SqliteSplit(id, newRange, newState, newPending);
  }

  @Override
  public String splitId() {
    return id;
  }

  @Nullable TableRange range() {
    return range;
  }

  byte[] state() {
    return state;
  }

  byte[] pending() {
    return pending;
  }

  /** For people. */
  @Override
  public String toString() {
    return id + (range == null ? "" : " " + range);
  }
}
