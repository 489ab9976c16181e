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
 * table. Rows come in the order of the rowid, or of the primary key of a table WITHOUT ROWID. A
 * scan is one read transaction. For one thread at a time.
 */
public final class TableScan implements AutoCloseable {
  private static final Pattern PINNED = Pattern.compile("[?&](version|as_of)=");

  private final ChangelogDatabase database;
  private final OpenConnection connection;
  private final RowCodec codec;
  private final boolean byRowid;
  private final ScanKey key;
  private final PreparedStatement statement;
  private final ResultSet rows;
  private final RowBytes row = new RowBytes();
  private TableRange rest;
  private List<Object> lastKey;
  private boolean closed;

  private TableScan(
      ChangelogDatabase database,
      String table,
      TableSchema schema,
      TableRange range,
      List<Object> behind,
      OpenConnection connection)
      throws SQLException {
    this.database = database;
    this.connection = connection;
    this.rest = range;
    this.lastKey = List.copyOf(behind);
    connection.execute("BEGIN");
    Connection jdbc = connection.jdbc();
    ReaderTable shape = withRowid(ReaderTable.of(jdbc, table, schema));
    byRowid = shape.byRowid();
    key = byRowid ? ScanKey.none() : ScanKey.of(jdbc, table);
    codec = new RowCodec(schema, shape);
    check(table);
    if (byRowid) {
      String rowid = shape.rowid();
      statement =
          jdbc.prepareStatement(
              shape.select() + " WHERE " + rowid + " BETWEEN ? AND ? ORDER BY " + rowid);
      statement.setLong(1, range.first());
      statement.setLong(2, range.last());
    } else {
      String select =
          key.isEmpty() ? shape.select() : key.select(table, schema, !lastKey.isEmpty());
      statement = jdbc.prepareStatement(lastKey.isEmpty() ? select + " LIMIT -1 OFFSET ?" : select);
      for (int i = 0; i < lastKey.size(); i++) {
        statement.setObject(i + 1, lastKey.get(i));
      }
      if (lastKey.isEmpty()) {
        statement.setLong(1, range.skipped());
      }
    }
    rows = statement.executeQuery();
  }

  private void check(String table) {
    if (!lastKey.isEmpty() && lastKey.size() != key.parts().size()) {
      throw new ChangelogException(
          Kind.SCHEMA_CHANGED, List.of(), "table " + table + ": has another primary key");
    }
    if (lastKey.isEmpty() && rest.skipped() > 0 && rest.version() == 0) {
      throw new ChangelogException(
          Kind.NO_ROW_IDENTITY,
          List.of(),
          "table "
              + table
              + ": has no key by which to go on behind "
              + rest.skipped()
              + " rows, which may be others now: begin again");
    }
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
   *     version is not kept any more; {@code NO_ROW_IDENTITY} if it is the rest of a table or view
   *     without rowids whose database keeps no versions: rows may have come and gone in front of it
   */
  public static TableScan open(
      ChangelogDatabase database,
      String table,
      TableSchema schema,
      TableRange range,
      Duration busyTimeout) {
    return open(database, table, schema, range, List.of(), busyTimeout);
  }

  /**
   * Opens the database, for reading, and goes on behind a row.
   *
   * @param database where the table is
   * @param table its name
   * @param schema the columns to be read
   * @param range the {@link #rest()} of another scan
   * @param lastKey the {@link #lastKey()} of that
   * @param busyTimeout how long to wait for writers
   * @return the scan
   * @throws ChangelogException as the other one; {@code NO_ROW_IDENTITY} only for views; {@code
   *     SCHEMA_CHANGED} if the table has another primary key
   */
  public static TableScan open(
      ChangelogDatabase database,
      String table,
      TableSchema schema,
      TableRange range,
      List<Object> lastKey,
      Duration busyTimeout) {
    boolean pin = range.version() > 0 && !PINNED.matcher(database.toString()).find();
    OpenConnection connection = null;
    try {
      connection =
          pin
              ? new OpenConnection(
                  database.connectReadOnly("&version=" + range.version()), false, busyTimeout)
              : database.openReadOnly(busyTimeout);
      return new TableScan(database, table, schema, range, lastKey, connection);
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
    TableRange at = rest;
    try {
      while (changes.size() < most && !at.isEmpty()) {
        if (!rows.next()) {
          at = at.behind(Long.MAX_VALUE);
          break;
        }
        codec.read(rows, row);
        Change change = codec.change(Change.Kind.INSERT, row.bytes());
        changes.add(change);
        at = byRowid ? at.behind(rowid(change)) : at.behindOne();
      }
      if (!changes.isEmpty() && !at.isEmpty()) {
        lastKey = key.values(rows);
      }
      rest = at;
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
   * The primary key of the row that was handed out last, as SQLite has it: Long, Double, String,
   * byte[]. With the {@link #rest()} it says where another scan of a table WITHOUT ROWID goes on.
   * Empty at the beginning, and of tables with rowids and views.
   */
  public List<Object> lastKey() {
    return List.copyOf(lastKey);
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
