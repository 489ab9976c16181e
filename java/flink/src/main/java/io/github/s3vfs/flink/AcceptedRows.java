package io.github.s3vfs.flink;

import io.github.s3vfs.changelog.Change;
import io.github.s3vfs.flink.SqliteSourceOptions.BadRows;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.apache.flink.types.RowKind;
import org.jspecify.annotations.Nullable;

/**
 * Makes elements of changes, and decides about those that have errors: one that is left out was
 * never there to the stream, so that an update to or from it is a row that goes or comes.
 *
 * @param <T> of the elements
 */
final class AcceptedRows<T> {
  private final SqliteTable table;
  private final ElementFormat<T> format;
  private final BadRows badRows;
  private final Runnable bad;

  /** An element, and the row that it is of. */
  record Item<T>(T element, RowBytes.Entry row) {}

  /**
   * @param bad is called for each row that is left out
   */
  AcceptedRows(SqliteTable table, ElementFormat<T> format, BadRows badRows, Runnable bad) {
    this.table = table;
    this.format = format;
    this.badRows = badRows;
    this.bad = bad;
  }

  /**
   * The elements of a batch.
   *
   * @throws IllegalArgumentException if a row has errors, and is not to be left out
   */
  Deque<Item<T>> of(List<Change> changes) {
    Deque<Item<T>> items = new ArrayDeque<>(changes.size() + 1);
    for (int i = 0; i < changes.size(); i++) {
      Change change = changes.get(i);
      if (change.kind() == Change.Kind.UPDATE_BEFORE && i + 1 < changes.size()) {
        Item<T> before = item(change, RowKind.UPDATE_BEFORE);
        Item<T> after = item(changes.get(++i), RowKind.UPDATE_AFTER);
        add(items, after == null && before != null ? of(RowKind.DELETE, before) : before);
        add(items, before == null && after != null ? of(RowKind.INSERT, after) : after);
      } else {
        add(items, item(change, kind(change)));
      }
    }
    return items;
  }

  private static <T> void add(Deque<Item<T>> items, @Nullable Item<T> item) {
    if (item != null) {
      items.add(item);
    }
  }

  private static RowKind kind(Change change) {
    return switch (change.kind()) {
      case INSERT -> RowKind.INSERT;
      case UPDATE_BEFORE -> RowKind.UPDATE_BEFORE;
      case UPDATE_AFTER -> RowKind.UPDATE_AFTER;
      case DELETE -> RowKind.DELETE;
    };
  }

  private Item<T> of(RowKind kind, Item<T> other) {
    return item(new RowBytes.Entry(kind, other.row().values()));
  }

  /**
   * The element of a row that was accepted before.
   *
   * @throws IllegalArgumentException if it does not fit the types
   */
  Item<T> item(RowBytes.Entry row) {
    return new Item<>(format.element(row.kind(), row.values()), row);
  }

  /** A snapshot's changes have the rowid as their key. */
  private List<@Nullable Object> key(Change change) {
    if (change.duplicate()) {
      return change.key(); // its row has errors in place of these
    }
    List<@Nullable Object> key = new ArrayList<>();
    for (int each : table.keyIndexes()) {
      key.add(change.row().values().get(each));
    }
    return key;
  }

  private @Nullable Item<T> item(Change change, RowKind kind) {
    try {
      if (!change.row().errors().isEmpty()) {
        throw new IllegalArgumentException(String.join("; ", change.row().errors().values()));
      }
      return item(new RowBytes.Entry(kind, change.row().values()));
    } catch (IllegalArgumentException e) {
      if (badRows == BadRows.FAIL) {
        throw new IllegalArgumentException(
            "the row with "
                + (table.key().isEmpty() ? "rowid " + change.key() : "key " + key(change))
                + ": "
                + e.getMessage()
                + "; 'scan.bad-rows' = 'skip' leaves such rows out",
            e);
      }
      bad.run();
      return null;
    }
  }
}
