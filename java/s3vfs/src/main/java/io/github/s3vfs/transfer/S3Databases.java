package io.github.s3vfs.transfer;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.Layout;
import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.ChunksInputStream;
import io.github.s3vfs.internal.layout.Session;
import io.github.s3vfs.internal.vfs.SharedDatabase;
import io.github.s3vfs.internal.vfs.Vfs;
import io.github.s3vfs.internal.vfs.VfsRegistry;
import io.github.s3vfs.jdbc.S3VfsDriver;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Properties;

/**
 * Whole databases of one VFS: out as regular SQLite files, in from them, deleted, listed. Works
 * beside open connections under SQLite's locks. Thread-safe.
 */
public final class S3Databases {
  private final String vfsName;
  private final S3Objects objects;

  private S3Databases(String vfsName, S3Objects objects) {
    this.vfsName = vfsName;
    this.objects = objects;
  }

  /**
   * The databases that a VFS can reach.
   *
   * @param vfs stays the caller's to close; from then on every method here fails with {@code
   *     CLOSED}
   * @return the databases
   */
  public static S3Databases of(S3Vfs vfs) {
    return new S3Databases(vfs.name(), S3Objects.of(vfs));
  }

  private Vfs vfs() {
    Vfs vfs = VfsRegistry.find(vfsName);
    if (vfs == null) {
      throw new S3VfsException(ErrorKind.CLOSED, "the VFS '" + vfsName + "' was closed");
    }
    return vfs;
  }

  /**
   * Begins to read a database as the regular SQLite file: page for page the same, and exactly as
   * long. A transaction that another process left unfinished is rolled back first.
   *
   * @param location where the database is
   * @return to be closed, or read to its end
   * @throws S3VfsException {@code NOT_FOUND} if there is no database; or what S3 failed with
   */
  public SerializedDatabase serialize(S3Location location) {
    Connection transaction = beginRead(location);
    try {
      // The transaction has brought the volume up to date, and keeps it in use.
      try (SharedDatabase database = vfs().acquire(location)) {
        return new SerializedDatabase(
            database.volume().content(), () -> end(transaction), location, objects);
      }
    } catch (S3VfsException e) {
      end(transaction);
      throw e;
    }
  }

  /** A connection in a read transaction, for SQLite's locks and its recovery. */
  private Connection beginRead(S3Location location) {
    try {
      Connection connection =
          new S3VfsDriver().connect(url(location) + "&mode=rw", new Properties());
      if (connection == null) {
        throw new S3VfsException(ErrorKind.CLOSED, "the VFS '" + vfsName + "' was closed");
      }
      try (Statement statement = connection.createStatement()) {
        statement.execute("BEGIN");
        statement.execute("SELECT count(*) FROM sqlite_schema");
        return connection;
      } catch (SQLException e) {
        end(connection);
        throw e;
      }
    } catch (SQLException e) {
      throw e.getCause() instanceof S3VfsException s
          ? s
          : new S3VfsException(ErrorKind.INTERNAL, location + ": " + e.getMessage(), e);
    }
  }

  private String url(S3Location location) {
    String path = vfs().config().bucket() == null ? "/" + location.path() : location.key();
    String encoded =
        URLEncoder.encode(path, StandardCharsets.UTF_8).replace("+", "%20").replace("%2F", "/");
    return "jdbc:sqlite:file:" + encoded + "?vfs=" + vfsName;
  }

  private static void end(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new S3VfsException(ErrorKind.INTERNAL, "cannot end a read transaction: " + e, e);
    }
  }

  /**
   * Replaces a database, or creates it, with the content of a regular SQLite file. A header that
   * asks for WAL is turned into one for a rollback journal.
   *
   * <p>In the layout {@code snapshot} this is one commit: readers see the old database or the new
   * one, and the old one stays whatever fails. In the layout {@code blocks} the input is first
   * copied to a temporary file and checked where a database is there already, so that a bad one
   * costs nothing; a failure of S3 or of this process in the middle leaves no database, for the old
   * one is gone by then.
   *
   * @param location where the database is, or is to be
   * @param content read to its end, not closed
   * @throws S3VfsException {@code INVALID} if it is not a whole SQLite database, {@code BUSY} if a
   *     connection of this process holds a lock
   * @throws IOException what the input failed with
   */
  public void deserialize(S3Location location, InputStream content) throws IOException {
    try (SharedDatabase database = vfs().acquire(location)) {
      database.exclusively(
          () -> {
            CheckedDatabaseStream checked = new CheckedDatabaseStream(content);
            boolean lost; // what is there now, if the input fails half-way
            try (Session session = database.volume().connect(false, Duration.ZERO)) {
              lost = session.size() > 0 && !database.volume().replacesAtOnce();
            } catch (S3VfsException e) {
              lost = damaged(e);
            }
            if (lost) {
              replaceChecked(database, checked);
            } else {
              database.volume().replace(checked);
            }
          });
    }
  }

  /** A damaged database may be replaced; for any other failure there is no sense in going on. */
  private static boolean damaged(S3VfsException e) {
    if (e.kind() != ErrorKind.CORRUPT) {
      throw e;
    }
    return true;
  }

  private static void replaceChecked(SharedDatabase database, InputStream checked)
      throws IOException {
    Path copy = Files.createTempFile("s3vfs-deserialize-", ".sqlite");
    try {
      Files.copy(checked, copy, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      try (InputStream in = new BufferedInputStream(Files.newInputStream(copy))) {
        database.volume().replace(in);
      }
    } finally {
      Files.deleteIfExists(copy);
    }
  }

  /**
   * As {@link #deserialize(S3Location, InputStream)}, from chunks.
   *
   * @param location where the database is, or is to be
   * @param content chunks in any sizes, empty ones too
   * @throws S3VfsException as there
   * @throws IOException what the input failed with
   */
  public void deserialize(S3Location location, Iterable<byte[]> content) throws IOException {
    deserialize(location, new ChunksInputStream(content.iterator(), () -> {}));
  }

  /**
   * As {@link #deserialize(S3Location, InputStream)}, from a local file.
   *
   * @param location where the database is, or is to be
   * @param file is only read
   * @throws S3VfsException as there, and as {@link #open(Path)}
   * @throws IOException if the file cannot be read
   */
  public void deserialize(S3Location location, Path file) throws IOException {
    try (InputStream in = open(file)) {
      deserialize(location, in);
    }
  }

  /**
   * The content of a local SQLite file, for {@code deserialize}.
   *
   * @param file is only read; nobody may write to it until that is done
   * @return to be closed by the caller
   * @throws S3VfsException {@code INVALID} if there is more to the database than the file: a
   *     write-ahead log that is not empty ({@code -wal}), or the journal of a transaction that has
   *     not ended ({@code -journal}), beside it
   * @throws IOException if the file cannot be read
   */
  public static InputStream open(Path file) throws IOException {
    return LocalDatabaseFile.open(file);
  }

  /**
   * As {@link #deserialize(S3Location, InputStream)}, from an S3 object, which is read in parallel
   * ranges of one version of it.
   *
   * @param location where the database is, or is to be
   * @param source the object
   * @param options how it is read; all of it, unless they say otherwise
   * @throws S3VfsException as there; {@code NOT_FOUND} if there is no such object, {@code CONFLICT}
   *     if it was replaced while it was read
   */
  public void deserialize(S3Location location, ObjectLocation source, ReadOptions options) {
    try (ObjectReader in = objects.open(source, options)) {
      deserialize(location, in);
    } catch (IOException e) {
      throw StreamFailure.cause(e, source.toString());
    }
  }

  /**
   * Makes a database where there is none, with the content of a regular SQLite file, as {@link
   * #deserialize(S3Location, InputStream)} does. One that is there is never replaced, nor one that
   * somebody makes meanwhile: one of the two fails.
   *
   * @param location where it is to be
   * @param content read to its end, not closed; nothing is read of it if there is a database
   *     already
   * @throws S3VfsException {@code CONFLICT} if there is a database, {@code BUSY} if another process
   *     is making one, {@code INVALID} if the input is not a whole SQLite database; or what S3
   *     failed with
   * @throws IOException what the input failed with
   */
  public void deserializeNew(S3Location location, InputStream content) throws IOException {
    try (SharedDatabase database = vfs().acquire(location)) {
      refuseIfThere(database, location);
      create(database, content);
    }
  }

  /**
   * As {@link #deserializeNew(S3Location, InputStream)}, from a local file.
   *
   * @param location where it is to be
   * @param file is only read
   * @throws S3VfsException as there, and as {@link #open(Path)}
   * @throws IOException if the file cannot be read
   */
  public void deserializeNew(S3Location location, Path file) throws IOException {
    try (InputStream in = open(file)) {
      deserializeNew(location, in);
    }
  }

  /**
   * As {@link #deserializeNew(S3Location, InputStream)}, from an S3 object, which is read in
   * parallel ranges of one version of it.
   *
   * @param location where it is to be
   * @param source the object
   * @param options how it is read; all of it, unless they say otherwise
   * @throws S3VfsException as there; {@code NOT_FOUND} if there is no such object, {@code CONFLICT}
   *     also if it was replaced while it was read
   */
  public void deserializeNew(S3Location location, ObjectLocation source, ReadOptions options) {
    try (ObjectReader in = objects.open(source, options)) {
      deserializeNew(location, in);
    } catch (IOException e) {
      throw StreamFailure.cause(e, source.toString());
    }
  }

  private static void refuseIfThere(SharedDatabase database, S3Location location) {
    if (isThere(database, false)) {
      throw new S3VfsException(
          ErrorKind.CONFLICT, "there is a database at " + location + " already");
    }
  }

  private static void create(SharedDatabase database, InputStream content) throws IOException {
    database.exclusively(() -> database.volume().create(new CheckedDatabaseStream(content)));
  }

  /**
   * Copies a database, as of its newest state. Processes may write to it meanwhile. The copy has a
   * history of its own, that begins with it.
   *
   * <p>From {@code snapshot} to a place where there is no database, and if the copy has that layout
   * too, the store copies the segments, and only the head and what says where pages are go through
   * this process. Otherwise, and where the store refuses to copy, everything does.
   *
   * @param from where it is
   * @param to where the copy is to be, in the layout that the settings choose for new databases
   * @param replace whether a database that is there is replaced, as {@link #deserialize(S3Location,
   *     InputStream)} does; otherwise it is refused
   * @throws S3VfsException {@code NOT_FOUND} if there is no database, {@code CONFLICT} if there is
   *     one at the target and it is not to be replaced, {@code BUSY} if another process is making
   *     one, {@code INVALID} if both are the same; or as {@code deserialize}
   */
  public void copy(S3Location from, S3Location to, boolean replace) {
    copy(from, to, replace, TransferProgress.NONE);
  }

  /**
   * As {@link #copy(S3Location, S3Location, boolean)}.
   *
   * @param progress hears how much of the SQLite file has gone through this process, if that is
   *     what is done
   */
  public void copy(S3Location from, S3Location to, boolean replace, TransferProgress progress) {
    if (from.equals(to)) {
      throw new S3VfsException(ErrorKind.INVALID, from + " cannot be copied to itself");
    }
    try (SharedDatabase target = vfs().acquire(to)) {
      if (!replace) {
        refuseIfThere(target, to);
      }
      boolean there = replace && isThere(target, true);
      if (!there && copyByStore(from, target, to.bucket())) {
        return;
      }
      try (SerializedDatabase source = serialize(from);
          InputStream content = reported(source, progress)) {
        if (replace) {
          deserialize(to, content);
        } else {
          create(target, content);
        }
      }
    } catch (IOException e) {
      throw StreamFailure.cause(e, to.toString());
    }
  }

  private static InputStream reported(SerializedDatabase source, TransferProgress progress) {
    Iterator<byte[]> chunks = source.iterator();
    return new ChunksInputStream(
        new Iterator<>() {
          private long done;

          @Override
          public boolean hasNext() {
            return chunks.hasNext();
          }

          @Override
          public byte[] next() {
            byte[] chunk = chunks.next();
            done += chunk.length;
            progress.transferred(done, -1);
            return chunk;
          }
        },
        source::close);
  }

  /** Whether there is a database; a damaged one is one where it may be replaced. */
  private static boolean isThere(SharedDatabase database, boolean mayBeDamaged) {
    try (Session session = database.volume().connect(false, Duration.ZERO)) {
      return session.size() > 0;
    } catch (S3VfsException e) {
      if (!mayBeDamaged) {
        throw e;
      }
      return damaged(e);
    }
  }

  private boolean copyByStore(S3Location from, SharedDatabase target, String bucket)
      throws IOException {
    boolean[] copied = new boolean[1];
    try (SharedDatabase source = vfs().acquire(from)) {
      target.exclusively(() -> copied[0] = target.copyFrom(source, vfs().largeObjects(bucket)));
    }
    return copied[0];
  }

  /**
   * Moves a database to another name: a {@link #copy(S3Location, S3Location, boolean) copy}, by the
   * store where that can be, and then a deletion of the old one. Between the two, other processes
   * that write to the old one wait, or get SQLITE_BUSY, so that no commit is lost. The history
   * begins anew.
   *
   * <p>It is not atomic. What fails before the copy is whole leaves the old one alone; what fails
   * behind that leaves both, or remains of the old one that are no database: compare, and delete
   * the one that is not wanted. Connections that have the old one open find no database there
   * afterwards.
   *
   * @param from where it is
   * @param to where it is to be, in the layout that the settings choose for new databases
   * @throws S3VfsException {@code NOT_FOUND} if there is no database, {@code CONFLICT} if there is
   *     one at the new place, or another process has written to the old one meanwhile, {@code BUSY}
   *     if a connection of this process holds a lock or another process writes, {@code INVALID} if
   *     both are the same; or what S3 failed with
   */
  public void rename(S3Location from, S3Location to) {
    if (from.equals(to)) {
      throw new S3VfsException(ErrorKind.INVALID, from + " cannot be renamed to itself");
    }
    end(beginRead(from)); // a transaction that was left unfinished is rolled back
    try (SharedDatabase target = vfs().acquire(to);
        SharedDatabase source = vfs().acquire(from)) {
      refuseIfThere(target, to);
      target.exclusively(
          () -> source.exclusively(() -> source.renameTo(target, vfs().largeObjects(to.bucket()))));
    } catch (IOException e) {
      throw StreamFailure.cause(e, to.toString());
    }
  }

  /**
   * Stores a database in another layout, at the same place. At any moment one of the two counts,
   * whatever becomes of this process. Other processes that write wait, or get SQLITE_BUSY; those
   * that have the database open must connect to it again.
   *
   * @param location where the database is
   * @param layout the layout it is to have
   * @return whether it was moved; false if it has that layout already
   * @throws S3VfsException {@code NOT_FOUND} if there is no database, {@code BUSY} if a connection
   *     of this process holds a lock or another process writes, or what S3 failed with
   */
  public boolean convert(S3Location location, Layout layout) {
    end(beginRead(location)); // a transaction that was left unfinished is rolled back
    boolean[] moved = new boolean[1];
    try (SharedDatabase database = vfs().acquire(location)) {
      database.exclusively(() -> moved[0] = database.convertTo(layout));
    } catch (IOException e) {
      throw new S3VfsException(ErrorKind.INTERNAL, location + ": " + e, e);
    }
    return moved[0];
  }

  /**
   * The pages of a version of a database in the layout {@code snapshot}. The number of the newest
   * one is what {@link S3Vfs#versions} begins with; that of the version which a connection's
   * transaction reads is answered by {@code PRAGMA s3_database_version}.
   *
   * @param location where the database is
   * @param version its number
   * @return its pages
   * @throws S3VfsException {@code NOT_FOUND} if there is no database, or not yet that version;
   *     {@code EXPIRED} if it is not kept any more; {@code UNSUPPORTED} if the database is in the
   *     layout {@code blocks}; or what S3 failed with
   */
  public VersionPages version(S3Location location, long version) {
    return new VersionPages(version, vfs().pages(location, version));
  }

  /**
   * Stores pages of a database in the layout {@code snapshot} anew where that makes it cheaper to
   * read, or old segments useless. Processes that commit do so by themselves now and then, unless
   * {@code upkeep} is off. Readers and writers go on meanwhile, and see nothing of it.
   *
   * @param location where the database is
   * @return how many pages were stored anew; 0 if none had to be, or if others changed the database
   *     too often meanwhile
   * @throws S3VfsException {@code NOT_FOUND} if there is no database, {@code UNSUPPORTED} if it is
   *     in the layout {@code blocks}; or what S3 failed with
   */
  public long compact(S3Location location) {
    return vfs().compact(location);
  }

  /**
   * Deletes the segments of a database in the layout {@code snapshot} that only versions need which
   * were replaced longer ago than the {@code retention} of this VFS, and what failed commits have
   * left. Processes that commit do so by themselves now and then, unless {@code upkeep} is off.
   * Readers and writers go on meanwhile; a writer that is storing its commit stores it again.
   *
   * @param location where the database is
   * @return how many segments were deleted
   * @throws S3VfsException {@code NOT_FOUND} if there is no database, {@code UNSUPPORTED} if it is
   *     in the layout {@code blocks}; or what S3 failed with
   */
  public int collect(S3Location location) {
    return vfs().collect(location);
  }

  /**
   * How a database is stored, looked at now.
   *
   * @param location where the database is
   * @return what there is
   * @throws S3VfsException {@code NOT_FOUND} if there is no database; or what S3 failed with
   */
  public DatabaseInfo info(S3Location location) {
    try (SharedDatabase database = vfs().acquire(location)) {
      database.volume().connect(true, Duration.ZERO).close();
      return DatabaseInfo.of(location, database.volume().facts());
    }
  }

  /**
   * Checks a database. In the layout {@code snapshot} everything is read that the newest version,
   * or every version that is kept, refers to, past all caches: records, page maps, and groups of
   * pages, each with its checksums. In the layout {@code blocks}, where there are no checksums, it
   * is whether every block is there and has the right length. Then SQLite's {@code PRAGMA
   * integrity_check} reads the newest version, as any connection of this VFS does.
   *
   * <p>A transaction that another process left unfinished is rolled back first. Readers and writers
   * go on meanwhile.
   *
   * @param location where the database is
   * @param allVersions whether to check all versions that are kept, or the newest one
   * @param progress hears how far it is
   * @return what was looked at, and all damage
   * @throws S3VfsException {@code NOT_FOUND} if there is no database, {@code BUSY} if it cannot be
   *     opened because another process writes; or what S3 failed with
   */
  public Verification verify(
      S3Location location, boolean allVersions, Verification.Progress progress) {
    return new DatabaseCheck(location, progress, () -> beginRead(location))
        .run(
            findings -> {
              try (SharedDatabase database = vfs().acquire(location)) {
                return database.volume().check(allVersions, findings);
              }
            });
  }

  /**
   * Deletes a database with its journal.
   *
   * @param location where the database is
   * @return whether there was one
   * @throws S3VfsException {@code BUSY} if a connection of this process holds a lock; or what S3
   *     failed with
   */
  public boolean delete(S3Location location) {
    boolean[] existed = new boolean[1];
    try (SharedDatabase database = vfs().acquire(location)) {
      database.exclusively(() -> existed[0] = database.volume().delete());
    } catch (IOException e) {
      throw new S3VfsException(ErrorKind.INTERNAL, location + ": " + e, e);
    }
    return existed[0];
  }

  /**
   * The databases whose keys begin with a prefix, sorted by key: {@code "a/b"} finds {@code a/b},
   * {@code a/b/c} and {@code a/bc}, and {@code "a/b/"} of these only {@code a/b/c}, for a request
   * or two less. What is below a database in the layout {@code blocks} is found only if the prefix
   * goes beyond that one's key.
   *
   * @param bucket its name
   * @param prefix "" for all; else a key, or the beginning of one
   * @return their locations
   * @throws S3VfsException what S3 failed with
   */
  public List<S3Location> list(String bucket, String prefix) {
    return vfs().list(bucket, prefix);
  }
}
