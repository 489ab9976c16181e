package io.github.s3vfs.select;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values of expressions; the row is {@code 1,2,3}. */
class ExpressionTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "7/2|3",
        "-7/2|-3",
        "-7%3|-1",
        "7/2.0|3.5",
        "2^3^2|64",
        "2*3^2|36",
        "2^-1|0.5",
        "0^0|1",
        "(-2)^63|-9223372036854775808",
        "1.0/3|0.33333333333333331",
        "0.1+0.2|0.30000000000000004",
        "1e16|10000000000000000",
        "1e17|1e+17",
        "1.5e-7|1.4999999999999999e-07",
        "0.0001|0.0001",
        "-0.0|-0",
        "2.0|2",
        "9007199254740993 + 0|9007199254740993",
        "(9007199254740993 = 9007199254740992.0)|false",
        "(9223372036854775807 < 9.3e18)|true",
        "(nan = nan)|false",
        "(nan != nan)|true",
        "(nan < 1)|false",
        "nan|nan",
        "cast(' 12' as int)|12",
        "cast('-12' as int)|-12",
        "cast('+12' as int)|12",
        "cast('9223372036854775807' as int)|9223372036854775807",
        "cast('-9223372036854775808' as int)|-9223372036854775808",
        "cast('00000000000000000000012' as int)|12",
        "cast(5.9 as int)|5",
        "cast(-5.9 as int)|-5",
        "cast(true as int)|1",
        "cast('1.25e2' as float)|125",
        "cast('0.1' as float)|0.10000000000000001",
        "cast('123456789012345678901234567890' as float)|1.2345678901234568e+29",
        "cast('-.5' as float)|-0.5",
        "cast(1.255 as decimal(5,2))|1.26",
        "cast('1.005' as decimal(9,2))|1.01",
        "cast('-1.005' as decimal(9,2))|-1.01",
        "cast(7 as decimal(3,1))|7.0",
        "cast('0.1' as decimal) + cast('0.2' as decimal)|0.3",
        "cast('0.1' as decimal) * 3|0.3",
        "(cast('0.30' as decimal) = cast('0.3' as decimal(5,4)))|true",
        "cast('1' as decimal(38,0)) / 3|0.33333333333333333333333333333333333333",
        "cast(12 as string)|12",
        "cast(1.5 as string)|1.5",
        "cast(true as string)|true",
        "cast(`2020T` as string)|2020-01-01T00:00:00+00:00",
        "cast('true' as bool)|true",
        "cast('TRUE' as bool)|true",
        "cast('yes' as bool)|false",
        "cast(0 as bool)|false",
        "cast(0.5 as bool)|true",
        "to_bool(2)|true",
        "(true = 1)|true",
        "(false < 5)|true",
        "(_1 = '1')|true",
        "(_1 = 1)|true",
        "(_1 = 1.0)|true",
        "(1 < _2)|true",
        "(_3 between 2 and 10)|true",
        "(_3 in (1, 3))|true",
        "case _1 when 1 then 'one' else 'other' end|one",
        "(_4 = 1)|null",
        "('10' < '9')|true",
        "('a' < 'B')|false",
        "('Z' < 'é')|true",
        "substring('12345', 1)|12345",
        "substring('12345', 2, 3)|234",
        "substring('12345', 0)|12345",
        "substring('12345', -3)|12345",
        "substring('12345', 0, 5)|1234",
        "substring('12345', -1, 5)|123",
        "substring('12345', -9, 5)|",
        "substring('12345', 6)|",
        "substring('12345', 6, 2)|",
        "substring('12345', 5, 9)|5",
        "substring('12345', 2, 0)|",
        "substring('12345', 2.9, 1.9)|2",
        "substring('aé漢😀z' from 2 for 3)|é漢😀",
        "substring('12345', -9223372036854775808)|12345",
        "substring('12345', 9223372036854775807, 9223372036854775807)|",
        "char_length('aé漢😀')|4",
        "character_length('')|0",
        "lower('ÀÉ')|àé",
        "upper('straße')|STRASSE",
        "upper('a1$')|A1$",
        "trim(both 'é😀' from 'é😀aé😀é')|a",
        "trim(leading 'ab' from 'abacab')|cab",
        "trim(trailing from '-  x  ')|-  x",
        "trim('x' from 'xxaxx')|a",
        "trim('   ')|",
        "coalesce(null, _9, 'x')|x",
        "coalesce(missing)|null",
        "nullif(1, 1.0)|null",
        "nullif(5, 'a')|5",
        "nullif(null, 1)|null",
        "(missing is missing)|true",
        "(null is missing)|false",
        "(_9 is missing)|true",
        "(missing is null)|true",
        "null + 1|null",
        "lower(null)|null",
        "(not 'text')|false",
        "(not null)|null",
        "(1 = 1 = true)|true",
        "(1 not in (2, 3))|true",
        "('abc' not like 'a%')|false",
        "(2 not between 1 and 3)|false",
        "(1 < 2 = not false)|true",
        "add(-5, 0.5)|-4.5",
        "- -5|5",
        "-(2 + 3)|-5",
        "1 - -1|2",
        "1--1|2",
        "version()|41.a",
        "date_diff(hours, `2020-01-01T00:00Z`, `2020-01-02T00:30+01:00`)|23",
        "extract(timezone_hour from `2020-01-01T00:00-03:45`)|-3",
        "extract(timezone_minute from `2020-01-01T00:00-03:45`)|-45",
        "case when null then 1 else 2 end|2"
      })
  void values(String expression, String value) {
    assertEquals(value == null ? "" : value, Queries.value(expression));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "abc|abc|true",
        "abc|ab|false",
        "abc|%|true",
        "|%|true",
        "||true",
        "|_|false",
        "abc|a%c|true",
        "abc|a_c|true",
        "aéc|a_c|true",
        "a😀c|a_c|true",
        "abcabc|%abc|true",
        "aab|%ab|true",
        "abxab|%ab%ab|true",
        "ab|%ab%ab|false",
        "a.c|a.c|true",
        "abc|a.c|false",
        "a+c|a+c|true",
        "a(c|a(c|true",
        "a\\c|a\\c|true",
        "a^c$|a^c$|true",
        "b|[a-c]|true",
        "d|[a-c]|false",
        "-|[a-]|true",
        "-|[-a]|true",
        "é|[à-ü]|true",
        "b|[^a-c]|false",
        "d|[^a-c]|true",
        "^|[a^]|true",
        "[|[|true",
        "[a|[a|true",
        "x]|x]|true",
        "ABC|abc|false",
        "a%c|a!%c|true",
        "abc|a!%c|false",
        "a!c|a!!c|true",
        "]|[!]]|true",
        "a|!a|true"
      })
  void like(String text, String pattern, String matches) {
    String escaped = pattern != null && pattern.contains("!") ? " escape '!'" : "";
    String shown = "'" + (text == null ? "" : text) + "'";
    String condition = shown + " like '" + (pattern == null ? "" : pattern) + "'" + escaped;
    assertEquals(matches, Queries.value("(" + condition + ")"), condition);
    String ofColumn = "_1 like '" + (pattern == null ? "" : pattern) + "'" + escaped;
    if (text != null && !text.startsWith("#")) {
      SelectOptions plain = Queries.CSV.withInput(CsvInput.DEFAULT.withQuotes(null, null));
      assertEquals(
          matches + "\n", Queries.run("select (" + ofColumn + ") from stdin", text + "\n", plain));
    }
  }

  @Test
  void aLongPatternEndsSoon() {
    String text = "a".repeat(2_000);
    assertEquals("false", Queries.value("('" + text + "b' like '" + "%a".repeat(500) + "%c')"));
  }

  @Test
  void manyCharactersOfAnyKindBehindAPercentAreLookedAtOnce() {
    String rows = "a".repeat(1_000_000) + "\n";
    String any = "_".repeat(5_000);
    for (String pattern : new String[] {"%" + any + "b", "a%" + any + "%_b", "%b" + any}) {
      String query = "select count(*) from stdin where _1 like '" + pattern + "'";
      assertTimeout(Duration.ofSeconds(20), () -> assertEquals("0", Queries.csv(query, rows)));
    }
  }

  @Test
  void likeEndsWhenItsThreadIsInterrupted() {
    String rows = "a".repeat(1_000_000) + "\n";
    String like = "select count(*) from stdin where _1 like '";
    for (String part : new String[] {"a".repeat(100_000) + "b", "_".repeat(50_000) + "b"}) {
      Thread.currentThread().interrupt();
      try {
        SelectException e = Queries.failure(() -> Queries.csv(like + "%" + part + "%'", rows));
        assertEquals(SelectError.INTERRUPTED, e.error());
      } finally {
        assertTrue(Thread.interrupted());
      }
    }
  }

  @Test
  void likeIsAsSlowAndPlainMatchingHasIt() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 2_000; i++) {
      String text = random(random, "abé", 8);
      String pattern = random(random, "abé%%_", 7);
      assertEquals(
          String.valueOf(matches(text, pattern)),
          Queries.value("('" + text + "' like '" + pattern + "')"),
          "seed " + seed + ": " + text + " like " + pattern);
    }
  }

  private static String random(Random random, String characters, int most) {
    StringBuilder text = new StringBuilder();
    int length = random.nextInt(most + 1);
    for (int i = 0; i < length; i++) {
      text.append(characters.charAt(random.nextInt(characters.length())));
    }
    return text.toString();
  }

  private static boolean matches(String text, String pattern) {
    if (pattern.isEmpty()) {
      return text.isEmpty();
    } else if (pattern.startsWith("%")) {
      return matches(text, pattern.substring(1))
          || (!text.isEmpty() && matches(text.substring(1), pattern));
    }
    return !text.isEmpty()
        && (pattern.startsWith("_") || pattern.charAt(0) == text.charAt(0))
        && matches(text.substring(1), pattern.substring(1));
  }

  @Test
  void aggregatesSkipNullAndAreExact() {
    String rows = "9223372036854775807,1\n,2\n-9223372036854775807,\n5,4\n";
    assertEquals(
        "5,3,4,2.3333333333333335,1,4,-9223372036854775807,9223372036854775807",
        Queries.csv(
            "select sum(int(_1)), count(_1), count(*), avg(int(_2)), min(int(_2)), max(int(_2)),"
                + " min(int(_1)), max(_1) from stdin",
            rows));
    assertEquals(
        "0,0,null,null,null,null",
        Queries.csv(
            "select count(*), count(), sum(int(_1)), avg(int(_1)), min(_1), max(_1) from stdin where false",
            rows));
    assertEquals(
        "0.6,0.3,3.5",
        Queries.csv(
            "select sum(cast(_1 as decimal)), max(cast(_1 as decimal)), sum(float(_2)) from stdin",
            "0.1,1\n0.2,\n0.3,2.5\n"));
    assertEquals(
        "2021-01-01T00:00:00+00:00",
        Queries.csv("select max(to_timestamp(_1)) from stdin", "2020\n2021\n1999\n"));
    assertEquals("9", Queries.csv("select max(_1) from stdin", "10\n9\n1\n"));
  }

  @Test
  void anExpressionThatIsNotNeededIsNotComputed() {
    assertEquals("1", Queries.value("case when true then 1 else 1/0 end"));
    assertEquals("false", Queries.value("(false and 1/0 = 1)"));
    assertEquals("true", Queries.value("(true or 1/0 = 1)"));
    assertEquals("1", Queries.value("coalesce(1, 1/0)"));
    assertEquals("", Queries.csv("select 1/0 from stdin where false", "1\n"));
    assertEquals("", Queries.csv("select 1/0 from stdin", ""));
  }

  @Test
  void utcnowIsOneInstantOfAQuery() {
    assertEquals(
        "true", Queries.csv("select (min(utcnow()) = max(utcnow())) from stdin", "1\n2\n3\n"));
  }
}
