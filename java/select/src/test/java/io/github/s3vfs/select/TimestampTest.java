package io.github.s3vfs.select;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.time.temporal.IsoFields;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Timestamps are those of java.time. */
class TimestampTest {
  private static final boolean THOROUGH = Boolean.getBoolean("s3vfs.test.thorough");
  private static final DateTimeFormatter WRITTEN =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSSSSxxx", Locale.ROOT);

  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);

  private OffsetDateTime timestamp() {
    OffsetDateTime first = OffsetDateTime.of(1400, 1, 3, 0, 0, 0, 0, ZoneOffset.UTC);
    long seconds = (long) (random.nextDouble() * 8500 * 365.2425 * 86_400);
    int minutes = random.nextInt(26 * 60 + 1) - 12 * 60;
    return first
        .plusSeconds(seconds)
        .plusNanos(random.nextBoolean() ? 0 : random.nextInt(1_000_000_000))
        .withOffsetSameInstant(ZoneOffset.ofTotalSeconds(minutes * 60));
  }

  private static String literal(OffsetDateTime time) {
    return "to_timestamp('" + WRITTEN.format(time) + "')";
  }

  @Test
  void partsSumsAndDifferencesAreThoseOfJava() {
    System.out.println("seed " + seed);
    for (int round = 0; round < (THOROUGH ? 20_000 : 500); round++) {
      OffsetDateTime time = timestamp();
      OffsetDateTime near = time.plusSeconds(random.nextInt(200_000_000) - 100_000_000);
      boolean possible = near.getYear() >= 1400 && near.getYear() <= 9999;
      OffsetDateTime other = possible && random.nextInt(3) == 0 ? near : timestamp();
      String t = literal(time);
      String parts =
          Queries.value(
              List.of("year", "month", "day", "hour", "minute", "second", "week").stream()
                  .map(part -> "extract(" + part + " from " + t + ")")
                  .reduce((a, b) -> a + ", " + b)
                  .orElseThrow());
      assertEquals(
          "%d,%d,%d,%d,%d,%d,%d"
              .formatted(
                  time.getYear(),
                  time.getMonthValue(),
                  time.getDayOfMonth(),
                  time.getHour(),
                  time.getMinute(),
                  time.getSecond(),
                  time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR)),
          parts,
          t + " seed " + seed);
      units(time, other);
      assertEquals(
          String.valueOf(time.toInstant().isBefore(other.toInstant())),
          Queries.value("(" + t + " < " + literal(other) + ")"),
          t + " seed " + seed);
    }
  }

  private void units(OffsetDateTime time, OffsetDateTime other) {
    for (ChronoUnit unit :
        List.of(
            ChronoUnit.YEARS,
            ChronoUnit.MONTHS,
            ChronoUnit.WEEKS,
            ChronoUnit.DAYS,
            ChronoUnit.HOURS,
            ChronoUnit.MINUTES,
            ChronoUnit.SECONDS)) {
      String part = unit.name().toLowerCase(Locale.ROOT);
      String difference =
          Queries.value("date_diff(" + part + ", " + literal(time) + ", " + literal(other) + ")");
      assertEquals(
          String.valueOf(unit.between(time, other.withOffsetSameInstant(time.getOffset()))),
          difference,
          part + " " + time + " " + other + " seed " + seed);
      long quantity = random.nextInt(401) - 200L;
      OffsetDateTime sum = time.plus(quantity, unit);
      if (sum.getYear() >= 1400 && sum.getYear() <= 9999) {
        try (SelectRows rows =
            S3Select.query(
                "select date_add(" + part + ", " + quantity + ", " + literal(time) + ") from stdin",
                ObjectSource.of(Queries.bytes("1\n")),
                Queries.CSV)) {
          rows.next();
          assertEquals(sum, rows.getTimestamp(0), part + " " + quantity + " seed " + seed);
        }
      }
    }
  }

  @Test
  void textIsReadAsJavaReadsIt() {
    String[] texts = {
      "2001", "02", "29", "30", "12", "23", "59", "60", "00", "T", "-", ":", "Z", "+", ".", "123",
      "0"
    };
    System.out.println("seed " + seed);
    int valid = 0;
    for (int round = 0; round < 4_000; round++) {
      String text;
      if (round % 2 == 0) {
        text = WRITTEN.format(timestamp());
        int at = random.nextInt(text.length());
        text = text.substring(0, at) + (char) ('0' + random.nextInt(10)) + text.substring(at + 1);
      } else {
        StringBuilder made = new StringBuilder("2000-02-");
        for (int i = random.nextInt(9); i >= 0; i--) {
          made.append(texts[random.nextInt(texts.length)]);
        }
        text = made.toString();
      }
      OffsetDateTime expected = parsed(text);
      if (expected == null) {
        continue;
      }
      valid++;
      try (SelectRows rows =
          S3Select.query(
              "select to_timestamp(_1) from stdin",
              ObjectSource.of(Queries.bytes(text + "\n")),
              Queries.CSV)) {
        rows.next();
        assertEquals(expected, rows.getTimestamp(0), text + " seed " + seed);
      }
    }
    assertEquals(true, valid > 500, "seed " + seed);
  }

  private static @org.jspecify.annotations.Nullable OffsetDateTime parsed(String text) {
    try {
      OffsetDateTime time = OffsetDateTime.parse(text, WRITTEN);
      int minutes = time.getOffset().getTotalSeconds() / 60;
      boolean possible =
          time.getYear() >= 1400 && time.getYear() <= 9999 && minutes >= -720 && minutes <= 840;
      // Java moves a day that the month does not have.
      return possible && WRITTEN.format(time).equals(text) ? time : null;
    } catch (DateTimeException e) {
      return null;
    }
  }

  @ParameterizedTest
  @CsvSource({
    "2020, 2020-01-01T00:00:00+00:00",
    "2020T, 2020-01-01T00:00:00+00:00",
    "2020-03, 2020-03-01T00:00:00+00:00",
    "2020-03-04, 2020-03-04T00:00:00+00:00",
    "2020-03-04T, 2020-03-04T00:00:00+00:00",
    "20200304, 2020-03-04T00:00:00+00:00",
    "20200101T101112Z, 2020-01-01T10:11:12Z",
    "2020-03-04T05:06Z, 2020-03-04T05:06:00Z",
    "2020-03-04T05:06+01:30, 2020-03-04T05:06:00+01:30",
    "2020-03-04T05:06:07.5Z, 2020-03-04T05:06:07.500000Z",
    "2020-03-04T05:06:07.123456789Z, 2020-03-04T05:06:07.123456789Z",
    "2020-03-04T05:06:07, 2020-03-04T05:06:07+00:00",
    "2020-03-04T05:06:07-12:00, 2020-03-04T05:06:07-12:00",
    "2020-03-04T05:06:07+14:00, 2020-03-04T05:06:07+14:00"
  })
  void formsOfTimestamps(String text, String written) {
    assertEquals(written, Queries.value("to_timestamp('" + text + "')"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "20",
        "1399",
        "2020-13-01",
        "2020-02-30",
        "2019-02-29",
        "1900-02-29",
        "2020-1-1",
        "2020-01-01T24:00Z",
        "2020-01-01T10:60Z",
        "2020-01-01T10:11:60Z",
        "2020-01-01T10:11:12.Z",
        "2020-01-01T10:11:12.1234567890Z",
        "2020-01-01T10:11+14:01",
        "2020-01-01T10:11-12:01",
        "2020-01-01T10:11Zx",
        "2020-01-0110:11Z",
        "2020-0101",
        "2020-01-01T1",
        "2020-01-01T10",
        "2020-01-01T10:1Z",
        "2020-01-01T10:11+1",
        "2020-01-01T10:11+0160"
      })
  void whatIsNoTimestamp(String text) {
    SelectException e = Queries.failure(() -> Queries.value("to_timestamp('" + text + "')"));
    assertEquals("EvaluatorInvalidTimestamp", e.code());
    assertEquals(true, String.valueOf(e.getMessage()).contains("input date-time is illegal"));
  }

  @ParameterizedTest
  @CsvSource({
    "yy, 69",
    "y, 1969",
    "yyyy, 1969",
    "M, 4",
    "MM, 04",
    "MMM, Apr",
    "MMMM, April",
    "MMMMM, A",
    "d, 2",
    "dd, 02",
    "a, PM",
    "h, 3",
    "hh, 03",
    "H, 15",
    "HH, 15",
    "m, 4",
    "mm, 04",
    "s, 5",
    "ss, 05",
    "S, 0",
    "SS, 6",
    "SSS, 60",
    "SSSSSS, 60000000",
    "SSSS, 0600",
    "n, 60000000",
    "X, +07",
    "XX, +0700",
    "XXXX, +0700",
    "XXX, +07:00",
    "XXXXX, +07:00",
    "x, 7",
    "xx, 700",
    "xxxx, 700",
    "xxx, +07:00",
    "xxxxx, +07:00",
    "'q w-/', 'q w-/'",
    "ddd, 022"
  })
  void patterns(String pattern, String text) {
    assertEquals(
        text,
        Queries.value(
            "to_string(to_timestamp('1969-04-02T15:04:05.06+07:00'), '" + pattern + "')"));
  }

  @Test
  void aMonthIsFullOnItsLastDayOnly() {
    String from = "`3177-10-31T04:59:29+06:33`";
    assertEquals(
        "-34", Queries.value("date_diff(month, " + from + ", `3174-11-30T09:59:41+06:33`)"));
    assertEquals(
        "-35", Queries.value("date_diff(month, " + from + ", `3174-11-30T04:59:29+06:33`)"));
    assertEquals("0", Queries.value("date_diff(month, `2021-01-31`, `2021-02-28`)"));
    assertEquals("1", Queries.value("date_diff(month, `2021-01-31`, `2021-03-01`)"));
  }

  @Test
  void anOffsetOfZeroIsZ() {
    assertEquals(
        "Z Z Z 0 0 +00:00", Queries.value("to_string(`2020-01-01T00:00Z`, 'X XX XXX x xx xxx')"));
    assertEquals(
        "-3 -330 -03:30 -03", Queries.value("to_string(`2020-01-01T00:00-03:30`, 'x xx xxx X')"));
  }

  @Test
  void theSameInstantIsEqualInAnyZone() {
    assertEquals("true", Queries.value("(`2020-01-01T10:00Z` = `2020-01-01T12:00+02:00`)"));
    assertEquals("2020-02-29T00:00:00+00:00", Queries.value("date_add(month, 1, `2020-01-31`)"));
  }
}
