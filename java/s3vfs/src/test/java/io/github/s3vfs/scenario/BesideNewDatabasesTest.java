package io.github.s3vfs.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.Layout;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Databases that are not there yet, and what is: others, above or below, in another layout. */
@ParameterizedClass
@EnumSource(Layout.class)
class BesideNewDatabasesTest {
  @Parameter Layout layout = Layout.BLOCKS;
  private Bucket bucket = Bucket.open();

  @BeforeEach
  void open() {
    bucket.close();
    bucket = Bucket.open();
  }

  @AfterEach
  void close() {
    bucket.close();
  }

  private static Layout other(Layout layout) {
    return layout == Layout.BLOCKS ? Layout.SNAPSHOT : Layout.BLOCKS;
  }

  @Test
  void keysNestInAnyOrder() throws Exception {
    for (Layout below : Layout.values()) {
      String deep = "top" + below + "/deep/down";
      String top = "top" + below;
      try (Connection c = bucket.connect(deep, "layout=" + below)) {
        Sql.execute(c, "CREATE TABLE t AS SELECT 1 AS x");
      }
      try (Connection c = bucket.connect(top, "layout=" + layout)) {
        Sql.execute(c, "CREATE TABLE t AS SELECT 2 AS x");
      }
      assertEquals("1", value(deep));
      assertEquals("2", value(top));
      bucket.databases().delete(Bucket.location(top));
      assertEquals("1", value(deep));
    }
  }

  private String value(String key) throws Exception {
    try (Connection c = bucket.connect(key)) {
      Sql.assertIntact(c);
      return Sql.value(c, "SELECT x FROM t");
    }
  }

  @Test
  void twoConnectionsAgreeOnTheLayoutOfANewDatabase() throws Exception {
    try (Connection c = bucket.connect("new", "layout=" + layout);
        Connection same = bucket.connect("new", "layout=" + layout)) {
      if (layout == Layout.SNAPSHOT) {
        Failure.ofSql(() -> bucket.connect("new", "layout=blocks").close())
            .names("new")
            .is(ErrorKind.INVALID);
      }
      Sql.execute(c, "CREATE TABLE t AS SELECT 3 AS x");
      try (Connection later = bucket.connect("new", "layout=" + other(layout))) {
        assertEquals("3", Sql.value(later, "SELECT x FROM t"));
      }
      assertEquals("3", Sql.value(same, "SELECT x FROM t"));
    }
  }

  /** Also when that takes so long that it would be looked for in other layouts again. */
  @Test
  void aSlowConversionKnowsWhereTheDatabaseIs() throws Exception {
    try (Connection c = bucket.connect("db", "layout=" + other(layout))) {
      Sql.execute(c, "CREATE TABLE t AS SELECT 4 AS x");
    }
    bucket.server().faults().latency(Duration.ofMillis(600));
    assertTrue(bucket.databases().convert(Bucket.location("db"), layout));
    bucket.server().faults().latency(Duration.ZERO);
    assertEquals("4", value("db"));
  }

  @Test
  void statementsAndResultSetsAreTheSameAsThemselves() throws Exception {
    try (Connection c = bucket.connect("db", "layout=" + layout);
        PreparedStatement one = c.prepareStatement("SELECT 1");
        PreparedStatement two = c.prepareStatement("SELECT 1");
        ResultSet rows = one.executeQuery()) {
      assertEquals(one, rows.getStatement());
      assertEquals(rows, rows);
      assertNotEquals(one, two);
      assertTrue(List.of(one).contains(one));
      assertFalse(List.of(two).contains(one));
      assertEquals(one.hashCode(), rows.getStatement().hashCode());
    }
  }
}
