package io.github.s3vfs.flink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.changelog.Change;
import io.github.s3vfs.changelog.TableRange;
import io.github.s3vfs.flink.SqliteSourceOptions.BadRows;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.types.DataType;
import org.apache.flink.types.Row;
import org.apache.flink.util.FlinkRuntimeException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a fetcher tells the task of a split, and of failures. */
class SplitFetcherTest {
  private static final TableRange WHOLE = new TableRange(0, Long.MIN_VALUE, Long.MAX_VALUE, 0);

  @TempDir Path directory;
  private String url = "";
  private SqliteTable table = table("jdbc:sqlite:none");

  @BeforeEach
  void create() throws Exception {
    url = "jdbc:sqlite:" + directory.resolve("db.sqlite");
    table = table(url);
    Databases.run(
        url,
        "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)",
        "INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c'), (4, x'00'), (5, 'e'), (6, 'f')");
  }

  private static SqliteTable table(String url) {
    return SqliteTable.of(
        url,
        "t",
        DataTypes.ROW(
            DataTypes.FIELD("id", DataTypes.BIGINT().notNull()),
            DataTypes.FIELD("v", DataTypes.STRING())),
        "id");
  }

  private static SqliteSourceOptions options() {
    return SqliteSourceOptions.changelog().batchSize(3).pollInterval(Duration.ofMillis(10));
  }

  private SplitReading reading(SqliteSplit split, SqliteSourceOptions options) {
    TableRange range = split.range();
    return range == null
        ? new ChangesReading(table, options, split)
        : new RangeReading(table, options, split, range);
  }

  private SplitFetcher<Row> fetcher(SplitReading reading, SqliteSourceOptions options) {
    AcceptedRows<Row> accepted =
        new AcceptedRows<>(table, new RowFormat(table.type()), BadRows.FAIL, () -> {});
    return new SplitFetcher<>(table, reading, accepted, options);
  }

  /** The next rows, when they are there. */
  private static List<Object> next(SplitFetcher<Row> fetcher) throws Exception {
    Deque<AcceptedRows.Item<Row>> items = new ArrayDeque<>();
    while (!fetcher.take(items) && !fetcher.isFinished()) {
      fetcher.available().get(Cluster.LONG.toSeconds(), TimeUnit.SECONDS);
    }
    List<Object> ids = new ArrayList<>();
    items.forEach(each -> ids.add(each.element().getField(0)));
    return ids;
  }

  /** Where it is, when the batch behind what was taken has been read. */
  private static SqliteSplit position(SplitFetcher<Row> fetcher) {
    return fetcher.position(
        ready -> {
          ByteArrayOutputStream bytes = new ByteArrayOutputStream();
          ready.forEach(
              each -> bytes.writeBytes(RowBytes.of(each.row().kind(), each.row().values())));
          return bytes.toByteArray();
        });
  }

  private static void assertBadRow(Exception failure) {
    String message = String.valueOf(failure.getMessage());
    assertTrue(message.contains("the row with key [4]: "), message);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aFetcherThatHasReadABadRowIsPartOfNoCheckpoint(boolean snapshot) throws Exception {
    // A look at the changes keeps room for the other half of an update.
    SqliteSourceOptions options = options().batchSize(snapshot ? 2 : 3);
    SqliteSplit whole = snapshot ? SqliteSplit.of(0, WHOLE) : SqliteSplit.changes();
    SqliteSplit checkpoint;
    try (SplitFetcher<Row> fetcher = fetcher(reading(whole, options), options)) {
      fetcher.available().get(Cluster.LONG.toSeconds(), TimeUnit.SECONDS);
      checkpoint = position(fetcher);
      assertEquals(2, RowBytes.read(checkpoint.pending()).size());
      assertEquals(List.of(1L, 2L), next(fetcher));
      assertBadRow(assertThrows(IOException.class, () -> next(fetcher)));
      assertBadRow(assertThrows(FlinkRuntimeException.class, () -> position(fetcher)));
    }
    try (SplitFetcher<Row> fetcher = fetcher(reading(checkpoint, options), options)) {
      assertBadRow(assertThrows(IOException.class, () -> next(fetcher)));
    }
    Databases.run(url, "UPDATE t SET v = 'd' WHERE id = 4");
    try (SplitFetcher<Row> fetcher = fetcher(reading(checkpoint, options), options)) {
      assertEquals(List.of(3L, 4L), next(fetcher));
      assertEquals(List.of(5L, 6L), next(fetcher));
    }
  }

  @Test
  void aBadRowOfASnapshotIsNamedByItsKey() throws Exception {
    Databases.run(
        url,
        "DROP TABLE t",
        "CREATE TABLE t(id, v)",
        "INSERT INTO t VALUES ('x', x'00')",
        "CREATE UNIQUE INDEX i ON t(id)");
    DataType type =
        DataTypes.ROW(
            DataTypes.FIELD("v", DataTypes.STRING()),
            DataTypes.FIELD("id", DataTypes.STRING().notNull()));
    for (boolean keyed : new boolean[] {true, false}) {
      table = keyed ? SqliteTable.of(url, "t", type, "id") : SqliteTable.of(url, "t", type);
      SqliteSplit whole = SqliteSplit.of(0, WHOLE);
      try (SplitFetcher<Row> fetcher = fetcher(reading(whole, options()), options())) {
        String failure =
            String.valueOf(assertThrows(IOException.class, () -> next(fetcher)).getMessage());
        String name = "the row with " + (keyed ? "key [x]: " : "rowid [1]: ");
        assertTrue(failure.contains(name), failure);
      }
    }
  }

  @Test
  void aTableWithoutRowidGoesOnBehindItsKey() throws Exception {
    Databases.run(
        url,
        "DROP TABLE t",
        "CREATE TABLE t(id INTEGER, v TEXT COLLATE NOCASE, PRIMARY KEY (v, id)) WITHOUT ROWID",
        "INSERT INTO t VALUES (1, 'a'), (2, 'B'), (3, 'c'), (4, 'D'), (5, 'e'), (6, 'F')");
    table =
        SqliteTable.of(
            url,
            "t",
            DataTypes.ROW(
                DataTypes.FIELD("id", DataTypes.BIGINT().notNull()),
                DataTypes.FIELD("v", DataTypes.STRING().notNull())),
            "id",
            "v");
    SqliteSourceOptions options = options().batchSize(2);
    SourceSerializers.Splits bytes = new SourceSerializers.Splits();
    SqliteSplit checkpoint;
    try (SplitFetcher<Row> fetcher = fetcher(reading(SqliteSplit.of(0, WHOLE), options), options)) {
      fetcher.available().get(Cluster.LONG.toSeconds(), TimeUnit.SECONDS);
      assertEquals(List.of(1L, 2L), next(fetcher));
      assertEquals(List.of(3L, 4L), next(fetcher));
      fetcher.available().get(Cluster.LONG.toSeconds(), TimeUnit.SECONDS);
      checkpoint = bytes.deserialize(bytes.getVersion(), bytes.serialize(position(fetcher)));
    }
    Databases.run(url, "DELETE FROM t WHERE id < 4", "INSERT INTO t VALUES (7, 'g'), (0, '')");
    List<Object> ids = new ArrayList<>();
    RowBytes.read(checkpoint.pending()).forEach(each -> ids.add(each.values().get(0)));
    try (SplitFetcher<Row> fetcher = fetcher(reading(checkpoint, options), options)) {
      while (!fetcher.isFinished()) {
        ids.addAll(next(fetcher));
      }
    }
    assertEquals(List.of(5L, 6L, 7L), ids);
  }

  @Test
  void aViewDoesNotGoOn() throws Exception {
    Databases.run(
        url,
        "ALTER TABLE t RENAME TO u",
        "CREATE VIEW t AS SELECT id, CAST(v AS TEXT) AS v FROM u");
    SqliteSplit checkpoint;
    try (SplitFetcher<Row> fetcher =
        fetcher(reading(SqliteSplit.of(0, WHOLE), options()), options())) {
      fetcher.available().get(Cluster.LONG.toSeconds(), TimeUnit.SECONDS);
      checkpoint = position(fetcher);
    }
    try (SplitFetcher<Row> fetcher = fetcher(reading(checkpoint, options()), options())) {
      String failure =
          String.valueOf(assertThrows(IOException.class, () -> next(fetcher)).getMessage());
      assertTrue(failure.contains("has no key by which to go on behind 3 rows"), failure);
    }
  }

  @Test
  void patienceMayBeLongerThanThereAreNanoseconds() throws Exception {
    Databases.run(url, "DELETE FROM t WHERE id > 2");
    SqliteSourceOptions patient =
        options().retryTimeout(Duration.ofDays(1_000_000)).busyTimeout(Duration.ofMillis(20));
    try (SplitFetcher<Row> fetcher = fetcher(reading(SqliteSplit.changes(), patient), patient)) {
      assertEquals(List.of(1L, 2L), next(fetcher));
      try (Connection other = DriverManager.getConnection(url);
          Statement statement = other.createStatement()) {
        boolean unused = statement.execute("BEGIN EXCLUSIVE");
        Thread.sleep(300);
        unused = statement.execute("INSERT INTO t VALUES (7, 'g')");
        unused = statement.execute("COMMIT");
      }
      assertEquals(List.of(7L), next(fetcher));
    }
  }

  @Test
  void aFileThatIsNoDatabaseForAMomentIsReadAgain() throws Exception {
    Databases.run(url, "DELETE FROM t WHERE id > 2");
    Path file = directory.resolve("db.sqlite");
    Path whole = Files.copy(file, directory.resolve("whole.sqlite"));
    Databases.run("jdbc:sqlite:" + whole, "INSERT INTO t VALUES (7, 'g')");
    try (SplitFetcher<Row> fetcher =
        fetcher(reading(SqliteSplit.changes(), options()), options())) {
      assertEquals(List.of(1L, 2L), next(fetcher));
      Files.writeString(file, "x".repeat(5_000));
      Thread.sleep(300);
      Files.move(whole, file, StandardCopyOption.REPLACE_EXISTING);
      assertEquals(List.of(7L), next(fetcher));
    }
  }

  @Test
  void aRangeThatWasReadToItsEndIsNotOpenedAgain() throws Exception {
    table = table("jdbc:sqlite:file:/bucket/expired?vfs=none");
    TableRange nothing = new TableRange(7, 1, 0, 0);
    SqliteSplit end = SqliteSplit.of(0, nothing).at(nothing, new byte[0], new byte[] {9});
    try (SplitFetcher<Row> fetcher = fetcher(reading(end, options()), options())) {
      assertEquals(List.of(), next(fetcher));
      assertTrue(fetcher.isFinished());
    }
  }

  /** Fails as it is told to, where nothing is expected to. */
  private static final class Failing implements SplitReading {
    private final Throwable failure;

    Failing(Throwable failure) {
      this.failure = failure;
    }

    @Override
    public List<Change> next() {
      return List.of();
    }

    @Override
    public boolean isFinished() {
      return false;
    }

    @Override
    public boolean hasBegun() {
      return true;
    }

    @Override
    public SqliteSplit position(byte[] pending) {
      return SqliteSplit.changes();
    }

    @Override
    public long stateBytes() {
      throw unchecked(failure);
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> RuntimeException unchecked(Throwable failure) throws E {
      throw (E) failure;
    }

    @Override
    public void close() {}
  }

  @Test
  void nothingEndsAFetcherInSilence() throws Exception {
    for (Throwable each :
        List.of(
            new ArithmeticException("long overflow"),
            new StackOverflowError(),
            new Throwable("nobody declares it"))) {
      try (SplitFetcher<Row> fetcher = fetcher(new Failing(each), options())) {
        IOException failure = assertThrows(IOException.class, () -> next(fetcher));
        assertSame(each, failure.getCause());
        String message = each.getMessage() == null ? each.toString() : each.getMessage();
        assertEquals("cannot read " + table + ": " + message, failure.getMessage());
        assertFalse(fetcher.isFinished());
      }
    }
  }
}
