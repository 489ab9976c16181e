package io.github.s3vfs.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Date;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.connector.expressions.filter.Predicate;
import org.apache.spark.sql.execution.datasources.jdbc.JDBCOptions;
import org.apache.spark.sql.execution.datasources.jdbc.JDBCPartition;
import org.apache.spark.sql.jdbc.JdbcDialects;
import org.apache.spark.sql.jdbc.JdbcSQLQueryBuilder;
import org.apache.spark.sql.sources.EqualTo;
import org.apache.spark.sql.sources.Filter;
import org.apache.spark.sql.sources.In;
import org.apache.spark.sql.sources.IsNull;
import org.apache.spark.sql.sources.LessThan;
import org.apache.spark.sql.sources.Or;
import org.apache.spark.sql.sources.StringContains;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import scala.jdk.javaapi.CollectionConverters;

/** Rows of local files as Spark has them, beside what SQLite says. */
class SqliteDialectTest {
  private static final int ROUNDS = Boolean.getBoolean("s3vfs.test.thorough") ? 100 : 8;

  @TempDir static Path directory = Path.of("");
  private static SparkSession spark;
  private static int databases;

  @BeforeAll
  static void start() {
    spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.sql.warehouse.dir", directory.resolve("warehouse").toString())
            .config("spark.local.dir", directory.resolve("local").toString())
            .getOrCreate();
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static String database(String... statements) throws SQLException {
    databases++;
    String url = "jdbc:sqlite:" + directory.resolve("d" + databases + ".sqlite");
    SalesTable.run(url, statements);
    return url;
  }

  private static Dataset<Row> read(String url, String table, Map<String, String> options) {
    return spark
        .read()
        .format("jdbc")
        .option("url", url)
        .option("driver", "org.sqlite.JDBC")
        .option("dbtable", table)
        .options(options)
        .load();
  }

  private static List<String> rows(Dataset<Row> rows) {
    return rows.collectAsList().stream().map(row -> row.mkString("|")).sorted().toList();
  }

  private static List<String> rows(String url, String query) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      List<String> all = new ArrayList<>();
      while (rows.next()) {
        List<String> values = new ArrayList<>();
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          values.add(String.valueOf(rows.getString(i)));
        }
        all.add(String.join("|", values));
      }
      return all.stream().sorted().toList();
    }
  }

  @Test
  void valuesAreThoseThatSqliteHas() throws Exception {
    String url =
        database(
            "CREATE TABLE t(id INTEGER PRIMARY KEY, a INT, b SMALLINT, c BIGINT, d TINYINT,"
                + " e FLOAT, f REAL, g CHAR(5), h VARCHAR(2), i TEXT)",
            "INSERT INTO t VALUES (5000000000, 1099511627776, 70000, -9223372036854775808, 300,"
                + " 0.1, 0.25, 'ab', 'longer than two', 'text')");
    Dataset<Row> read = read(url, "t", Map.of());
    assertEquals(rows(url, "SELECT * FROM t"), rows(read));
    assertEquals(
        "id BIGINT,a BIGINT,b BIGINT,c BIGINT,d BIGINT,e DOUBLE,f DOUBLE,g STRING,h STRING,i STRING",
        read.schema().toDDL());
  }

  @Test
  void datesWithTimesKeepThem() throws Exception {
    String url =
        database(
            "CREATE TABLE t(at DATETIME, day DATE)",
            "INSERT INTO t VALUES ('2026-01-31 12:34:56.789', '2026-01-31 00:00:00.000')");
    Dataset<Row> read = read(url, "t", Map.of());
    assertEquals("at TIMESTAMP,day DATE", read.schema().toDDL());
    assertEquals(
        List.of("2026-01-31 12:34:56.789|2026-01-31"),
        rows(read.selectExpr("date_format(at, 'yyyy-MM-dd HH:mm:ss.SSS')", "cast(day AS STRING)")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"INTEGER PRIMARY KEY", "INT", "INT NOT NULL", "INT UNIQUE", "BIGINT"})
  void partitionsAreTheRows(String declared) throws Exception {
    boolean mayBeNull = !declared.contains("NOT NULL") && !declared.contains("KEY");
    for (int round = 0; round < ROUNDS; round++) {
      long seed = System.nanoTime();
      Random random = new Random(seed);
      int count = random.nextInt(200);
      String key = "random() % " + (1 + random.nextInt(400));
      String url =
          database(
              "CREATE TABLE t(k " + declared + ", v TEXT)",
              "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
                  + count
                  + ") INSERT OR IGNORE INTO t SELECT "
                  + (mayBeNull ? "CASE WHEN i % 5 = 0 THEN NULL ELSE " + key + " END" : key)
                  + ", 'v' || i FROM n");
      String table = random.nextBoolean() ? "t" : "(SELECT v, k FROM t WHERE v <> 'v7') AS part";
      int lower = random.nextInt(600) - 300;
      Map<String, String> partitions =
          Map.of(
              "partitionColumn", "k",
              "lowerBound", String.valueOf(lower),
              "upperBound", String.valueOf(lower + 2 + random.nextInt(400)),
              "numPartitions", String.valueOf(1 + random.nextInt(6)));
      String filter = random.nextBoolean() ? "k IS NULL OR k > -50" : "v LIKE 'v1%' AND k < 30";
      Dataset<Row> read = read(url, table, partitions).select("k", "v");
      String message = "seed " + seed;
      assertEquals(rows(url, "SELECT k, v FROM " + table), rows(read), message);
      assertEquals(
          rows(url, "SELECT k, v FROM " + table + " WHERE " + filter),
          rows(read.filter(filter)),
          message);
    }
  }

  @Test
  void daysDivideATable() throws Exception {
    String url =
        database(
            "CREATE TABLE t(day DATE, v INT)",
            "INSERT INTO t VALUES ('2026-01-01 00:00:00.000', 1), ('2026-02-01 00:00:00.000', 2),"
                + " ('2026-03-01 00:00:00.000', 3), (NULL, 4)");
    Map<String, String> partitions =
        Map.of(
            "partitionColumn", "day",
            "lowerBound", "2026-01-15",
            "upperBound", "2026-03-15",
            "numPartitions", "3");
    assertEquals(
        List.of("1", "2", "3", "4"),
        rows(read(url, "t", partitions).selectExpr("cast(v AS STRING)")));
  }

  /** Spark does not check again what it has left to the database. */
  @Test
  void conditionsHoldForTheRowsOfSpark() throws Exception {
    String url =
        database(
            "CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT, at DATETIME, day DATE, b BOOLEAN,"
                + " d REAL, n NUMERIC, ci TEXT COLLATE NOCASE)",
            "INSERT INTO t VALUES (1, 'abc', '2026-01-31 00:00:00.000', '2026-01-31 00:00:00.000',"
                + " 1, 1.5, 1.5, 'x'), (2, 'ABC', '2026-01-31 12:34:56.789',"
                + " '2026-02-01 00:00:00.000', 0, 9e999, 2.25, 'X'), (3, 'a_c',"
                + " '2026-02-01 10:00:00.000', '2026-03-01 00:00:00.000', 2, NULL, NULL, NULL),"
                + " (4, 'xABCx', NULL, NULL, NULL, -2.5, 0.1 + 0.2, 'y'),"
                + " (5, 'it''s' || char(0) || 'abc', 1769817600000, 1769817600000, 1, 2.5, 3, 'Y')");
    Dataset<Row> pushed = read(url, "t", Map.of());
    Dataset<Row> looked = read(url, "t", Map.of("pushDownPredicate", "false"));
    for (String filter :
        List.of(
            "name LIKE 'abc%'",
            "name LIKE '%bc'",
            "name LIKE '%ABC%'",
            "name LIKE 'it\\'s%'",
            "endswith(name, 'abc')",
            "contains(name, 'B')",
            "startswith(name, 'a_')",
            "not startswith(name, 'a')",
            "name = 'abc'",
            "name = 'it\\'s\\u0000abc'",
            "name in ('abc', 'a_c')",
            "not (name = 'abc') or d > 2",
            "name > 'a' and name <= 'xABCx'",
            "ci = 'x'",
            "ci <> 'x'",
            "ci in ('X', 'y')",
            "ci <=> 'X'",
            "ci >= 'Y'",
            "ci is null",
            "at = timestamp'2026-01-31 00:00:00'",
            "at <= timestamp'2026-01-31 00:00:00'",
            "at > timestamp'2026-01-31 00:00:00'",
            "at in (timestamp'2026-01-31 12:34:56.789', timestamp'2026-02-01 10:00:00')",
            "at is not null",
            "day = date'2026-01-31'",
            "day <= date'2026-03-01'",
            "day in (date'2026-02-01', date'2026-03-01')",
            "day >= date'2026-02-01' or id = 1",
            "b = true",
            "not b",
            "d > 1.7d",
            "d = double('Infinity')",
            "d < double('Infinity')",
            "d = double('NaN')",
            "d in (1.5d, double('NaN'))",
            "n = 1.5",
            "n <= 0.3",
            "id > 2 and 4 >= id",
            "id in (1, 5)")) {
      assertEquals(
          rows(looked.filter(filter).select("id")),
          rows(pushed.filter(filter).select("id")),
          filter);
    }
  }

  /** Of these it says how SQLite is asked, of the others that Spark looks itself. */
  @Test
  void conditionsThatSqliteSeesOtherwiseAreLeftToSpark() {
    SqliteDialect dialect = new SqliteDialect();
    Map<Filter, String> sql =
        Map.of(
            new EqualTo("c", "it's"), "\"c\" COLLATE BINARY = 'it''s'",
            new LessThan("c", 5L), "\"c\" < 5",
            new LessThan("`a\"b`", 6L), "\"a\"\"b\" < 6",
            new In("c", new Object[] {"a", "b"}), "\"c\" COLLATE BINARY IN ('a', 'b')",
            new StringContains("c", "a"), "instr(\"c\", 'a') > 0",
            new Or(new IsNull("c"), new EqualTo("c", 1.5)), "(\"c\" IS NULL) OR (\"c\" = 1.5)");
    sql.forEach((filter, as) -> assertEquals(as, dialect.compileExpression(filter.toV2()).get()));
    for (Filter filter :
        List.of(
            new EqualTo("c", Date.valueOf("2026-01-31")),
            new LessThan("c", Timestamp.valueOf("2026-01-31 00:00:00")),
            new In("c", new Object[] {Date.valueOf("2026-01-31")}),
            new EqualTo("c", Double.NaN),
            new LessThan("c", Float.POSITIVE_INFINITY),
            new EqualTo("c", "a\0b"),
            new StringContains("c", ""),
            new EqualTo("c", BigDecimal.ONE),
            new Or(new IsNull("c"), new EqualTo("c", Date.valueOf("2026-01-31"))))) {
      assertTrue(dialect.compileExpression(filter.toV2()).isEmpty(), filter.toString());
    }
  }

  @Test
  void anIndexIsUsedForComparisonsOfTexts() throws Exception {
    String url = database("CREATE TABLE t(a TEXT, b INT)", "CREATE INDEX i ON t(a)");
    for (Filter filter :
        List.of(
            new EqualTo("a", "x"), new LessThan("a", "x"), new In("a", new Object[] {"x", "y"}))) {
      String where = new SqliteDialect().compileExpression(filter.toV2()).get();
      String plan = rows(url, "EXPLAIN QUERY PLAN SELECT * FROM t WHERE " + where).toString();
      assertTrue(plan.contains("SEARCH t USING INDEX i"), plan);
    }
  }

  @Test
  void timesThatAreStoredInSeveralWaysDivideATable() throws Exception {
    String url =
        database(
            "CREATE TABLE t(at DATETIME, v INT)",
            "INSERT INTO t VALUES ('2026-01-01 00:00:00.000', 1), (1769817600000, 2),"
                + " ('2026-03-01 00:00:00.000', 3), (NULL, 4), ('2026-02-01 00:00:00.000', 5)");
    Map<String, String> partitions =
        Map.of(
            "partitionColumn", "at",
            "lowerBound", "2026-01-15 00:00:00",
            "upperBound", "2026-03-15 00:00:00",
            "numPartitions", "3");
    Dataset<Row> read = read(url, "t", partitions);
    assertEquals(List.of("1", "2", "3", "4", "5"), rows(read.select("v")));
    assertEquals(
        List.of("2", "3", "5"), rows(read.filter("at > timestamp'2026-01-20'").select("v")));
  }

  private static JdbcSQLQueryBuilder builder(String url, @Nullable String where) {
    Map<String, String> options = Map.of("url", url, "dbtable", "t", "driver", "org.sqlite.JDBC");
    return JdbcDialects.get(url)
        .getJdbcSQLQueryBuilder(
            new JDBCOptions(
                scala.collection.immutable.Map.from(CollectionConverters.asScala(options))))
        .withPredicates(new Predicate[0], new JDBCPartition(where, 0));
  }

  @Test
  void urlsOfSqliteAndOfThisLibraryAreIts() {
    for (String url :
        List.of("jdbc:sqlite:file:/b/k?vfs=s3", "JDBC:SQLite:x", "jdbc:s3vfs://b/k")) {
      assertInstanceOf(SqliteDialect.class, JdbcDialects.get(url), url);
    }
    for (String url : List.of("jdbc:postgresql://host/db", "jdbc:sqlitecloud:x")) {
      assertFalse(JdbcDialects.get(url) instanceof SqliteDialect, url);
    }
  }

  @Test
  void whatSparkAddsHoldsForTheWholePartition() throws Exception {
    String url =
        database(
            "CREATE TABLE t(k INT, v INT)",
            "INSERT INTO t VALUES (1, 1), (2, 1), (3, 1), (3, 2), (NULL, 1), (NULL, 3), (9, 9)");
    String first = "\"k\" < 5 or \"k\" is null";
    String sums =
        builder(url, first)
            .withColumns(new String[] {"\"v\"", "count(*)"})
            .withGroupByColumns(new String[] {"\"v\""})
            .build();
    assertEquals(List.of("1|4", "2|1", "3|1"), rows(url, sums));
    String top =
        builder(url, first)
            .withColumns(new String[] {"\"v\""})
            .withSortOrders(new String[] {"\"v\" DESC"})
            .withLimit(2)
            .build();
    assertEquals(List.of("2", "3"), rows(url, top));
  }

  @Test
  void onlyWhatSparkWritesForTheFirstPartitionIsAskedForInTwo() {
    String url = "jdbc:sqlite:none";
    assertEquals(
        "SELECT 1 FROM (SELECT * FROM t WHERE \"k\" < -5 UNION ALL SELECT * FROM t WHERE \"k\" is null)",
        builder(url, "\"k\" < -5 or \"k\" is null").build().strip());
    for (String other :
        List.of(
            "\"k\" < 5 or \"l\" is null",
            "\"k\" < 5 or \"k\" is null or \"k\" = 7",
            "\"k\" <= 5 or \"k\" is null",
            "k < 5 or k is null",
            "\"k\" < 'a' || 'b' or \"k\" is null",
            "\"k\" >= 5 AND \"k\" < 7")) {
      assertFalse(builder(url, other).build().contains("UNION"), other);
    }
    assertFalse(builder(url, null).build().contains("WHERE"));
  }
}
