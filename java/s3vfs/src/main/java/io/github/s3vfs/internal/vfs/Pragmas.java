package io.github.s3vfs.internal.vfs;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.S3VfsStats;
import io.github.s3vfs.internal.layout.Session;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The pragmas of one connection that this library answers (SQLITE_FCNTL_PRAGMA): its own, and those
 * of SQLite that would harm. Not thread-safe.
 */
final class Pragmas {
  private static final Set<String> ROLLBACK_MODES =
      Set.of("delete", "truncate", "persist", "memory", "off");

  private final S3Location location;
  private final Session session;
  private final Supplier<S3VfsStats> stats;
  private String journalMode = "delete";

  /** The most bytes to fetch ahead of a reader, as far as this connection says. */
  private long readAhead = Long.MAX_VALUE;

  Pragmas(S3Location location, Session session, Supplier<S3VfsStats> stats) {
    this.location = location;
    this.session = session;
    this.stats = stats;
  }

  /**
   * The pragma's result, or null to let SQLite process it.
   *
   * @param locked whether the connection has a lock
   */
  @Nullable String answer(String name, @Nullable String argument, boolean locked) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "locking_mode" -> "exclusive".equalsIgnoreCase(argument) ? "normal" : null;
      case "journal_mode" ->
          journalMode(argument == null ? "" : argument.toLowerCase(Locale.ROOT), locked);
      case "s3_version" -> version();
      case "s3_database_version" -> String.valueOf(session.version());
      case "s3_stats" -> stats.get().toString();
      case "s3_location" -> "s3://" + location.bucket() + "/" + location.key();
      case "s3_read_ahead_bytes" -> readAhead(argument);
      case "s3_refresh" -> {
        session.refresh();
        yield "ok";
      }
      default -> null;
    };
  }

  /**
   * SQLite answers WAL by the mode that stays in force, but under locking_mode=EXCLUSIVE, which a
   * database has from another one that it was attached to. Its lock is then kept.
   */
  private @Nullable String journalMode(String mode, boolean locked) {
    if (mode.equals("wal")) {
      return locked ? journalMode : null;
    }
    if (ROLLBACK_MODES.contains(mode)) {
      journalMode = mode;
    }
    return null;
  }

  private String readAhead(@Nullable String argument) {
    if (argument != null) {
      if (!argument.matches("[0-9]{1,18}")) {
        throw new S3VfsException(
            ErrorKind.INVALID,
            location + ": s3_read_ahead_bytes=" + argument + " is not a number of bytes");
      }
      readAhead = Long.parseLong(argument);
    }
    return String.valueOf(session.limitReadAhead(readAhead));
  }

  /** Of the jar; "development" where there is none. */
  private static String version() {
    String version = Pragmas.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
