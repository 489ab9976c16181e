package io.github.s3vfs.changelog;

import static io.github.s3vfs.changelog.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.changelog.ChangelogException.Kind;
import io.github.s3vfs.changelog.WriterOptions.InitMode;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

/** Readers and writers of connections that a data source gives. */
class DataSourceTest {
  private static final TableSchema SCHEMA =
      TableSchema.of(
          Column.key("k", LogicalType.INT),
          Column.optional("v", LogicalType.STRING),
          Column.optional("b", LogicalType.BYTES),
          Column.optional("f", LogicalType.FLOAT));
  private static final WriterOptions CREATE = WriterOptions.snapshot().init(InitMode.CREATE);

  @TempDir Path directory;

  private String url() {
    return "jdbc:sqlite:" + directory.resolve("db.sqlite");
  }

  /** A data source with one method. */
  private interface Source {
    Connection connection() throws SQLException;
  }

  private static DataSource of(Source source) {
    return proxy(
        DataSource.class,
        (method, arguments) -> {
          assertEquals("getConnection", method);
          return source.connection();
        });
  }

  private interface Call {
    @Nullable Object call(String method, Object @Nullable [] arguments) throws Throwable;
  }

  private static <T> T proxy(Class<T> type, Call call) {
    return type.cast(
        Proxy.newProxyInstance(
            DataSourceTest.class.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> call.call(method.getName(), arguments)));
  }

  /** SQLite counts only what others commit. */
  @Test
  void whatHappensOnTheVeryConnectionIsTold() throws Exception {
    try (Connection only = DriverManager.getConnection("jdbc:sqlite::memory:")) {
      Places.run(only, "CREATE TABLE t(k INTEGER PRIMARY KEY, v TEXT, b BLOB, f REAL)");
      DataSource source = of(() -> kept(only));
      try (ChangelogReader reader =
          ChangelogReader.open(
              ChangelogDatabase.dataSource(source), "t", SCHEMA, ReaderOptions.defaults())) {
        assertEquals("", Told.text(reader));
        Places.run(only, "INSERT INTO t(k, v) VALUES (1, 'a'), (2, 'b')");
        assertEquals("+[1, a, null, null] +[2, b, null, null]", Told.text(reader));
        Places.run(only, "DELETE FROM t WHERE k = 1");
        assertEquals("-[1, a, null, null]", Told.text(reader));
        Places.run(
            only, "DROP TABLE t", "CREATE TABLE t(k INTEGER PRIMARY KEY, v TEXT, b BLOB, f REAL)");
        assertEquals("-[2, b, null, null]", Told.text(reader));
      }
    }
  }

  /** A connection that closing leaves open. */
  private static Connection kept(Connection connection) {
    return proxy(
        Connection.class,
        (method, arguments) -> {
          if (method.equals("close")) {
            return null;
          }
          for (Method each : Connection.class.getMethods()) {
            int count = arguments == null ? 0 : arguments.length;
            if (each.getName().equals(method) && each.getParameterCount() == count) {
              return each.invoke(connection, arguments);
            }
          }
          throw new AssertionError(method);
        });
  }

  @Test
  void urlsNameTheFileAsSqliteReadsThem() throws Exception {
    Path file = directory.resolve("a b#c?d%.sqlite");
    String path = directory.toUri().getRawPath() + "a%20b%23c%3Fd%25.sqlite";
    Places.sql(ChangelogDatabase.file(file), "CREATE TABLE t(k INTEGER PRIMARY KEY, v, b, f)");
    for (String url :
        List.of(
            "file:" + path,
            "file:" + path + "#x?vfs=none",
            "file://localhost" + path,
            "file://" + path,
            "file:" + path + "?cache=private#x")) {
      ChangelogDatabase database = ChangelogDatabase.url("jdbc:sqlite:" + url);
      assertEquals(file, database.file(), url);
      try (ChangelogReader reader =
          ChangelogReader.open(database, "t", SCHEMA, ReaderOptions.defaults())) {
        assertEquals("", Told.text(reader));
        assertEquals("", Told.text(reader));
      }
    }
  }

  /** As a pool does it: nothing is of a class of sqlite-jdbc, and closing gives it back. */
  private static Object wrapped(Class<?> type, Object target) {
    return Proxy.newProxyInstance(
        DataSourceTest.class.getClassLoader(),
        new Class<?>[] {type},
        (self, method, arguments) -> {
          String name = method.getName();
          if (name.equals("isWrapperFor")) {
            return false;
          }
          if (name.equals("unwrap")) {
            return ((Class<?>) arguments[0]).cast(self);
          }
          if (name.equals("close") && target instanceof Connection) {
            return null;
          }
          try {
            Object result = method.invoke(target, arguments);
            Class<?> returned = method.getReturnType();
            boolean isPart =
                Statement.class.isAssignableFrom(returned) || returned == ResultSet.class;
            return isPart && result != null ? wrapped(returned, result) : result;
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        });
  }

  @Test
  void aDataSourceOfSqliteJdbcIsReadAndWritten() throws Exception {
    SQLiteDataSource source = new SQLiteDataSource();
    source.setUrl(url());
    ChangelogDatabase database = ChangelogDatabase.dataSource(source);
    try (ChangelogWriter writer = ChangelogWriter.open(database, "t", SCHEMA, CREATE);
        ChangelogReader reader =
            ChangelogReader.open(database, "t", SCHEMA, ReaderOptions.defaults())) {
      writer.write(1, List.of(RowEvent.insert(1L, "a", new byte[] {1}, 0.5)));
      assertEquals("+[1, a, [1], 0.5]", told(reader));
      writer.write(2, List.of(RowEvent.delete(1L, "a", new byte[] {1}, 0.5)));
      assertEquals("-[1, a, [1], 0.5]", told(reader));
    }
  }

  private static String told(ChangelogReader reader) {
    List<Change> changes = Told.changes(reader);
    assertEquals(1, changes.size());
    return (changes.get(0).kind().diff() > 0 ? "+" : "-") + changes.get(0).row();
  }

  @Test
  void connectionsOfAPoolAreGivenBackAsTheyWere() throws Exception {
    try (Connection only = DriverManager.getConnection(url());
        Statement statement = only.createStatement()) {
      statement.execute("PRAGMA busy_timeout = 1234");
      ChangelogDatabase database =
          ChangelogDatabase.dataSource(of(() -> (Connection) wrapped(Connection.class, only)));
      try (ChangelogWriter writer = ChangelogWriter.open(database, "t", SCHEMA, CREATE)) {
        writer.write(
            1,
            List.of(
                RowEvent.insert(1L, "", new byte[0], 0.5),
                RowEvent.insert(2L, "\u00e4\ud83d\ude00", null, 1e300),
                RowEvent.insert(3L, null, new byte[] {0, -1}, null)));
      }
      only.setAutoCommit(false); // as some pools have it
      ChangelogReader reader =
          ChangelogReader.open(database, "t", SCHEMA, ReaderOptions.defaults().maxBatchChanges(2));
      assertEquals("[1, , [], 0.5]", reader.poll().changes().get(0).row().toString());
      reader.close(); // in the middle of a look
      assertFalse(only.getAutoCommit());
      only.setAutoCommit(true);
      statement.execute("BEGIN IMMEDIATE");
      statement.execute("COMMIT");
      try (ChangelogReader again =
          ChangelogReader.open(database, "t", SCHEMA, ReaderOptions.defaults())) {
        assertEquals(
            "[1, , [], 0.5] [2, \u00e4\ud83d\ude00, null, 1.0E300] [3, null, [0, -1], null]",
            String.join(
                " ", Told.changes(again).stream().map(each -> each.row().toString()).toList()));
      }
      try (ResultSet row = statement.executeQuery("PRAGMA busy_timeout")) {
        assertEquals(1234, row.getInt(1));
      }
    }
  }

  @Test
  void aScanGivesItsConnectionBackAsItWas() throws Exception {
    try (Connection only = DriverManager.getConnection(url());
        Statement statement = only.createStatement()) {
      Places.run(only, "CREATE TABLE t(k INTEGER PRIMARY KEY, v, b, f)");
      Places.run(only, "INSERT INTO t(k) VALUES (1), (2), (3)");
      Places.run(only, "PRAGMA busy_timeout = 1234");
      only.setAutoCommit(false);
      ChangelogDatabase database =
          ChangelogDatabase.dataSource(of(() -> (Connection) wrapped(Connection.class, only)));
      Duration timeout = Duration.ofSeconds(5);
      TableRange whole = TableScan.ranges(database, "t", SCHEMA, 1, timeout).get(0);
      TableScan scan = TableScan.open(database, "t", SCHEMA, whole, timeout);
      assertEquals(2, scan.next(2).size());
      scan.close(); // in the middle
      assertFalse(only.getAutoCommit());
      only.setAutoCommit(true);
      Places.run(only, "BEGIN IMMEDIATE", "COMMIT");
      try (ResultSet row = statement.executeQuery("PRAGMA busy_timeout")) {
        assertEquals(1234, row.getInt(1));
      }
    }
  }

  @Test
  void databasesInMemoryAreReadToo() throws Exception {
    String memory = "jdbc:sqlite:file:" + directory.getFileName() + "?mode=memory&cache=shared";
    try (Connection keeps = DriverManager.getConnection(memory)) {
      Places.run(keeps, "CREATE TABLE t(k INTEGER PRIMARY KEY, v, b, f)");
      Places.run(keeps, "INSERT INTO t VALUES (5, 'x', NULL, NULL)");
      SQLiteDataSource source = new SQLiteDataSource();
      source.setUrl(memory);
      try (ChangelogReader reader =
          ChangelogReader.open(
              ChangelogDatabase.dataSource(source), "t", SCHEMA, ReaderOptions.defaults())) {
        assertEquals("+[5, x, null, null]", told(reader));
      }
    }
  }

  @Test
  void whatGivesNoConnectionToSqliteIsRefused() {
    ChangelogException none =
        assertRefused(
            Kind.OPEN_FAILED,
            List.of(),
            () ->
                ChangelogDatabase.dataSource(
                        of(
                            () -> {
                              throw new SQLException("the pool is empty");
                            }))
                    .toString());
    assertTrue(String.valueOf(none.getMessage()).contains("the pool is empty"));
    java.sql.DatabaseMetaData other =
        proxy(java.sql.DatabaseMetaData.class, (method, arguments) -> "jdbc:other:x");
    Connection connection =
        proxy(Connection.class, (method, arguments) -> method.equals("getMetaData") ? other : null);
    assertRefused(
        Kind.OPEN_FAILED,
        List.of(),
        () -> ChangelogDatabase.dataSource(of(() -> connection)).toString());
    SQLiteDataSource directories = new SQLiteDataSource();
    directories.setUrl("jdbc:sqlite:" + directory);
    assertRefused(
        Kind.OPEN_FAILED, List.of(), () -> ChangelogDatabase.dataSource(directories).toString());
  }
}
