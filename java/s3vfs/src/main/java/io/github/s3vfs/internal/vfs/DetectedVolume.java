package io.github.s3vfs.internal.vfs;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.Layout;
import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.Checked;
import io.github.s3vfs.internal.layout.Facts;
import io.github.s3vfs.internal.layout.Findings;
import io.github.s3vfs.internal.layout.Journal;
import io.github.s3vfs.internal.layout.PointInTime;
import io.github.s3vfs.internal.layout.Session;
import io.github.s3vfs.internal.layout.Volume;
import io.github.s3vfs.internal.layout.snapshot.SnapshotVolume;
import io.github.s3vfs.internal.store.LargeObjects;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Iterator;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
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
  private final SnapshotVolume snapshot;
  private final Predicate<Layout> isStored;
  private final BooleanSupplier othersOpen;
  private volatile Volume current;

  /**
   * @param chosen the layout that was asked for, or null
   * @param forNew the layout of new databases if none was asked for
   * @param isStored asks the store, by one request, whether there is a database of a layout
   * @param othersOpen whether there are connections besides the one that is being opened
   */
  DetectedVolume(
      S3Location location,
      @Nullable Layout chosen,
      Layout forNew,
      Volume blocks,
      SnapshotVolume snapshot,
      Predicate<Layout> isStored,
      BooleanSupplier othersOpen) {
    this.location = location;
    this.chosen = chosen;
    this.forNew = forNew;
    this.blocks = blocks;
    this.snapshot = snapshot;
    this.isStored = isStored;
    this.othersOpen = othersOpen;
    this.current = of(chosen == null ? forNew : chosen);
  }

  private Volume of(Layout layout) {
    return layout == Layout.BLOCKS ? blocks : snapshot;
  }

  @Override
  public synchronized Session connect(boolean mustExist, Duration maxStaleness) {
    if (othersOpen.getAsBoolean()) {
      Session session = current.connect(false, maxStaleness);
      if (current.exists()) {
        if (mustExist && session.size() == 0) {
          session.close();
          throw notFound();
        }
        return session;
      }
      session.close(); // it may have been made or moved elsewhere since the others were opened
    }
    Layout found = firstAsked();
    Session session;
    try {
      session = connect(found, maxStaleness);
    } catch (S3VfsException e) {
      found = whereHeadsAreNotAllowed(e);
      session = connect(found, maxStaleness);
    }
    boolean done = false;
    try {
      if (!of(found).exists() && found == firstAsked() && mayBeOther()) {
        Session other = connect(other(), maxStaleness);
        boolean taken = of(other()).exists() || (chosen == null && forNew == other());
        (taken ? session : other).close();
        if (taken) {
          session = other;
          found = other();
        }
      }
      if (mustExist && (!of(found).exists() || session.size() == 0)) {
        throw notFound();
      }
      current = of(found);
      done = true;
      return session;
    } finally {
      if (!done) {
        session.close();
      }
    }
  }

  private S3VfsException notFound() {
    return new S3VfsException(ErrorKind.NOT_FOUND, "there is no database at " + location);
  }

  /**
   * A policy that was made for blocks allows nothing else; S3 also answers 403 for a head that is
   * missing to those who may not list.
   */
  private Layout whereHeadsAreNotAllowed(S3VfsException e) {
    if (e.kind() == ErrorKind.ACCESS_DENIED && chosen == null) {
      try {
        if (isStored.test(Layout.BLOCKS)) {
          return Layout.BLOCKS;
        }
      } catch (S3VfsException again) {
        e.addSuppressed(again);
      }
    }
    throw e;
  }

  private Session connect(Layout layout, Duration maxStaleness) {
    try {
      return of(layout).connect(false, maxStaleness);
    } catch (S3VfsException e) {
      if (e.kind() == ErrorKind.CORRUPT) {
        current = of(layout); // it is there, and may be replaced or deleted
      }
      throw e;
    }
  }

  private Layout firstAsked() {
    return chosen == Layout.BLOCKS ? Layout.BLOCKS : Layout.SNAPSHOT;
  }

  private Layout other() {
    return firstAsked() == Layout.BLOCKS ? Layout.SNAPSHOT : Layout.BLOCKS;
  }

  /**
   * Whether to look for the other layout. Where none was chosen that is done in full: what is left
   * of damaged blocks must be named, and no new database be made beside it.
   */
  private boolean mayBeOther() {
    return chosen == null || isStored.test(other());
  }

  /** The layout that the database has, looked at now. */
  private Volume detected() {
    try {
      connect(false, Duration.ZERO).close();
    } catch (S3VfsException e) {
      if (e.kind() != ErrorKind.CORRUPT) {
        throw e;
      }
    }
    return current;
  }

  @Override
  public Session connectAt(PointInTime when) {
    return detected().connectAt(when);
  }

  /**
   * The volume that keeps versions.
   *
   * @throws S3VfsException {@code NOT_FOUND} if there is no database, {@code UNSUPPORTED} if it is
   *     in another layout
   */
  SnapshotVolume versioned() {
    Volume found = detected();
    if (!found.exists()) {
      throw new S3VfsException(ErrorKind.NOT_FOUND, "there is no database at " + location);
    }
    if (found != snapshot) {
      throw new S3VfsException(
          ErrorKind.UNSUPPORTED, location + ": the layout blocks keeps no versions");
    }
    return snapshot;
  }

  @Override
  public Facts facts() {
    return detected().facts();
  }

  @Override
  public Checked check(boolean allVersions, Findings findings) {
    Volume found;
    try {
      found = detected();
    } catch (S3VfsException e) {
      if (e.kind() != ErrorKind.INVALID) {
        throw e;
      }
      return checkWithoutHead(allVersions, findings, e);
    }
    return found.check(allVersions, findings);
  }

  /** Whether objects that are no blocks are segments whose head is missing. */
  private Checked checkWithoutHead(boolean allVersions, Findings findings, S3VfsException refusal) {
    try {
      return snapshot.check(allVersions, findings);
    } catch (S3VfsException e) {
      throw e.kind() == ErrorKind.NOT_FOUND ? refusal : e;
    }
  }

  @Override
  public boolean exists() {
    return current.exists();
  }

  @Override
  public boolean replacesAtOnce() {
    return current.replacesAtOnce();
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
  public void replace(InputStream content, @Nullable Runnable stored) throws IOException {
    current.replace(content, stored);
  }

  @Override
  public void create(InputStream content) throws IOException {
    current.create(content);
  }

  /**
   * Makes a database here, where none was found, of another one, without moving its pages through
   * this process.
   *
   * @param objects has the bucket of this database
   * @return false if it cannot be done so; then nothing has changed
   * @throws S3VfsException {@code CONFLICT} if there is a database here already, {@code BUSY} if
   *     another process makes one, {@code NOT_FOUND} if there is no other one
   */
  boolean copyFrom(DetectedVolume other, LargeObjects objects) {
    Volume from = other.detected();
    if (!from.exists()) {
      throw new S3VfsException(ErrorKind.NOT_FOUND, "there is no database at " + other.location);
    }
    return copyByStore(other, from, objects);
  }

  private boolean copyByStore(DetectedVolume other, Volume from, LargeObjects objects) {
    return from == other.snapshot
        && current == snapshot
        && snapshot.copyFrom(other.snapshot, objects);
  }

  @Override
  public void moveTo(Destination target, boolean samePlace) throws IOException {
    detected().moveTo(target, samePlace);
  }

  /**
   * Moves the database to another place, where none was found; its pages do not go through this
   * process where the store can copy them.
   *
   * @param objects has the bucket of the other place
   * @throws S3VfsException {@code CONFLICT} if there is a database already, {@code BUSY} if another
   *     process writes here or there, {@code NOT_FOUND} if there is none here
   */
  void renameTo(DetectedVolume place, LargeObjects objects) throws IOException {
    Volume from = detected();
    if (!from.exists()) {
      throw new S3VfsException(ErrorKind.NOT_FOUND, "there is no database at " + location);
    }
    from.moveTo(
        (content, stored) -> {
          if (!place.copyByStore(this, from, objects)) {
            place.create(content);
          }
          stored.run();
        },
        false);
  }

  /**
   * Moves the database into a layout, if it is not there already.
   *
   * @return whether it was moved
   */
  synchronized boolean convertTo(Layout layout) throws IOException {
    Volume from = detected();
    if (!from.exists()) {
      throw new S3VfsException(ErrorKind.NOT_FOUND, "there is no database at " + location);
    }
    if (from == of(layout)) {
      return false;
    }
    Volume to = of(layout);
    from.moveTo(
        (content, stored) ->
            to.replace(
                content,
                () -> {
                  stored.run();
                  current = to; // it is, whatever becomes of what is left in the other one
                }),
        true);
    return true;
  }

  /** Blocks that a deletion has left when it was cut short are to be deleted as blocks. */
  private void findRemains() {
    try {
      connect(false, Duration.ZERO).close();
    } catch (S3VfsException e) {
      if (e.kind() != ErrorKind.CORRUPT && e.kind() != ErrorKind.INVALID) {
        throw e;
      }
    }
  }

  @Override
  public long load() {
    return current.load();
  }

  @Override
  public int readersUnseen() {
    return blocks.readersUnseen() + snapshot.readersUnseen();
  }

  @Override
  public void forget() {
    blocks.forget();
    snapshot.forget();
  }

  /** Deletes what there is in either layout: a process may have died while it moved it. */
  @Override
  public boolean delete() {
    if (chosen == null) {
      findRemains();
    }
    boolean wasBlocks = (isStored.test(Layout.BLOCKS) || current == blocks) && blocks.delete();
    boolean wasSnapshot = snapshot.delete();
    return wasBlocks || wasSnapshot;
  }
}
