package io.github.s3vfs.transfer;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.Checked;
import io.github.s3vfs.internal.layout.Findings;
import io.github.s3vfs.transfer.Verification.Damage;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/** One check of a database: of its objects, then by SQLite. Not thread-safe. */
final class DatabaseCheck {
  /** The most lines that SQLite's check answers. */
  private static final int MOST_LINES = 1000;

  private static final int SQLITE_CORRUPT = 11;
  private static final int SQLITE_NOTADB = 26;
  private static final Set<Integer> DAMAGE = Set.of(SQLITE_CORRUPT, SQLITE_NOTADB);

  private final S3Location location;
  private final Verification.Progress progress;
  private final Supplier<Connection> beginRead;
  private final List<Damage> damage = new ArrayList<>();

  /**
   * @param beginRead opens a connection in a read transaction
   */
  DatabaseCheck(
      S3Location location, Verification.Progress progress, Supplier<Connection> beginRead) {
    this.location = location;
    this.progress = progress;
    this.beginRead = beginRead;
  }

  /**
   * Checks.
   *
   * @param objects checks the objects
   */
  Verification run(Function<Findings, Checked> objects) {
    rollBack();
    Checked checked = objects.apply(new Heard());
    checkFile();
    return new Verification(
        location, checked.layout(), checked.versions(), checked.objects(), checked.bytes(), damage);
  }

  /** What another process has left unfinished. */
  private void rollBack() {
    try {
      beginRead.get().close();
    } catch (S3VfsException | SQLException e) {
      // Whether there is nothing, or something that is damaged, the check of the objects tells.
      if (!isDamage(e) && !isMissing(e)) {
        throw failure(e);
      }
    }
  }

  private static boolean isMissing(Exception e) {
    return e instanceof S3VfsException s
        && (s.kind() == ErrorKind.NOT_FOUND || s.kind() == ErrorKind.INVALID);
  }

  private static boolean isDamage(Throwable e) {
    if (e instanceof S3VfsException s && s.kind() != ErrorKind.INTERNAL) {
      return s.kind() == ErrorKind.CORRUPT;
    }
    Throwable sql = e instanceof SQLException ? e : e.getCause();
    return sql instanceof SQLException s
        && (DAMAGE.contains(s.getErrorCode() & 0xff)
            || (s.getCause() instanceof S3VfsException cause && cause.kind() == ErrorKind.CORRUPT));
  }

  private S3VfsException failure(Exception e) {
    return e instanceof S3VfsException s
        ? s
        : e.getCause() instanceof S3VfsException s
            ? s
            : new S3VfsException(ErrorKind.INTERNAL, location + ": " + e.getMessage(), e);
  }

  private void checkFile() {
    try (Connection connection = beginRead.get();
        Statement statement = connection.createStatement();
        ResultSet lines = statement.executeQuery("PRAGMA integrity_check(" + MOST_LINES + ")")) {
      while (lines.next()) {
        String line = lines.getString(1);
        if (!"ok".equals(line)) {
          damage.add(new Damage(null, location + ": integrity_check: " + line));
        }
      }
    } catch (S3VfsException | SQLException e) {
      if (!isDamage(e) && (damage.isEmpty() || !isMissing(e))) {
        throw failure(e);
      }
      if (damage.isEmpty() || e instanceof SQLException) {
        damage.add(new Damage(null, location + ": integrity_check: " + e.getMessage()));
      }
    }
  }

  /** Keeps the damage, and tells how far it is. */
  private final class Heard implements Findings {
    private long known;
    private long done;

    @Override
    public void expected(long bytes) {
      known += bytes;
      progress.at(done, known);
    }

    @Override
    public void read(long bytes) {
      done += bytes;
      progress.at(done, known);
    }

    @Override
    public void damaged(String object, String message) {
      damage.add(new Damage(object, message));
    }
  }
}
