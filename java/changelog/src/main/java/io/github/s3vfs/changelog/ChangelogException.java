package io.github.s3vfs.changelog;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Why a reader or a writer cannot be made, or cannot go on. */
public final class ChangelogException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** What went wrong, and so what to do about it. */
  public enum Kind {
    /** A schema has no columns. */
    NO_COLUMNS,
    /** A schema has a column twice, but for case. */
    DUPLICATE_COLUMN,
    /** The path is a directory. */
    PATH_IS_DIRECTORY,
    /** The database cannot be opened; one that is read must be there. */
    OPEN_FAILED,
    /** The file is no SQLite database, or an encrypted one. */
    NOT_A_DATABASE,
    /** A reader's table or view is not there. */
    TABLE_NOT_FOUND,
    /** Columns of a reader's schema are not there. */
    MISSING_COLUMN,
    /** The columns of the key are not those of a PRIMARY KEY or of a full UNIQUE index. */
    READER_PRIMARY_KEY_MISMATCH,
    /** The schema has no key, and the rows no rowid: a view, or a table WITHOUT ROWID. */
    NO_ROW_IDENTITY,
    /** The schema has no key, and a column has the name of the rowid. */
    ROWID_SHADOWED,
    /** The type of a column has changed while the table was being read. */
    SCHEMA_CHANGED,
    /** The file of the database was deleted or replaced while it was open. */
    DATABASE_GONE,
    /** The state was saved by a reader of another table, schema or identity. */
    STATE_MISMATCH,
    /** The saved state is damaged. */
    STATE_CORRUPT,
    /** Another reader uses the directory of the state. */
    STATE_IN_USE,
    /** The state cannot be read or written. */
    STATE_FAILED,
    /** A writer got a key without the mode SNAPSHOT. */
    PRIMARY_KEY_WITHOUT_SNAPSHOT,
    /** A writer got no key in the mode SNAPSHOT. */
    SNAPSHOT_WITHOUT_PRIMARY_KEY,
    /** In the mode STREAM_OF_CHANGES no column may be named time or diff. */
    RESERVED_COLUMN,
    /** A column is in the key twice. */
    DUPLICATE_PRIMARY_KEY,
    /** A column of the key is not one of the schema. */
    PRIMARY_KEY_NOT_A_COLUMN,
    /** A column of the key may have NULL. */
    NULLABLE_PRIMARY_KEY,
    /** The most events of a batch must be one or more. */
    INVALID_BATCH_SIZE,
    /** A column's type has no form in SQLite: ANY. */
    UNSUPPORTED_TYPE,
    /** What is to be written to is a view. */
    DESTINATION_IS_VIEW,
    /** What is to be written to is an index or a trigger. */
    DESTINATION_IS_NOT_A_TABLE,
    /** The key is no PRIMARY KEY, and no full UNIQUE index without expressions. */
    WRITER_PRIMARY_KEY_MISMATCH,
    /** There is no table to be written to. */
    DESTINATION_TABLE_NOT_FOUND,
    /** Columns that are to be written are generated. */
    DESTINATION_COLUMN_IS_GENERATED,
    /** Columns that are to be written are not in the table. */
    DESTINATION_MISSING_COLUMN,
    /** The table has other columns that are NOT NULL and have no default. */
    DESTINATION_MISSING_REQUIRED_VALUE,
    /** Optional columns are NOT NULL in the table. */
    DESTINATION_COLUMN_REQUIRES_NON_NULL,
    /** An event has errors in place of values: it is not to be written. */
    ROW_HAS_ERRORS,
    /** A value does not fit its column's type. */
    INVALID_VALUE,
    /** A constraint of the table was violated; the batch was rolled back. */
    CONSTRAINT,
    /** Somebody else held the database for too long. To be tried again. */
    BUSY,
    /** SQLite or S3 failed; the cause says how. */
    DATABASE_FAILED,
    /** The reader or writer was closed. */
    CLOSED
  }

  private final Kind kind;
  private final transient List<String> columns;
  private @Nullable String who;

  /**
   * @param kind what went wrong
   * @param columns that it concerns
   * @param message for people
   */
  ChangelogException(Kind kind, List<String> columns, String message) {
    this(kind, columns, message, null);
  }

  ChangelogException(Kind kind, List<String> columns, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
    this.columns = List.copyOf(columns);
  }

  /** The same, with the name of the reader or writer that has failed. */
  ChangelogException of(@Nullable String name) {
    who = name;
    return this;
  }

  @Override
  public @Nullable String getMessage() {
    return who == null ? super.getMessage() : who + ": " + super.getMessage();
  }

  /** What went wrong. */
  public Kind kind() {
    return kind;
  }

  /** The columns that it concerns; none if it is about something else. */
  public List<String> columns() {
    return columns == null ? List.of() : columns;
  }
}
