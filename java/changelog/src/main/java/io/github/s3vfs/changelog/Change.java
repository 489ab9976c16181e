package io.github.s3vfs.changelog;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One change of a table.
 *
 * @param kind what has happened
 * @param key what identifies the row: the values of the key's columns, or the rowid
 * @param row the values; of a row that went, those that were last told
 * @param duplicate whether another row has the same key: then each column of the key has an error
 *     that names the key
 */
public record Change(Kind kind, List<@Nullable Object> key, Row row, boolean duplicate) {

  /** What has happened to a row. */
  public enum Kind {
    /** It is there. */
    INSERT(1),
    /** It was changed, and this is how it was. The next change is its {@link #UPDATE_AFTER}. */
    UPDATE_BEFORE(-1),
    /** It was changed, and this is how it is. */
    UPDATE_AFTER(1),
    /** It is not there any more. */
    DELETE(-1);

    private final int diff;

    Kind(int diff) {
      this.diff = diff;
    }

    /** 1 for a row that is there, -1 for one that is not. */
    public int diff() {
      return diff;
    }
  }
}
