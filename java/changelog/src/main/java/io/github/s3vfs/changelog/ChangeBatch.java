package io.github.s3vfs.changelog;

import java.util.List;

/**
 * Changes of a table, in order.
 *
 * @param changes none if nothing has changed
 * @param complete whether the table, as it was at one moment, is now what all changes until here
 *     make; false while more batches of the same look at the table are to come, and if the look has
 *     found none. The last batch of a look may have no changes of its own
 */
public record ChangeBatch(List<Change> changes, boolean complete) {

  /** Copies the changes. */
  public ChangeBatch {
    changes = List.copyOf(changes);
  }

  /** Whether nothing has changed. */
  public boolean isEmpty() {
    return changes.isEmpty();
  }
}
