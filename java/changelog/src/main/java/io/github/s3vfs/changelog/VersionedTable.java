package io.github.s3vfs.changelog;

import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.transfer.S3Databases;
import io.github.s3vfs.transfer.VersionPages;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A table of a database on S3 that keeps its versions: between two of them only those parts are
 * compared that lie on pages which are not the same. Not thread-safe.
 */
final class VersionedTable {
  private static final Logger LOG = LoggerFactory.getLogger(VersionedTable.class);

  /** More changed pages than that are not told apart. */
  private static final int MOST_PAGES = 1 << 16;

  /** So many keys are handed on at a time. */
  private static final int KEYS = 1_000;

  private final ChangelogDatabase database;
  private final S3Databases databases;
  private final S3Location location;
  private final String table;

  /** The version that the state is as of; null if that is not known. */
  private @Nullable Known base;

  /** The version that is looked at; null if that is not known. */
  private @Nullable Known looking;

  private String restoredId = "";
  private long restoredVersion = -1;
  private @Nullable Connection old;

  /** What is known of a version. */
  private static final class Known {
    final VersionPages pages;
    @Nullable RowTree tree;

    Known(VersionPages pages) {
      this.pages = pages;
    }
  }

  private VersionedTable(
      ChangelogDatabase database, S3Databases databases, S3Location location, String table) {
    this.database = database;
    this.databases = databases;
    this.location = location;
    this.table = table;
  }

  /** The table of a connection; null if its database keeps no versions. */
  static @Nullable VersionedTable of(
      ChangelogDatabase database, Connection connection, String table) throws SQLException {
    String location = answer(connection, "PRAGMA s3_location");
    if (location == null || database.vfs().isEmpty()) {
      return null;
    }
    S3Databases databases = S3Databases.of(database.vfs().get());
    return new VersionedTable(database, databases, S3Location.parse(location), table);
  }

  /** What a pragma says; null if nobody knows it. */
  static @Nullable String answer(Connection connection, String pragma) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      if (!statement.execute(pragma)) {
        return null; // SQLite knows nothing of it
      }
      try (ResultSet row = statement.getResultSet()) {
        return row.next() ? row.getString(1) : null;
      }
    }
  }

  /** The state is as of a version. */
  void asOf(String databaseId, long version) {
    restoredId = databaseId;
    restoredVersion = version;
  }

  /** Which database the state is of; empty if that is not known. */
  String databaseId() {
    return base == null ? restoredId : base.pages.databaseId();
  }

  /** Which version the state is as of; -1 if that is not known. */
  long version() {
    return base == null ? restoredVersion : base.pages.version();
  }

  /** A transaction has begun, and reads the version that is looked at. */
  void begin(Connection connection) throws SQLException {
    String version = answer(connection, "PRAGMA s3_database_version");
    looking = null;
    try {
      if (version != null && !version.equals("0")) {
        looking = new Known(databases.version(location, Long.parseLong(version)));
        if (base == null && restoredVersion > 0) {
          Known restored = new Known(databases.version(location, restoredVersion));
          base = restored.pages.databaseId().equals(restoredId) ? restored : null;
        }
      }
    } catch (S3VfsException e) {
      LOG.debug("The whole table {} is compared: {}", table, e.getMessage());
    }
  }

  /** The look is not at its end: what the state is as of is not known any more. */
  void unfinished() {
    base = null;
    restoredVersion = -1;
    restoredId = "";
  }

  /** The state is as of the version that was looked at. */
  void looked() {
    base = looking;
    looking = null;
    closeOld();
  }

  /** A look at what has changed; null if the whole table is to be looked at. */
  @Nullable Diff part(Connection now, ReaderTable shape, RowState state, RowCodec codec)
      throws SQLException {
    Known from = base;
    Known to = looking;
    if (from == null || to == null || !shape.hasRanges() || !shape.plainKey()) {
      return null;
    }
    try {
      List<? extends RowTree.RowRange> ranges = ranges(now, from, to, shape, state);
      Connection before = old;
      if (ranges == null || before == null) {
        return null;
      }
      RangedRows gone = new RangedRows(before, shape, ranges);
      return Diff.part(
          state, codec, new RangedRows(now, shape, ranges), () -> gone(gone, state, codec));
    } catch (S3VfsException
        | SQLException
        | RowTree.NoTree
        | IllegalArgumentException // a page that there is not
            e) {
      LOG.debug("The whole table {} is compared: {}", table, e.getMessage());
      closeOld();
      return null;
    }
  }

  private @Nullable List<? extends RowTree.RowRange> ranges(
      Connection now, Known from, Known to, ReaderTable shape, RowState state)
      throws SQLException, RowTree.NoTree {
    long[] changed = to.pages.changedSince(from.pages, MOST_PAGES).orElse(null);
    if (changed == null) {
      return null;
    }
    closeOld();
    Connection before = database.connectReadOnly("&version=" + from.pages.version());
    old = before;
    String schema = "PRAGMA main.schema_version";
    if (!String.valueOf(answer(now, schema)).equals(answer(before, schema))) {
      return null;
    }
    int pageSize = to.pages.pageSize();
    // A row that is all on one page cannot be changed on others.
    long most = SqlitePage.most(pageSize - 255, shape.rowid() != null);
    boolean small = shape.whole() && shape.utf8() && state.longestRow() + 16 < most;
    if (!small
        && !OverflowPages.explains(to.pages::page, pageSize, to.pages.pageCount(), changed)) {
      return null;
    }
    RowTree tree = from.tree;
    if (tree == null) {
      tree = read(from.pages, before, shape, null, changed);
    }
    RowTree newer = read(to.pages, now, shape, tree, changed);
    to.tree = newer;
    return newer.rangesChangedFrom(tree, changed);
  }

  private RowTree read(
      VersionPages pages,
      Connection connection,
      ReaderTable shape,
      @Nullable RowTree before,
      long[] changed)
      throws SQLException, RowTree.NoTree {
    long root = root(connection);
    return shape.rowid() != null
        ? TableTree.read(of(pages), root, (TableTree) before, changed)
        : KeyTree.read(
            of(pages),
            root,
            pages.pageSize() - (pages.page(1)[20] & 0xff),
            shape.primaryKey().size(),
            (KeyTree) before,
            changed);
  }

  private static RowTree.Pages of(VersionPages pages) {
    return new RowTree.Pages() {
      @Override
      public byte[] page(long number) {
        return pages.page(number);
      }

      @Override
      public void prefetch(long[] numbers) {
        pages.prefetch(numbers);
      }
    };
  }

  private long root(Connection connection) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT rootpage FROM main.sqlite_schema"
                + " WHERE type = 'table' AND name = ? COLLATE NOCASE")) {
      statement.setString(1, table);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? row.getLong(1) : 0;
      }
    }
  }

  private static @Nullable List<RowTable.Key> gone(RangedRows rows, RowState state, RowCodec codec)
      throws SQLException {
    Set<RowTable.Key> keys = new LinkedHashSet<>(); // ranges may overlap
    RowBytes row = new RowBytes();
    while (keys.size() < KEYS) {
      if (!rows.next()) {
        return keys.isEmpty() ? null : List.copyOf(keys);
      }
      codec.read(rows.row(), row);
      long high = codec.hashKey(state.hash(), row);
      long low = state.hash().second();
      RowTable known = state.table();
      if (known.find(high, low) && known.generation() != state.generation()) {
        keys.add(new RowTable.Key(high, low));
      }
    }
    return List.copyOf(keys);
  }

  private void closeOld() {
    Connection open = old;
    old = null;
    try {
      if (open != null) {
        open.close();
      }
    } catch (SQLException e) {
      LOG.debug("Cannot close a connection", e);
    }
  }

  /** Closes what it has open. */
  void close() {
    closeOld();
    looking = null;
  }
}
