package io.github.s3vfs.changelog;

import io.github.s3vfs.changelog.ChangelogException.Kind;
import java.sql.SQLException;
import java.util.List;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Failures of the database as those of this package. */
final class Failing {
  private Failing() {}

  /** The failure. */
  static ChangelogException of(ChangelogDatabase database, SQLException e) {
    int code = code(e);
    Kind kind =
        switch (code) {
          case 5, 6 -> Kind.BUSY;
          case 14 -> Kind.OPEN_FAILED;
          case 19 -> Kind.CONSTRAINT;
          case 26 -> Kind.NOT_A_DATABASE;
          default -> moved(e) ? Kind.DATABASE_GONE : Kind.DATABASE_FAILED;
        };
    return new ChangelogException(kind, List.of(), database + ": " + e.getMessage(), e);
  }

  /** Whether another writer was faster, and the transaction is to be begun again. */
  static boolean lost(SQLException e) {
    return e instanceof SQLiteException s
        && s.getResultCode() == SQLiteErrorCode.SQLITE_BUSY_SNAPSHOT;
  }

  /** Whether the file that is open is not the one of that name any more. */
  private static boolean moved(SQLException e) {
    return e instanceof SQLiteException s
        && s.getResultCode() == SQLiteErrorCode.SQLITE_READONLY_DBMOVED;
  }

  /** SQLite's primary result code. */
  private static int code(SQLException e) {
    return (e instanceof SQLiteException s ? s.getResultCode().code : e.getErrorCode()) & 0xff;
  }
}
