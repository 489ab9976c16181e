package io.github.s3vfs.changelog;

import io.github.s3vfs.changelog.ChangelogException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The connection of a reader, and what it knows of the table: whether there may be anything new,
 * and how to look. Not thread-safe.
 */
final class TableSource {
  private final ChangelogDatabase database;
  private final String table;
  private final TableSchema schema;
  private final Duration busyTimeout;

  private @Nullable OpenConnection connection;
  private @Nullable Object fileKey;
  private @Nullable ReaderTable shape;

  /** The types that the columns had when the reader was opened. */
  private @Nullable ReaderTable first;

  private long schemaVersion;

  /** What was looked at; nothing is known if the look was not finished. */
  private @Nullable State looked;

  private boolean finished;
  private @Nullable State lookingAt;

  /**
   * What SQLite counts on a connection.
   *
   * @param dataVersion changes that others commit
   * @param ownChanges rows that it has changed itself, for somebody else who has it, too
   * @param schemaVersion changes of the schema, of others and its own
   */
  private record State(long dataVersion, long ownChanges, long schemaVersion) {
    static State of(OpenConnection connection) throws SQLException {
      return new State(
          connection.number("PRAGMA main.data_version"),
          connection.number("SELECT total_changes()"),
          connection.number("PRAGMA main.schema_version"));
    }
  }

  /** Null if the database keeps no versions. */
  private @Nullable VersionedTable versions;

  private boolean sawPart;

  TableSource(ChangelogDatabase database, String table, TableSchema schema, Duration busyTimeout) {
    this.database = database;
    this.table = table;
    this.schema = schema;
    this.busyTimeout = busyTimeout;
  }

  ChangelogDatabase database() {
    return database;
  }

  /** What a saved state says of itself. */
  void asOf(String databaseId, long version) {
    if (versions != null) {
      versions.asOf(databaseId, version);
    }
  }

  /** How rows are read, and told of. */
  RowCodec codec() {
    return new RowCodec(schema, Objects.requireNonNull(shape));
  }

  /** Which database on S3 the state is of; empty if that is not known. */
  String databaseId() {
    return versions == null ? "" : versions.databaseId();
  }

  /** Which version the state is as of; -1 if that is not known. */
  long version() {
    return versions == null ? -1 : versions.version();
  }

  /** Whether the last look was at a part of the table. */
  boolean sawPart() {
    return sawPart;
  }

  /** Opens a connection, and checks the table. */
  void connect() throws SQLException {
    fileKey = fileKey();
    OpenConnection opened = database.openReadOnly(busyTimeout);
    connection = opened;
    finished = false;
    schemaVersion = opened.number("PRAGMA main.schema_version");
    check(opened);
    if (versions == null) {
      versions = VersionedTable.of(database, opened.jdbc(), table);
    }
  }

  private void check(OpenConnection opened) throws SQLException {
    ReaderTable now = ReaderTable.of(opened.jdbc(), table, schema);
    if (first == null) {
      first = now;
    }
    now.checkSameTypes(first, table, schema);
    shape = now;
  }

  /** Which file it is, or null if that cannot be told. */
  private @Nullable Object fileKey() {
    Path file = database.file();
    try {
      return file == null ? null : Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    } catch (IOException e) {
      if (connection == null && first == null) {
        return null; // SQLite says what is wrong
      }
      throw new ChangelogException(Kind.DATABASE_GONE, List.of(), file + " is gone", e);
    }
  }

  /** Begins a look at the table, in a transaction; null if nothing has changed since the last. */
  @Nullable Diff look(RowState rows) throws SQLException {
    if (connection != null && !Objects.equals(fileKey, fileKey())) {
      disconnect(); // it was deleted and made again
    }
    if (connection == null) {
      connect();
    }
    OpenConnection at = Objects.requireNonNull(connection);
    at.execute("BEGIN");
    State state = State.of(at);
    lookingAt = state;
    if (finished && state.equals(looked)) {
      at.execute("COMMIT");
      return null;
    }
    finished = false;
    if (state.schemaVersion() != schemaVersion) {
      check(at);
      schemaVersion = state.schemaVersion();
    }
    ReaderTable now = Objects.requireNonNull(shape);
    RowCodec codec = codec();
    Diff part = null;
    if (versions != null) {
      versions.begin(at.jdbc());
      part = versions.part(at.jdbc(), now, rows, codec);
      versions.unfinished();
    }
    sawPart = part != null;
    return part != null
        ? part
        : Diff.whole(rows, codec, WholeTable.of(at.jdbc(), now.select()), now.plainKey());
  }

  /** The look is at its end. */
  void looked() throws SQLException {
    Objects.requireNonNull(connection).execute("COMMIT");
    looked = lookingAt;
    finished = true;
    if (versions != null) {
      versions.looked();
    }
  }

  /** Closes the connection; the next look opens one. */
  void disconnect() {
    OpenConnection open = connection;
    connection = null;
    finished = false;
    if (versions != null) {
      versions.close();
    }
    try {
      if (open != null) {
        open.close();
      }
    } catch (SQLException e) {
      // it is of no more use
    }
  }

  /** All rows of a table. */
  private record WholeTable(Statement statement, ResultSet row) implements Diff.Rows {
    static WholeTable of(Connection connection, String select) throws SQLException {
      Statement statement = connection.createStatement();
      return new WholeTable(statement, statement.executeQuery(select));
    }

    @Override
    public boolean next() throws SQLException {
      return row.next();
    }

    @Override
    public void close() throws SQLException {
      statement.close();
    }
  }
}
