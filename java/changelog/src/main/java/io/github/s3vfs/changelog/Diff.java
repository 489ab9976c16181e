package io.github.s3vfs.changelog;

import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One look at a table: what it has is compared with the state, which then has the same. Goes on
 * where it stopped. Not thread-safe.
 */
final class Diff implements AutoCloseable {
  /** Marks the keys of duplicates; no cell begins with it. */
  private static final int DUPLICATE = 0xff;

  /** So many rows are looked for together: memory is then waited for once. */
  private static final int AHEAD = 64;

  /** Rows of the table. */
  interface Rows extends AutoCloseable {
    /** Goes to the next one; false if there is none. */
    boolean next() throws SQLException;

    /** The query that is at the row. */
    ResultSet row();

    @Override
    void close() throws SQLException;
  }

  /** Rows that may be gone; asked when all rows of the table were seen. */
  interface Gone {
    /** Some of those that were not seen; null if there are no more. */
    @Nullable List<RowTable.Key> next() throws SQLException;
  }

  private final RowState state;
  private final RowCodec codec;
  private final Rows rows;
  private final Gone gone;
  private final boolean isPart;

  /** Whether no row is known yet, and no two have the same key. */
  private final boolean isFirst;

  /** How many rows with the same key and the same values were seen, but for the first. */
  private final Map<RowTable.Key, Integer> duplicates = new HashMap<>();

  private boolean seenAll;

  /** Distinct rows of the state that were seen. */
  private long seen;

  /** Rows that were read and not yet compared, and the hashes of their keys. */
  private final RowBytes[] ahead = new RowBytes[AHEAD];

  private final long[] highs = new long[AHEAD];
  private final long[] lows = new long[AHEAD];
  private int nextAhead;
  private int endAhead;
  private @Nullable Iterator<RowTable.Key> going;

  private Diff(
      RowState state, RowCodec codec, Rows rows, Gone gone, boolean isPart, boolean isFirst) {
    this.state = state;
    this.codec = codec;
    this.rows = rows;
    this.gone = gone;
    this.isPart = isPart;
    this.isFirst = isFirst;
    Arrays.setAll(ahead, i -> new RowBytes());
    state.nextGeneration();
  }

  /**
   * A look at a whole table.
   *
   * @param unique whether no two rows have the same key, for certain
   */
  static Diff whole(RowState state, RowCodec codec, Rows rows, boolean unique) {
    int[] part = {0};
    return new Diff(
        state,
        codec,
        rows,
        () ->
            part[0] == RowTable.parts()
                ? null
                : state.table().unseen(part[0]++, state.generation()),
        false,
        unique && state.table().size() == 0);
  }

  /**
   * A look at a part of a table, in which no two rows have the same key; that they come twice is of
   * no importance.
   */
  static Diff part(RowState state, RowCodec codec, Rows rows, Gone gone) {
    return new Diff(state, codec, rows, gone, true, false);
  }

  /**
   * Goes on until there is no room for an update, or there are changes and time is up.
   *
   * @param nanos how long to look for more
   * @return whether it is at its end
   */
  boolean fill(List<Change> out, int most, long nanos) throws SQLException, IOException {
    long start = System.nanoTime();
    while (out.size() + 2 <= most) {
      boolean isAtGroup = nextAhead == endAhead && (going == null || !going.hasNext());
      if (isAtGroup && !out.isEmpty() && System.nanoTime() - start >= nanos) {
        return false;
      }
      if (!seenAll) {
        if (nextAhead == endAhead) {
          readAhead();
          seenAll = endAhead == 0;
        } else {
          take(nextAhead++, out);
        }
      } else if (going != null && going.hasNext()) {
        out.add(codec.change(Change.Kind.DELETE, state.remove(going.next())));
      } else {
        List<RowTable.Key> next = seen == state.table().size() ? null : gone.next();
        if (next == null) {
          return true;
        }
        going = next.iterator();
      }
    }
    return false;
  }

  private void readAhead() throws SQLException {
    SipHash hash = state.hash();
    nextAhead = 0;
    endAhead = 0;
    while (endAhead < AHEAD && rows.next()) {
      RowBytes row = ahead[endAhead];
      codec.read(rows.row(), row);
      highs[endAhead] = codec.hashKey(hash, row);
      lows[endAhead] = hash.second();
      endAhead++;
    }
    if (!isFirst) {
      state.table().prepare(highs, lows, endAhead);
    }
  }

  private void take(int index, List<Change> out) throws IOException {
    RowBytes row = ahead[index];
    SipHash hash = state.hash();
    long high = highs[index];
    long low = lows[index];
    if (isFirst) {
      seen++;
      state.append(high, low, hash.hash(row.bytes(), row.length()), row);
      out.add(codec.change(Change.Kind.INSERT, row.bytes()));
      return;
    }
    RowTable table = state.table();
    boolean known = table.find(high, low);
    boolean again = known && table.generation() == state.generation();
    if (again && isPart) {
      return;
    }
    seen++;
    if (again) {
      duplicate(row, out);
      return;
    }
    long values = hash.hash(row.bytes(), row.length());
    if (!known) {
      state.insert(high, low, values, row);
      out.add(codec.change(Change.Kind.INSERT, row.bytes()));
    } else if (table.hash() == values) {
      state.seen();
    } else {
      codec.update(state.replace(high, low, values, row), row.bytes(), out);
    }
  }

  /** A row whose key another one has is known by its values. */
  private void duplicate(RowBytes row, List<Change> out) throws IOException {
    SipHash hash = state.hash();
    RowCodec.setDuplicate(row);
    long values = hash.hash(row.bytes(), row.length());
    RowTable.Key same = new RowTable.Key(values, hash.second());
    int number = duplicates.merge(same, 1, Integer::sum);
    RowBytes own =
        codec.key(row).add(DUPLICATE).add(same.high()).add(same.low()).add((long) number);
    long high = hash.hash(own.bytes(), own.length());
    long low = hash.second();
    if (state.table().find(high, low)) {
      state.seen();
    } else {
      state.insert(high, low, values, row);
      out.add(codec.change(Change.Kind.INSERT, row.bytes()));
    }
  }

  @Override
  public void close() throws SQLException {
    rows.close();
  }
}
