package io.github.s3vfs.scenario;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** How a statement went while requests may have failed. */
enum Outcome {
  DONE,
  /** It has changed nothing: another connection is in the way, or its snapshot is too old. */
  BUSY,
  /** A request has failed. What the statement was to commit may be committed. */
  FAILED;

  private static final int PRIMARY = 0xff;

  /** SQLITE_IOERR_CORRUPTFS, which no fault of a request explains but an answer by half. */
  private static final int DAMAGED = SQLiteErrorCode.SQLITE_IOERR.code | 33 << 8;

  /**
   * What may explain an error.
   *
   * @param kind of the library's failure, or null
   * @param faulted whether a request has failed meanwhile
   * @param cut whether an answer has come by half lately
   * @param expired whether the version that is read was replaced longer ago than the retention
   * @param isolated whether readers see one version
   */
  record Reasons(
      @Nullable ErrorKind kind, boolean faulted, boolean cut, boolean expired, boolean isolated) {}

  /** Whether SQLite has met damage. */
  static boolean isDamage(SQLException error) {
    return code(error) == SQLiteErrorCode.SQLITE_CORRUPT;
  }

  /**
   * What an error means.
   *
   * @param error null if there was none
   * @throws AssertionError for an error that nothing explains
   */
  static Outcome of(@Nullable SQLException error, ModelledConnection by, Reasons reasons) {
    if (error == null) {
      return DONE;
    }
    SQLiteErrorCode code = code(error);
    boolean busy = (code.code & PRIMARY) == SQLiteErrorCode.SQLITE_BUSY.code;
    boolean explained = by.isOvertaken() && !reasons.isolated();
    if (busy) {
      explained =
          code == SQLiteErrorCode.SQLITE_BUSY
              || by.hasRead()
              || (reasons.isolated() && reasons.faulted());
    } else if (reasons.kind() == ErrorKind.EXPIRED) {
      explained = reasons.expired();
    } else if (reasons.kind() == ErrorKind.CORRUPT && reasons.isolated()) {
      explained = reasons.cut();
    } else if (code == SQLiteErrorCode.SQLITE_CORRUPT && reasons.isolated()) {
      explained = by.hasFailed(); // SQLite writes nothing more in a transaction that met damage
    } else if ((code.code & PRIMARY) == SQLiteErrorCode.SQLITE_IOERR.code) {
      // The failure behind it may be that of what came after it.
      boolean cut = reasons.cut() && reasons.isolated();
      explained |= (reasons.faulted() || by.hasFailed()) && (code.code != DAMAGED || cut);
    }
    assertTrue(
        explained, () -> by + " fails without a reason: " + error.getMessage() + ", " + reasons);
    return busy ? BUSY : FAILED;
  }

  private static SQLiteErrorCode code(SQLException e) {
    return e instanceof SQLiteException s ? s.getResultCode() : SQLiteErrorCode.UNKNOWN_ERROR;
  }

  /** Whether an error says that another connection is in the way. */
  static boolean isLocked(@Nullable SQLException error) {
    return error != null && code(error) == SQLiteErrorCode.SQLITE_BUSY;
  }
}
