package io.github.s3vfs.changelog;

import io.github.s3vfs.changelog.ChangelogException.Kind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Reads a table once, a part of it in each scan: {@link #ranges} says which parts, all of one
 * version of the database, so that scans in several threads or processes make one picture of the
 * table. Rows come in the order of the rowid, where there is one. A scan is one read transaction.
 * For one thread at a time.
 */
public final class TableScan implements AutoCloseable {
  private static final Pattern PINNED = Pattern.compile("[?&](version|as_of)=");

  private final ChangelogDatabase database;
  private final OpenConnection connection;
  private final RowCodec codec;
  private final boolean byRowid;
  private final PreparedStatement statement;
  private final ResultSet rows;
  private final RowBytes row = new RowBytes();
  private TableRange rest;
  private boolean closed;

  private TableScan(
      ChangelogDatabase database,
      String table,
      TableSchema schema,
      TableRange range,
      OpenConnection connection)
      throws SQLException {
    this.database = database;
    this.connection = connection;
    this.rest = range;
    connection.execute("BEGIN");
    ReaderTable shape = withRowid(ReaderTable.of(connection.jdbc(), table, schema));
    byRowid = shape.byRowid();
    codec = new RowCodec(schema, shape);
    String rowid = shape.rowid();
    if (byRowid) {
      statement =
          connection
              .jdbc()
              .prepareStatement(
                  shape.select() + " WHERE " + rowid + " BETWEEN ? AND ? ORDER BY " + rowid);
      statement.setLong(1, range.first());
      statement.setLong(2, range.last());
    } else {
      statement = connection.jdbc().prepareStatement(shape.select() + " LIMIT -1 OFFSET ?");
      statement.setLong(1, range.skipped());
    }
    rows = statement.executeQuery();
  }

  /** The same, with the rowid as the first cell, if there is one. */
  private static ReaderTable withRowid(ReaderTable shape) {
    if (shape.byRowid() || shape.rowid() == null) {
      return shape;
    }
    return new ReaderTable(
        true,
        shape.select().replaceFirst("SELECT ", "SELECT " + shape.rowid() + ", "),
        shape.rowid(),
        shape.primaryKey(),
        shape.plainKey(),
        shape.whole(),
        shape.utf8(),
        shape.affinities(),
        shape.keyCollations());
  }

  /**
   * Divides a table, as it is now, by its rowids into ranges of about the same width.
   *
   * @param database where it is
   * @param table the name of a table or view in the schema {@code main}; case does not matter
   * @param schema the columns to be read
   * @param most how many ranges at most, 1 or more
   * @param busyTimeout how long to wait for writers
   * @return one or more. It is one if the database keeps no versions (a local file, the layout
   *     {@code blocks}): then the rows are those there are when a scan begins; and if there is no
   *     rowid: a view, or a table WITHOUT ROWID
   * @throws ChangelogException as {@link ChangelogReader#open}, of what is about tables
   */
  public static List<TableRange> ranges(
      ChangelogDatabase database,
      String table,
      TableSchema schema,
      int most,
      Duration busyTimeout) {
    if (most < 1) {
      throw new IllegalArgumentException(most + " ranges");
    }
    try (OpenConnection connection = database.openReadOnly(busyTimeout)) {
      connection.execute("BEGIN");
      ReaderTable shape = ReaderTable.of(connection.jdbc(), table, schema);
      String answer = VersionedTable.answer(connection.jdbc(), "PRAGMA s3_database_version");
      long version = answer == null ? 0 : Long.parseLong(answer);
      String rowid = shape.rowid();
      return version == 0 || rowid == null
          ? List.of(TableRange.whole(version))
          : ranges(connection.jdbc(), table, rowid, version, most);
    } catch (SQLException e) {
      throw Failing.of(database, e);
    }
  }

  private static List<TableRange> ranges(
      Connection connection, String table, String rowid, long version, int most)
      throws SQLException {
    String name = "main." + Names.quoted(table);
    String query =
        "SELECT (SELECT min(%1$s) FROM %2$s), (SELECT max(%1$s) FROM %2$s)".formatted(rowid, name);
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      long first = row.getLong(1);
      boolean empty = row.wasNull();
      return empty
          ? List.of(TableRange.whole(version))
          : ranges(version, first, row.getLong(2), most);
    }
  }

  /** Divides the numbers from one to another, both included. */
  static List<TableRange> ranges(long version, long first, long last, int most) {
    List<TableRange> ranges = new ArrayList<>();
    long width = last - first; // unsigned: it may be more than a long has
    long step = Long.divideUnsigned(width, most) + 1;
    long at = 0;
    while (Long.compareUnsigned(width - at, step - 1) > 0) {
      ranges.add(new TableRange(version, first + at, first + at + step - 1, 0));
      at += step;
    }
    ranges.add(new TableRange(version, first + at, last, 0));
    return ranges;
  }

  /**
   * Opens the database, for reading, and begins.
   *
   * @param database where the table is
   * @param table its name
   * @param schema the columns to be read
   * @param range one of {@link #ranges}, or the {@link #rest()} of one
   * @param busyTimeout how long to wait for writers
   * @return the scan
   * @throws ChangelogException as {@link ChangelogReader#open}; {@code OPEN_FAILED} also if the
   *     version is not kept any more
   */
  public static TableScan open(
      ChangelogDatabase database,
      String table,
      TableSchema schema,
      TableRange range,
      Duration busyTimeout) {
    boolean pin = range.version() > 0 && !PINNED.matcher(database.toString()).find();
    OpenConnection connection = null;
    try {
      Connection jdbc =
          pin
              ? database.connectReadOnly("&version=" + range.version())
              : database.connectReadOnly();
      connection = new OpenConnection(jdbc, false, busyTimeout);
      return new TableScan(database, table, schema, range, connection);
    } catch (SQLException e) {
      OpenConnection.closeAfter(connection, e);
      throw Failing.of(database, e);
    } catch (ChangelogException e) {
      OpenConnection.closeAfter(connection, e);
      throw e;
    }
  }

  /**
   * The next rows.
   *
   * @param most how many at most, 1 or more
   * @return of the kind INSERT, with errors where values do not fit; fewer than {@code most} only
   *     at the end, then none
   * @throws ChangelogException {@code BUSY} or {@code DATABASE_FAILED}; the scan is then of no more
   *     use, and another one may go on with the {@link #rest()}
   */
  public List<Change> next(int most) {
    if (closed) {
      throw new ChangelogException(Kind.CLOSED, List.of(), "the scan was closed");
    }
    List<Change> changes = new ArrayList<>();
    try {
      while (changes.size() < most && !rest.isEmpty()) {
        if (!rows.next()) {
          rest = rest.behind(Long.MAX_VALUE);
          break;
        }
        codec.read(rows, row);
        Change change = codec.change(Change.Kind.INSERT, row.bytes());
        changes.add(change);
        rest = byRowid ? rest.behind(rowid(change)) : rest.behindOne();
      }
      return changes;
    } catch (SQLException e) {
      throw Failing.of(database, e);
    }
  }

  private static long rowid(Change change) {
    return change.key().get(0) instanceof Long rowid ? rowid : Long.MAX_VALUE;
  }

  /** What was not handed out yet; empty at the end. */
  public TableRange rest() {
    return rest;
  }

  /**
   * Ends the transaction and closes the connection. Closing again does nothing.
   *
   * @throws ChangelogException {@code DATABASE_FAILED} if that fails
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try (connection) {
      rows.close();
      statement.close();
    } catch (SQLException e) {
      throw Failing.of(database, e);
    }
  }
}
