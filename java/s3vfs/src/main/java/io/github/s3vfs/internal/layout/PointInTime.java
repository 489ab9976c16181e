package io.github.s3vfs.internal.layout;

import java.time.Instant;

/** Which earlier state of a database is wanted. */
public sealed interface PointInTime {
  /** A version by its number. */
  record OfVersion(long version) implements PointInTime {
    @Override
    public String toString() {
      return "version " + version;
    }
  }

  /** The version that was the newest one at a time, by the store's clock. */
  record OfTime(Instant time) implements PointInTime {
    @Override
    public String toString() {
      return "the version of " + time;
    }
  }
}
