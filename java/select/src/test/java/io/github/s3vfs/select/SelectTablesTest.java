package io.github.s3vfs.select;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Objects as tables of SQLite. */
class SelectTablesTest {
  private static final String FRUIT = "s3://shop/fruit.csv";
  private static final String EVENTS = "s3://shop/events.json";

  private MemoryTables db;

  @BeforeEach
  void open() throws SQLException {
    db =
        new MemoryTables()
            .put(FRUIT, "name,price,note\napple,1.50,\"a, \"\"b\"\"\"\nmelon,4,\npear,x,ä\n")
            .put(
                EVENTS,
                """
                {"id": 1, "ok": true, "tags": ["a", {"b": 1}], "name": "x"}
                {"id": 2.5, "ok": false, "name": null, "Extra": {"k": "v"}}
                {"id": "3", "name": "12"}
                """);
  }

  @AfterEach
  void close() throws SQLException {
    db.close();
  }

  /** What a query fails with. */
  private String failure(String sql) {
    return MemoryTables.message(assertThrows(SQLException.class, () -> db.rows(sql), sql));
  }

  private void refused(String arguments, String expected) {
    String sql = "CREATE VIRTUAL TABLE temp.bad USING " + arguments;
    SQLException failure = assertThrows(SQLException.class, () -> db.run(sql), sql);
    assertTrue(MemoryTables.message(failure).contains(expected), MemoryTables.message(failure));
  }

  @Test
  void theHeaderNamesColumnsOfText() throws SQLException {
    db.run("CREATE VIRTUAL TABLE temp.fruit USING s3_csv('" + FRUIT + "')");
    assertEquals(
        List.of("tapple|t1.50|ta, \"b\"", "tmelon|t4|null", "tpear|tx|tä"),
        db.rows("SELECT * FROM fruit"));
    assertEquals(
        List.of("tname|tTEXT", "tprice|tTEXT", "tnote|tTEXT"),
        db.rows("SELECT name, type FROM pragma_table_info('fruit')"));
    assertEquals(List.of("i2|tmelon"), db.rows("SELECT rowid, name FROM fruit WHERE price = 4"));
    assertEquals(List.of("tpear"), db.rows("SELECT name FROM fruit WHERE note LIKE 'ä%'"));
  }

  @Test
  void declaredTypesConvertAsSqliteDoes() throws SQLException {
    db.run(
        "CREATE VIRTUAL TABLE temp.fruit USING s3_csv('"
            + FRUIT
            + "', header=true, columns='\"the name\" VARCHAR(10), price DECIMAL(10, 2)')");
    assertEquals(
        List.of("tapple|r1.5", "tmelon|i4", "tpear|tx"),
        db.rows("SELECT \"the name\", price FROM fruit"));
    assertEquals(List.of("r5.5"), db.rows("SELECT sum(price) FROM fruit WHERE price < 'a'"));
  }

  @Test
  void delimitersQuotesAndCompressionAreOptions() throws Exception {
    db.put("s3://shop/t.tsv", "1\t'a\tb'\n# 2\tc\n");
    db.run(
        "CREATE VIRTUAL TABLE temp.t USING s3_csv('s3://shop/t.tsv', delimiter='\\t',"
            + " quote='''', comments='', columns='a INT, b')");
    assertEquals(List.of("i1|ta\tb", "t# 2|tc"), db.rows("SELECT a, b FROM t"));
    java.io.ByteArrayOutputStream packed = new java.io.ByteArrayOutputStream();
    try (java.util.zip.GZIPOutputStream gzip = new java.util.zip.GZIPOutputStream(packed)) {
      gzip.write(db.objects.get(FRUIT));
    }
    db.objects.put("s3://shop/fruit.csv.gz", packed.toByteArray());
    db.run("CREATE VIRTUAL TABLE temp.z USING s3_csv('s3://shop/fruit.csv.gz', compression=gzip)");
    assertEquals(List.of("i3"), db.rows("SELECT count(*) FROM z"));
  }

  @Test
  void jsonHasTheColumnsOfItsFirstRows() throws SQLException {
    db.run("CREATE VIRTUAL TABLE temp.e USING s3_json('" + EVENTS + "', type=lines)");
    assertEquals(
        List.of(
            "i1|i1|t[\"a\", {\"b\": 1}]|tx|null",
            "r2.5|i0|null|null|t{\"k\": \"v\"}",
            "t3|null|null|t12|null"),
        db.rows("SELECT id, ok, tags, name, extra FROM e"));
    assertEquals(List.of("tv"), db.rows("SELECT extra ->> 'k' FROM e WHERE ok = 0"));
    db.run(
        "CREATE VIRTUAL TABLE temp.f USING s3_json('" + EVENTS + "', columns='name INT, id INT')");
    assertEquals(List.of("tx|i1", "null|r2.5", "i12|i3"), db.rows("SELECT name, id FROM f"));
    db.put("s3://shop/d.json", "{\"a\": {\"rows\": [{\"x\": 1}, {\"x\": [2]}]}}");
    db.run("CREATE VIRTUAL TABLE temp.d USING s3_json('s3://shop/d.json', path='a.rows')");
    assertEquals(List.of("i1", "t[2]"), db.rows("SELECT x FROM d"));
  }

  @Test
  void aRowOfJsonThatIsNoObjectIsOneColumn() throws SQLException {
    db.put("s3://shop/r.json", "[1, \"x\", null, {\"a\": 3, \"_1\": 9}, {\"a\": 4}]");
    db.run("CREATE VIRTUAL TABLE temp.r USING s3_json('s3://shop/r.json')");
    assertEquals(
        List.of("i1|null", "tx|null", "null|null", "i9|i3", "null|i4"),
        db.rows("SELECT _1, a FROM r"));
    assertEquals(List.of("i1|i1"), db.rows("SELECT rowid, _1 FROM r WHERE _1 = 1"));
    assertEquals(List.of("i5"), db.rows("SELECT count(*) FROM r"));
    db.put("s3://shop/l.json", "[1, {\"b\": 2}]\n\"x\"\n");
    db.run(
        "CREATE VIRTUAL TABLE temp.l USING s3_json('s3://shop/l.json', type=lines,"
            + " path='[*]', columns='_1 TEXT, b INT')");
    assertEquals(List.of("t1|null", "null|i2", "tx|null"), db.rows("SELECT _1, b FROM l"));
    db.put("s3://shop/n.json", "[[1, {\"b\": 2}], []]");
    db.run("CREATE VIRTUAL TABLE temp.n USING s3_json('s3://shop/n.json')");
    assertEquals(List.of("t[1, {\"b\": 2}]", "t[]"), db.rows("SELECT _1 FROM n"));
    db.put("s3://shop/m.json", "{\"a\":[[1,2],[3]]}");
    db.run("CREATE VIRTUAL TABLE temp.m USING s3_json('s3://shop/m.json', path='a[*][*]')");
    assertEquals(List.of("i1", "i2", "i3"), db.rows("SELECT _1 FROM m"));
  }

  @Test
  void numbersInColumnsOfTextAreWrittenAsSqliteWritesThem() throws SQLException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<Double> numbers = new ArrayList<>(List.of(12345678.9, 1e-5, 0.1 + 0.2, 1e15, 1e16));
    numbers.addAll(
        List.of(
            1e17, 4.35, 1 / 3.0, Double.MIN_VALUE, 1e22 * 10, Double.MAX_VALUE, -0.5, 2.2e-308));
    for (int i = 0; i < 5_000; i++) {
      double any = Double.longBitsToDouble(random.nextLong());
      numbers.add(Double.isFinite(any) && any != 0 ? any : 0.5);
      numbers.add(random.nextInt(100_000) / 100.0);
      numbers.add(random.nextGaussian() * 1e9);
      numbers.add(random.nextInt(1_000) * Math.pow(10, random.nextInt(40) - 20));
    }
    StringBuilder json = new StringBuilder();
    db.run("CREATE TABLE ref(x TEXT)");
    db.connection.setAutoCommit(false);
    try (PreparedStatement insert = db.connection.prepareStatement("INSERT INTO ref VALUES (?)")) {
      for (double number : numbers) {
        json.append("{\"x\":").append(number).append("}\n");
        insert.setDouble(1, number);
        insert.execute();
      }
    }
    json.append("{\"x\":1e400}\n{\"x\":-1e400}\n");
    db.run("INSERT INTO ref VALUES (9e999), (-9e999)");
    db.put("s3://shop/x.json", json.toString());
    db.run(
        "CREATE VIRTUAL TABLE temp.x USING"
            + " s3_json('s3://shop/x.json', type=lines, columns='x TEXT')");
    assertEquals(
        db.rows("SELECT x FROM ref ORDER BY rowid"),
        db.rows("SELECT x FROM x ORDER BY rowid"),
        "seed " + seed);
    assertEquals(List.of("i1"), db.rows("SELECT rowid FROM x WHERE x = '12345678.9'"));
    db.connection.setAutoCommit(true);
  }

  @Test
  void aQueryOfS3SelectIsATable() throws SQLException {
    String where = "s3_select('" + FRUIT + "', ";
    assertEquals(
        List.of("tapple|r1.5|null|t{\"name\":\"apple\",\"p\":1.5}"),
        db.rows(
            "SELECT c1, c2, c3, \"row\" FROM "
                + where
                + "'select name, cast(price as float) as p from s3object where name < ''b''',"
                + " 'header=true')"));
    assertEquals(
        List.of("i4|tpear"),
        db.rows(
            "SELECT a.c1, b.c1 FROM "
                + where
                + "'select count(*) from s3object') a, "
                + where
                + "'select _1 from s3object where _2 = ''x''') b"));
    assertEquals(
        List.of("i1|tx|i1"),
        db.rows(
            "SELECT c1, c2, c3 FROM s3_select('"
                + EVENTS
                + "', 'select s.id, s.name, s.ok from s3object[*] s limit 1', 'format=json')"));
    // Parameters may come from another table.
    db.run("CREATE TEMP TABLE q(sql)");
    db.run("INSERT INTO q VALUES('select _1 from s3object limit 1'), ('select _2 from s3object')");
    assertEquals(
        List.of("tname", "tprice", "t1.50", "t4", "tx"),
        db.rows("SELECT c1 FROM q, s3_select('" + FRUIT + "', q.sql) ORDER BY q.rowid"));
    String wrong = failure("SELECT c1 FROM " + where + "'select from')");
    assertTrue(wrong.contains("ParseExpectedExpression: " + FRUIT + ": line 1"), wrong);
    assertTrue(failure("SELECT * FROM s3_select").contains("url is NULL"));
    assertTrue(
        failure("SELECT c1 FROM " + where + "'select 1 from s3object', 'x=1')")
            .contains("there is no option x"));
  }

  @Test
  void whatIsWrongIsNamed() {
    refused("s3_csv", "the first argument is 's3://bucket/key'");
    refused("s3_csv('/etc/passwd')", "does not begin with s3://");
    refused("s3_csv('file:///etc/passwd')", "does not begin with s3://");
    refused("s3_csv('s3://shop/none')", "s3://shop/none: not found");
    refused("s3_csv('" + FRUIT + "', header=maybe)", "possible are true and false");
    refused("s3_csv('" + FRUIT + "', colums='a')", "there is no option colums");
    refused("s3_csv('" + FRUIT + "', 'a')", "is not name=value");
    refused("s3_csv('" + FRUIT + "', header=false)", "columns='...' is needed");
    refused("s3_csv('" + FRUIT + "', columns='a INT,, b')", "a name is expected at character 7");
    refused("s3_csv('" + FRUIT + "', columns='a, A')", "there are two columns 'A'");
    refused("s3_csv('" + FRUIT + "', columns='a PRIMARY KEY')", "PRIMARY is not possible");
    refused("s3_csv('" + FRUIT + "', columns='a); DROP TABLE x; --')", "a type or a comma");
    refused("s3_csv('" + FRUIT + "', compression=lz4)", "possible are [NONE, GZIP");
    refused("s3_json('" + FRUIT + "')", "JSONParsingError: " + FRUIT);
    refused("s3_json('" + EVENTS + "', path='a where 1')", "is not a path");
    db.put("s3://shop/twice.csv", "a,b,A\n1,2,3\n");
    refused("s3_csv('s3://shop/twice.csv')", "there are two columns 'A'");
    db.put("s3://shop/nul.csv", "a\0b,c\n1,2\n");
    refused("s3_csv('s3://shop/nul.csv')", "InvalidRequest: s3://shop/nul.csv: there is a NUL");
  }

  @Test
  void namesDifferByCaseInOtherLettersThanThoseOfAscii() throws SQLException {
    db.put("s3://shop/accents.csv", "É,é\n1,2\n");
    db.run("CREATE VIRTUAL TABLE temp.accents USING s3_csv('s3://shop/accents.csv')");
    assertEquals(List.of("t1|t2"), db.rows("SELECT \"É\", \"é\" FROM accents"));
  }

  @Test
  void whateverFindsAnObjectFailsWithItsCodeAndTheObject() throws SQLException {
    var unused =
        S3SelectTables.of(
                location -> {
                  throw new IllegalStateException("on purpose");
                })
            .register(db.connection);
    refused("s3_csv('" + FRUIT + "')", "InternalError: " + FRUIT);
    refused("s3_csv('" + FRUIT + "')", "on purpose");
    String query = "SELECT * FROM s3_select('" + FRUIT + "', 'select 1 from s3object')";
    assertTrue(failure(query).contains("InternalError: " + FRUIT), failure(query));
  }

  @Test
  void tablesAreTemporary() {
    SQLException failure =
        assertThrows(
            SQLException.class,
            () -> db.run("CREATE VIRTUAL TABLE fruit USING s3_csv('" + FRUIT + "')"));
    assertTrue(
        MemoryTables.message(failure).contains("say CREATE VIRTUAL TABLE temp.fruit"),
        MemoryTables.message(failure));
  }

  @Test
  void withoutRegistrationThereIsNothing() throws SQLException {
    try (Connection other = DriverManager.getConnection("jdbc:sqlite::memory:")) {
      for (String sql :
          List.of(
              "CREATE VIRTUAL TABLE temp.t USING s3_csv('" + FRUIT + "')",
              "SELECT * FROM s3_select('" + FRUIT + "', 'select * from s3object')")) {
        SQLException failure =
            assertThrows(SQLException.class, () -> other.createStatement().execute(sql));
        assertTrue(MemoryTables.message(failure).matches("(?s).*no such (module|table).*"), sql);
      }
    }
    assertEquals(0, db.opened);
  }

  @Test
  void whatADatabaseBringsWithItReadsNothing() throws SQLException {
    db.run("CREATE TABLE victim(x)");
    db.run(
        "CREATE VIEW innocent AS SELECT c1 FROM s3_select('"
            + FRUIT
            + "', 'select * from s3object')");
    db.run(
        "CREATE TRIGGER ears AFTER INSERT ON victim BEGIN INSERT INTO victim SELECT c1 FROM"
            + " s3_select('"
            + FRUIT
            + "', 'select * from s3object'); END");
    assertTrue(failure("SELECT * FROM innocent").contains("unsafe use"));
    assertThrows(SQLException.class, () -> db.run("INSERT INTO victim VALUES(1)"));
    // A table that was smuggled into the schema of a database.
    db.run("PRAGMA writable_schema = ON");
    db.run(
        "INSERT INTO sqlite_schema VALUES('table', 'smuggled', 'smuggled', 0,"
            + " 'CREATE VIRTUAL TABLE smuggled USING s3_csv(''"
            + FRUIT
            + "'')')");
    db.run("PRAGMA writable_schema = RESET");
    assertTrue(failure("SELECT * FROM smuggled").contains("temp.smuggled"));
    assertEquals(0, db.opened);
  }

  @Test
  void onlyWhatIsAllowedIsRead() throws SQLException {
    db.put("s3://shop/open/a.csv", "x\n1\n").put("s3://other/open/a.csv", "x\n1\n");
    var unused = db.tables().only("s3://shop/open/", "s3://shop/more").register(db.connection);
    db.run("CREATE VIRTUAL TABLE temp.a USING s3_csv('s3://shop/open/a.csv')");
    for (String url :
        List.of(
            FRUIT,
            "s3://other/open/a.csv",
            "s3://shop/open",
            "s3://shop/Open/a.csv",
            "s3://shop/open/../fruit.csv",
            "s3://shop/open/./a.csv",
            "s3://shop/open/..")) {
      refused("s3_csv('" + url + "')", "is not among the objects that are allowed");
      assertTrue(
          failure("SELECT * FROM s3_select('" + url + "', 'select 1 from s3object')")
              .contains("InvalidRequest"));
    }
  }

  @Test
  void anObjectThatHasOtherColumnsByNowIsNotRead() throws SQLException {
    db.run("CREATE VIRTUAL TABLE temp.fruit USING s3_csv('" + FRUIT + "')");
    db.put(FRUIT, "name,note,price\napple,1,2\n");
    assertTrue(failure("SELECT * FROM fruit").contains("other columns by now: name, note"));
    db.put(FRUIT, "name,price,note\nkiwi,1,2\n");
    assertEquals(List.of("tkiwi"), db.rows("SELECT name FROM fruit"));
  }

  @Test
  void aJoinReadsTheObjectAtMostTwiceForEachCursor() throws SQLException {
    db.put(
        "s3://shop/many.csv",
        IntStream.range(0, 5_000)
            .mapToObj(i -> i + "," + i % 7 + "\n")
            .collect(Collectors.joining("", "id,kind\n", "")));
    db.run("CREATE VIRTUAL TABLE temp.many USING s3_csv('s3://shop/many.csv')");
    db.run("CREATE TABLE orders(id INT, kind TEXT)");
    db.run(
        "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 9999)"
            + " INSERT INTO orders SELECT i, i % 10 FROM n");
    db.opened = 0;
    assertEquals(
        List.of("i10000|i5000|i10504"),
        db.rows(
            "SELECT count(*), count(m.id), count(*) + sum(m.kind = o.kind) FROM orders o"
                + " LEFT JOIN many m ON m.id = o.id"));
    assertEquals(1, db.opened);
    assertEquals(
        List.of("i5000"), db.rows("SELECT count(*) FROM many a JOIN many b ON a.id = b.id"));
    assertEquals(
        List.of("i504"),
        db.rows("SELECT count(*) FROM many m CROSS JOIN orders o USING (id, kind)"));
  }

  @Test
  void anObjectIsTheOuterTableOfAJoinAndInIsNoReasonToReadItTwice() throws SQLException {
    db.put("s3://shop/ids.csv", "id,kind\n1,2\n2,3\n");
    db.run("CREATE VIRTUAL TABLE temp.ids USING s3_csv('s3://shop/ids.csv')");
    db.run("CREATE TABLE orders(id INTEGER PRIMARY KEY, kind TEXT)");
    for (String from : List.of("ids JOIN orders", "orders JOIN ids")) {
      List<String> plan = db.rows("EXPLAIN QUERY PLAN SELECT * FROM " + from + " USING (id)");
      assertTrue(plan.get(0).contains("SCAN ids VIRTUAL TABLE INDEX"), plan.toString());
      assertTrue(plan.get(1).contains("SEARCH orders"), plan.toString());
    }
    for (String where : List.of("id IN (1, 2, 3)", "id = 1 OR id = 2", "id = 1 OR kind = 3")) {
      List<String> plan = db.rows("EXPLAIN QUERY PLAN SELECT * FROM ids WHERE " + where);
      assertEquals(1, plan.size(), plan.toString());
      assertTrue(plan.get(0).contains("VIRTUAL TABLE INDEX 0:used=3"), plan.toString());
      assertEquals(List.of("i1"), db.rows("SELECT count(*) > 0 FROM ids WHERE " + where));
    }
  }
}
