package io.github.s3vfs.internal.layout;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** One database's storage, shared by all connections of the process. Thread-safe. */
public interface Volume {

  /**
   * Looks at the stored database. What it learns serves the session's first read, if that comes
   * soon.
   *
   * @param mustExist whether a database that is not there is an error
   * @param maxStaleness how old the view of a new read transaction may be
   * @throws io.github.s3vfs.S3VfsException {@code NOT_FOUND} for a missing bucket or database,
   *     {@code CORRUPT} when what is stored is no SQLite database, or what the store failed with
   */
  Session connect(boolean mustExist, Duration maxStaleness);

  /**
   * Looks at an earlier state of the stored database; the session reads that and nothing else.
   *
   * @throws io.github.s3vfs.S3VfsException {@code NOT_FOUND} if there is no database or not yet
   *     that version, {@code EXPIRED} if the version is not kept any more, {@code INVALID} if the
   *     layout keeps none; or what the store failed with
   */
  Session connectAt(PointInTime when);

  /** Whether there was a database when it was last looked at. */
  boolean exists();

  /**
   * Whether a read transaction sees one version whatever is written meanwhile. If not, the caller
   * keeps readers and writers of this process apart.
   */
  boolean isolatesReaders();

  /** Whether {@link #replace} leaves the old database where it fails. */
  boolean replacesAtOnce();

  /** The rollback journal of this database. */
  Journal journal();

  /**
   * The database file from its beginning to its end, in non-empty chunks, fetched ahead in
   * parallel. The caller keeps writers of this process out until it has the last chunk.
   */
  Iterator<byte[]> content();

  /**
   * Replaces the whole database, or creates it. The caller keeps all other connections of this
   * process out.
   *
   * @param content a SQLite database in rollback mode; an exception it throws is passed on, and
   *     what was stored of a new database is removed
   */
  default void replace(InputStream content) throws IOException {
    replace(content, null);
  }

  /**
   * As the other one, for a database that comes from another layout.
   *
   * @param stored runs when everything is stored, and while other processes are still kept from
   *     writing: takes the database out of its old layout; null if it comes from elsewhere
   */
  void replace(InputStream content, @Nullable Runnable stored) throws IOException;

  /**
   * Makes a database where there is none. The caller keeps all other connections of this process
   * out.
   *
   * @param content as for {@link #replace}
   * @throws io.github.s3vfs.S3VfsException {@code CONFLICT} if there is one
   */
  void create(InputStream content) throws IOException;

  /** Where a database is moved to. */
  interface Destination {
    /**
     * Stores it.
     *
     * @param content a SQLite database in rollback mode; it need not be read
     * @param stored runs when everything is stored, and while other processes are still kept from
     *     writing: takes the database away where that must be done then
     */
    void take(InputStream content, Runnable stored) throws IOException;
  }

  /**
   * Moves the database into another layout, or to another place: it is stored there while other
   * processes are kept from writing here, and then deleted here. The caller keeps all other
   * connections of this process out.
   *
   * @param samePlace whether it stays at its place, in another layout; at any moment there is then
   *     one that counts, whatever becomes of this process
   * @throws io.github.s3vfs.S3VfsException {@code BUSY} while another process writes
   */
  void moveTo(Destination target, boolean samePlace) throws IOException;

  /**
   * Fetches the newest state of the database into memory, from its beginning as far as it fits.
   *
   * @return how many bytes of the file are there
   * @throws io.github.s3vfs.S3VfsException what the store failed with
   */
  long load();

  /**
   * How the database is stored, looked at now.
   *
   * @throws io.github.s3vfs.S3VfsException {@code NOT_FOUND} if there is none; or what the store
   *     failed with
   */
  Facts facts();

  /**
   * Reads what is stored, past all caches, and says what is damaged.
   *
   * @param allVersions whether all versions that are kept, or the newest one
   * @param findings takes the damage
   * @throws io.github.s3vfs.S3VfsException {@code NOT_FOUND} if there is no database; or what the
   *     store failed with
   */
  Checked check(boolean allVersions, Findings findings);

  /**
   * From now on each read transaction begins with {@link Session#beginRead}, until one has.
   *
   * @return how many are under way that began without, by the page cache
   */
  int readersUnseen();

  /** Gives back what it has in memory. No session is open, and none will be. */
  void forget();

  /**
   * Deletes the database with its journal. The caller keeps all other connections of this process
   * out.
   *
   * @return whether there was anything
   */
  boolean delete();
}
