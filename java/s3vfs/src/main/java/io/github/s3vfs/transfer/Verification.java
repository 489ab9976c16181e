package io.github.s3vfs.transfer;

import io.github.s3vfs.Layout;
import io.github.s3vfs.S3Location;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a check of a database has found. Immutable.
 *
 * @param location where the database is
 * @param layout how it is stored
 * @param versions how many were checked; 1 in the layout {@code blocks}
 * @param objects how many were looked at
 * @param bytes of objects that were read for it, beside what SQLite's own check reads
 * @param damage all that is not as it was stored; empty if the database is intact
 */
public record Verification(
    S3Location location,
    Layout layout,
    long versions,
    long objects,
    long bytes,
    List<Damage> damage) {

  /** Copies the list. */
  public Verification {
    damage = List.copyOf(damage);
  }

  /**
   * Something that is not as it was stored.
   *
   * @param object the object, as in {@code s3://bucket/key}; null for what SQLite's {@code PRAGMA
   *     integrity_check} says, which knows no objects
   * @param message a sentence that names it
   */
  public record Damage(@Nullable String object, String message) {}

  /** Hears how far a check is. Called by the thread that checks. */
  @FunctionalInterface
  public interface Progress {
    /**
     * Something was read, or more to read was found.
     *
     * @param done how many bytes of objects were looked at
     * @param known how many there are to look at as far as is known; it may grow
     */
    void at(long done, long known);
  }

  /**
   * Whether there is no damage.
   *
   * @return true if the database is as it was stored
   */
  public boolean isIntact() {
    return damage.isEmpty();
  }
}
