package io.github.s3vfs.select.internal.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.github.s3vfs.select.Dialect;
import io.github.s3vfs.select.SelectOptions;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a store is asked in each dialect, and which of its answers are taken. */
class PushedAggregatesTest {
  private static PushedAggregates of(String query, Dialect dialect) {
    PushedAggregates pushed =
        PushedAggregates.of(Query.parse(query), SelectOptions.DEFAULT.withDialect(dialect));
    assertNotNull(pushed);
    return pushed;
  }

  @Test
  void anAliasInQuotesStaysOne() {
    PushedAggregates pushed =
        PushedAggregates.of(
            Query.parse("select sum(int(_1)) as \"the sum\", count(*) as n from s3object"),
            SelectOptions.DEFAULT);
    assertNotNull(pushed);
    assertEquals(
        List.of("the sum", "n"),
        pushed.local().projections().stream().map(Query.Projection::alias).toList());
  }

  @Test
  void eachDialectHasItsOwnWords() {
    String query =
        "select max(int(_2)) as m, count(*) from s3object t"
            + " where 3 <= int(t._1) and (int(_3) = -1 or int(_3) <> 0)";
    assertEquals(
        "select count(*), sum(cast(s._2 as int)), min(cast(s._2 as int)), max(cast(s._2 as int))"
            + " from s3object s where (cast(s._1 as int) >= 3 and"
            + " (cast(s._3 as int) = -1 or cast(s._3 as int) != 0))",
        of(query, Dialect.AWS).text());
    assertEquals(
        "select count(0), sum(int(_2)), min(int(_2)), max(int(_2)) from stdin"
            + " where (int(_1) >= 3 and (int(_3) == -1 or int(_3) != 0));",
        of(query, Dialect.CEPH).text());
  }

  @Test
  void answersAreTakenAsTheyComeFromCephAndFromAws() {
    PushedAggregates pushed = of("select sum(int(_1)) from s3object", Dialect.CEPH);
    assertEquals(
        "4,2,-4,3\n",
        pushed.values(
            "\n<Payload>\n<Records>\n<Payload>\n\n</Payload></Records></Payload>"
                + "\n<Payload>\n<Records>\n<Payload>\n4,2,-4,3,\n</Payload></Records></Payload>"));
    assertEquals("4,2,-4,3\n", pushed.values("4,2,-4,3\n"));
    assertEquals("4,2,-4,3\n", pushed.values("4,2,-4,3"));
  }

  @Test
  void withoutRowsThereIsNoSum() {
    PushedAggregates pushed = of("select sum(int(_1)) from s3object", Dialect.CEPH);
    assertEquals("0,,,\n", pushed.values("0,0,9223372036854775807,-9223372036854775807,\n"));
    assertEquals("0,,,\n", pushed.values("0,,,\n"));
    assertEquals("0,,,\n", pushed.values("0,null,null,null"));
  }

  @Test
  void otherAnswersAreNotTaken() {
    PushedAggregates pushed = of("select sum(int(_1)) from s3object", Dialect.CEPH);
    for (String answer :
        new String[] {
          "",
          "4",
          "4,2,-4",
          "4,2,-4,3,5",
          "4,2,-4,3,,",
          "<Payload>failure -->s3object;<---</Payload>",
          "-4,2,-4,3",
          "4,2.5,-4,3",
          "4,2,-4,",
          "4,2,3,-4",
          "4,2,-4,3e2",
          "99999999999999999999,1,1,1",
          "1,-9223372036854775808,-9223372036854775808,-1",
          "2,9007199254740994,1,9007199254740993", // through floating-point numbers
          "3,2,-4503599627370496,4503599627370496"
        }) {
      assertNull(pushed.values(answer), answer);
    }
    assertEquals(
        "2,2,-4503599627370496,4503599627370496\n",
        pushed.values("2,2,-4503599627370496,4503599627370496"));
  }
}
