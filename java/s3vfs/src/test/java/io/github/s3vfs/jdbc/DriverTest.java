package io.github.s3vfs.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.Layout;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.scenario.Sql;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.Function;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Which URLs are this driver's, and that its connections are sqlite-jdbc's. */
@Tag("any-store")
@ParameterizedClass
@EnumSource(Layout.class)
class DriverTest {
  @Parameter Layout layout = Layout.BLOCKS;

  private static DefaultVfs s3;

  @BeforeParameterizedClassInvocation
  static void start(Layout layout) {
    s3 = new DefaultVfs(layout);
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    s3.close();
  }

  @Test
  void driverManagerPicksThisDriverForBothForms() throws SQLException {
    assertInstanceOf(S3VfsDriver.class, DriverManager.getDriver(s3.url("/bucket/key")));
    assertInstanceOf(S3VfsDriver.class, DriverManager.getDriver("jdbc:s3vfs://bucket/key"));
    // Also one that is wrong: the error is to be ours.
    assertInstanceOf(S3VfsDriver.class, DriverManager.getDriver("jdbc:s3vfs://bucket"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:sqlite:",
        "jdbc:sqlite::memory:",
        "jdbc:sqlite:some/file.db",
        "jdbc:sqlite:file:some/file.db",
        "jdbc:sqlite:file:some/file.db?vfs=unix",
        "jdbc:sqlite:file:some/file.db?vfs=s3x",
        "jdbc:sqlite:file:vfs=s3",
        "jdbc:sqlite:file:x?a=vfs=s3"
      })
  void otherUrlsAreSqliteJdbcs(String url) throws SQLException {
    S3VfsDriver driver = new S3VfsDriver();
    assertFalse(driver.acceptsURL(url));
    assertNull(driver.connect(url, new Properties()));
    assertInstanceOf(JDBC.class, DriverManager.getDriver(url));
  }

  @Test
  void urlsOfOtherDatabasesAreLeftAlone() throws SQLException {
    S3VfsDriver driver = new S3VfsDriver();
    for (String url : new String[] {"jdbc:h2:mem:", "jdbc:postgresql://h/d?vfs=s3", "", "x"}) {
      assertFalse(driver.acceptsURL(url));
      assertNull(driver.connect(url, null));
    }
  }

  @Test
  void theOwnFormMeansTheSameDatabase() throws SQLException {
    try (Connection connection = DriverManager.getConnection(s3.url("/bucket/same/db"))) {
      Sql.execute(connection, "CREATE TABLE t(x)", "INSERT INTO t VALUES ('here')");
    }
    for (String query : new String[] {s3.parameters(), s3.parameters().replace("vfs=s3&", "")}) {
      try (Connection connection =
          DriverManager.getConnection("jdbc:s3vfs://bucket/same/db?" + query)) {
        assertEquals("here", Sql.value(connection, "SELECT x FROM t"));
      }
    }
  }

  @Test
  void aConnectionIsOneOfSqliteJdbc() throws SQLException {
    try (Connection connection = DriverManager.getConnection(s3.url("/bucket/functions"))) {
      assertTrue(connection.isWrapperFor(SQLiteConnection.class));
      SQLiteConnection sqlite = connection.unwrap(SQLiteConnection.class);
      assertFalse(sqlite.isClosed());
      Function.create(
          connection,
          "twice",
          new Function() {
            @Override
            protected void xFunc() throws SQLException {
              result(2 * value_int(0));
            }
          });
      Sql.execute(connection, "CREATE TABLE t(x)", "INSERT INTO t VALUES (21)");
      assertEquals("42", Sql.value(connection, "SELECT twice(x) FROM t"));
      assertTrue(
          connection.getMetaData().getURL().startsWith("jdbc:sqlite:file:/bucket/functions"));
      assertTrue(connection.isValid(1));
    }
  }

  @Test
  void statementsAndResultSetsLeadBackToWhereTheyComeFrom() throws SQLException {
    try (Connection connection = DriverManager.getConnection(s3.url("/bucket/leading"));
        Statement statement = connection.createStatement()) {
      assertSame(connection, statement.getConnection());
      statement.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, x)");
      try (PreparedStatement insert =
          connection.prepareStatement(
              "INSERT INTO t(x) VALUES (?)", Statement.RETURN_GENERATED_KEYS)) {
        insert.setString(1, "v");
        assertEquals(1, insert.executeUpdate());
        try (ResultSet keys = insert.getGeneratedKeys()) {
          assertTrue(keys.next());
          assertEquals(1, keys.getInt(1));
        }
      }
      try (ResultSet result = statement.executeQuery("SELECT id, x FROM t")) {
        assertSame(statement, result.getStatement());
        assertEquals("x", result.getMetaData().getColumnName(2));
        assertTrue(result.next());
        assertEquals("v", result.getString("x"));
        assertFalse(result.next());
      }
    }
  }

  @Test
  void metadataDescribesTheDatabase() throws SQLException {
    try (Connection connection = DriverManager.getConnection(s3.url("/bucket/metadata"))) {
      Sql.execute(
          connection,
          "CREATE TABLE parent(id INTEGER PRIMARY KEY, name TEXT NOT NULL)",
          "CREATE TABLE child(id INTEGER PRIMARY KEY, parent REFERENCES parent(id))",
          "CREATE UNIQUE INDEX by_name ON parent(name)");
      DatabaseMetaData metaData = connection.getMetaData();
      assertSame(connection, metaData.getConnection());
      assertEquals(
          List.of("child", "parent"),
          column(metaData.getTables(null, null, "%", new String[] {"TABLE"}), "TABLE_NAME"));
      assertEquals(
          List.of("id", "name"),
          column(metaData.getColumns(null, null, "parent", null), "COLUMN_NAME"));
      assertEquals(
          List.of("id"), column(metaData.getPrimaryKeys(null, null, "parent"), "COLUMN_NAME"));
      assertEquals(
          List.of("parent"), column(metaData.getImportedKeys(null, null, "child"), "PKTABLE_NAME"));
      assertEquals(
          List.of("child"), column(metaData.getExportedKeys(null, null, "parent"), "FKTABLE_NAME"));
      assertEquals(
          List.of("by_name"),
          column(metaData.getIndexInfo(null, null, "parent", true, true), "INDEX_NAME"));
      assertTrue(column(metaData.getTableTypes(), 1).containsAll(List.of("TABLE", "VIEW")));
    }
  }

  private static List<String> column(ResultSet result, String name) throws SQLException {
    return column(result, result.findColumn(name));
  }

  private static List<String> column(ResultSet result, int column) throws SQLException {
    List<String> values = new ArrayList<>();
    try (result) {
      while (result.next()) {
        values.add(result.getString(column));
      }
    }
    return values;
  }

  @Test
  void propertiesAndPragmasOfTheUrlAreSqliteJdbcs() throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("foreign_keys", "true");
    String url = s3.url("/bucket/pragmas", "busy_timeout=1234&page_size=8192");
    try (Connection connection = DriverManager.getConnection(url, properties)) {
      Sql.execute(connection, "CREATE TABLE t(x)");
      assertEquals("1", Sql.value(connection, "PRAGMA foreign_keys"));
      assertEquals("1234", Sql.value(connection, "PRAGMA busy_timeout"));
      assertEquals("8192", Sql.value(connection, "PRAGMA page_size"));
    }
  }

  @Test
  void anErrorOfS3IsTheCauseOfTheSqlException() throws SQLException {
    SQLException e =
        assertThrows(
            SQLException.class,
            () -> DriverManager.getConnection(s3.url("/bucket/none", "mode=rw")).close());
    S3VfsException cause = assertInstanceOf(S3VfsException.class, e.getCause());
    assertEquals(ErrorKind.NOT_FOUND, cause.kind());
    assertTrue(String.valueOf(e.getMessage()).contains(String.valueOf(cause.getMessage())));
    assertEquals(
        SQLiteErrorCode.SQLITE_CANTOPEN,
        assertInstanceOf(SQLiteException.class, e).getResultCode());
  }

  @Test
  void anErrorOfSqlHasNothingOfOurs() throws SQLException {
    try (Connection connection = DriverManager.getConnection(s3.url("/bucket/sql"))) {
      SQLException e =
          assertThrows(SQLException.class, () -> Sql.execute(connection, "SELECT * FROM nowhere"));
      assertNull(e.getCause());
      assertTrue(String.valueOf(e.getMessage()).contains("no such table: nowhere"));
    }
  }
}
