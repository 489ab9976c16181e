package io.github.s3vfs.internal.vfs;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.Layout;
import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.Journal;
import io.github.s3vfs.internal.layout.Session;
import io.github.s3vfs.internal.layout.Volume;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Iterator;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A database of whichever layout it is stored in. What is asked first is the layout that was
 * chosen, or {@code snapshot}, whose head tells by one request. As long as a connection is open the
 * layout stays.
 */
final class DetectedVolume implements Volume {
  private final S3Location location;
  private final @Nullable Layout chosen;
  private final Layout forNew;
  private final Volume blocks;
  private final Volume snapshot;
  private final BooleanSupplier othersOpen;
  private volatile Volume current;

  /**
   * @param chosen the layout that was asked for, or null
   * @param forNew the layout of new databases if none was asked for
   * @param othersOpen whether there are connections besides the one that is being opened
   */
  DetectedVolume(
      S3Location location,
      @Nullable Layout chosen,
      Layout forNew,
      Volume blocks,
      Volume snapshot,
      BooleanSupplier othersOpen) {
    this.location = location;
    this.chosen = chosen;
    this.forNew = forNew;
    this.blocks = blocks;
    this.snapshot = snapshot;
    this.othersOpen = othersOpen;
    this.current = of(chosen == null ? forNew : chosen);
  }

  private Volume of(Layout layout) {
    return layout == Layout.BLOCKS ? blocks : snapshot;
  }

  @Override
  public synchronized Session connect(boolean mustExist, Duration maxStaleness) {
    if (othersOpen.getAsBoolean()) {
      return current.connect(mustExist, maxStaleness);
    }
    Volume first = chosen == Layout.BLOCKS ? blocks : snapshot;
    Volume second = first == blocks ? snapshot : blocks;
    Session session = first.connect(false, maxStaleness);
    Volume found = first;
    boolean done = false;
    try {
      if (!first.exists()) {
        Session other = second.connect(false, maxStaleness);
        if (second.exists() || second == of(chosen == null ? forNew : chosen)) {
          session.close();
          session = other;
          found = second;
        } else {
          other.close();
        }
      }
      if (mustExist && !found.exists()) {
        throw new S3VfsException(ErrorKind.NOT_FOUND, "there is no database at " + location);
      }
      current = found;
      done = true;
      return session;
    } finally {
      if (!done) {
        session.close();
      }
    }
  }

  /** The layout that the database has, looked at now. */
  private Volume detected() {
    connect(false, Duration.ZERO).close();
    return current;
  }

  @Override
  public boolean exists() {
    return current.exists();
  }

  @Override
  public boolean isolatesReaders() {
    return current.isolatesReaders();
  }

  @Override
  public Journal journal() {
    return current.journal();
  }

  @Override
  public Iterator<byte[]> content() {
    return current.content();
  }

  @Override
  public void replace(InputStream content) throws IOException {
    current.replace(content);
  }

  @Override
  public boolean delete() {
    return detected().delete();
  }
}
