package io.github.s3vfs.simulation;

import java.time.Instant;

/**
 * What the database was for some time.
 *
 * @param index counts them
 * @param since when it began, in simulated nanoseconds
 * @param uuid of the database; empty if there was none
 * @param time of the version, by its record
 * @param content the file
 */
@SuppressWarnings("ArrayRecordComponent") // compared by identity
record State(int index, long since, String uuid, long version, Instant time, byte[] content) {
  boolean isEmpty() {
    return content.length == 0;
  }

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return index;
  }

  @Override
  public String toString() {
    return isEmpty() ? "state " + index + " (none)" : "state " + index + " (v" + version + ")";
  }
}
