package io.github.s3vfs.changelog;

import static io.github.s3vfs.changelog.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.changelog.ChangelogException.Kind;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The table of types, both ways. */
class TypeTableTest {
  private static final ObjectSerializer<Locale> LOCALES =
      new ObjectSerializer<>() {
        @Override
        public byte[] write(Locale value) {
          return value.toLanguageTag().getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public Locale read(byte[] bytes) {
          if (bytes.length == 0) {
            throw new IllegalArgumentException("no locale");
          }
          return Locale.forLanguageTag(new String(bytes, StandardCharsets.UTF_8));
        }
      };
  private static final LogicalType LOCALE = LogicalType.object(Locale.class, LOCALES);
  private static final Pointer POINTER = new Pointer("X1MXHYYG4YM0DB900V28XN5T4W");

  @TempDir Path directory;

  private ChangelogDatabase database() {
    return ChangelogDatabase.file(directory.resolve("db.sqlite"));
  }

  /** Writes a value, checks how it is stored, and reads it. */
  private @Nullable Object stored(String as, Column column, @Nullable Object value)
      throws Exception {
    TableSchema schema = TableSchema.of(column);
    WriterOptions options = WriterOptions.streamOfChanges().init(WriterOptions.InitMode.REPLACE);
    try (ChangelogWriter writer = ChangelogWriter.open(database(), "t", schema, options)) {
      writer.write(1, List.of(RowEvent.insert(value)));
    }
    assertEquals(as, Places.rows(database(), "SELECT typeof(v), quote(v) FROM t"));
    return read(column);
  }

  private @Nullable Object stored(String as, LogicalType type, Object value) throws Exception {
    return stored(as, Column.of("v", type), value);
  }

  private @Nullable Object read(Column column) {
    List<Change> changes = told(column);
    assertEquals(1, changes.size());
    assertEquals("{}", changes.get(0).row().errors().toString());
    return changes.get(0).row().get("V");
  }

  private List<Change> told(Column column) {
    try (ChangelogReader reader =
        ChangelogReader.open(database(), "t", TableSchema.of(column), ReaderOptions.defaults())) {
      return Told.changes(reader);
    }
  }

  /** Reads what SQL has put in. */
  private @Nullable Object of(String sql, LogicalType type) throws Exception {
    put(sql);
    return read(Column.of("v", type));
  }

  private void put(String sql) throws Exception {
    Places.sql(
        database(),
        "DROP TABLE IF EXISTS t",
        "CREATE TABLE t(v)",
        "INSERT INTO t VALUES(" + sql + ")");
  }

  private String error(String sql, Column column) throws Exception {
    put(sql);
    List<Change> changes = told(column);
    assertEquals(1, changes.size());
    assertNull(changes.get(0).row().get(0));
    return changes.get(0).row().errors().getOrDefault("v", "none");
  }

  @Test
  void numbersTextAndBytesAreSqlites() throws Exception {
    assertEquals(true, stored("integer|1", LogicalType.BOOL, true));
    assertEquals(false, stored("integer|0", LogicalType.BOOL, false));
    assertEquals(
        Long.MIN_VALUE, stored("integer|-9223372036854775808", LogicalType.INT, Long.MIN_VALUE));
    assertEquals(7L, stored("integer|7", LogicalType.INT, 7));
    assertEquals(1.0, stored("real|1.0", LogicalType.FLOAT, 1.0));
    assertEquals(
        Double.NEGATIVE_INFINITY,
        stored("real|-9.0e+999", LogicalType.FLOAT, Double.NEGATIVE_INFINITY));
    assertEquals("ä\u0001'", stored("text|'ä\u0001'''", LogicalType.STRING, "ä\u0001'"));
    assertEquals("", stored("text|''", LogicalType.STRING, ""));
    assertArrayEquals(
        new byte[] {0, -1}, (byte[]) stored("blob|X'00FF'", LogicalType.BYTES, new byte[] {0, -1}));
    assertEquals(2.0, of("2", LogicalType.FLOAT));
  }

  @ParameterizedTest
  @CsvSource({"UTF-8", "UTF-16le", "UTF-16be"})
  void textIsReadInEachEncoding(String encoding) throws Exception {
    Places.sql(
        database(),
        "PRAGMA encoding = '" + encoding + "'",
        "CREATE TABLE t(w, v AS (w || char(252)))",
        "INSERT INTO t VALUES (''), ('\u4e16' || char(0)), ('\ud83d\ude00'), (x'c3a4')");
    TableSchema schema =
        TableSchema.of(Column.of("w", LogicalType.ANY), Column.of("v", LogicalType.STRING));
    try (ChangelogReader reader =
        ChangelogReader.open(database(), "t", schema, ReaderOptions.defaults())) {
      List<Change> changes = Told.changes(reader);
      assertEquals(
          "[, \u00fc] [\u4e16\0, \u4e16\0\u00fc] [\ud83d\ude00, \ud83d\ude00\u00fc]",
          String.join(
              " ", changes.subList(0, 3).stream().map(each -> each.row().toString()).toList()));
      assertArrayEquals(new byte[] {-61, -92}, (byte[]) changes.get(3).row().get("w"));
    }
  }

  @Test
  void timesAreTextAndDurationsNanoseconds() throws Exception {
    LocalDateTime local = LocalDateTime.of(2026, 1, 31, 12, 0, 0, 5);
    assertEquals(
        local, stored("text|'2026-01-31T12:00:00.000000005'", LogicalType.DATE_TIME_NAIVE, local));
    Instant instant = Instant.parse("2026-01-31T12:00:00Z");
    String as = "text|'2026-01-31T12:00:00.000000000+0000'";
    assertEquals(instant, stored(as, LogicalType.DATE_TIME_UTC, instant));
    OffsetDateTime offset = OffsetDateTime.parse("2026-01-31T14:00:00+02:00");
    assertEquals(instant, stored(as, LogicalType.DATE_TIME_UTC, offset));
    Duration duration = Duration.ofSeconds(-1, 5);
    assertEquals(duration, stored("integer|-999999995", LogicalType.DURATION, duration));
  }

  @ParameterizedTest
  @CsvSource({
    "2026-01-31 12:30:00, 2026-01-31T12:30",
    "2026-01-31T12:30:00.5, 2026-01-31T12:30:00.5",
    "0001-01-01T00:00:00.123456789, 0001-01-01T00:00:00.123456789"
  })
  void timesAreReadInAllForms(String text, String local) throws Exception {
    LocalDateTime time = LocalDateTime.parse(local);
    assertEquals(time, of("'" + text + "'", LogicalType.DATE_TIME_NAIVE));
    Instant utc = time.toInstant(java.time.ZoneOffset.UTC);
    assertEquals(utc, of("'" + text + "+0000'", LogicalType.DATE_TIME_UTC));
    assertEquals(utc.plusSeconds(5_400), of("'" + text + "-01:30'", LogicalType.DATE_TIME_UTC));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'2026-01-31'",
        "'2026-01-31x12:00:00'",
        "'2026-02-30T12:00:00'",
        "'2026-01-31T12:00'",
        "'2026-01-31T12:00:00.'",
        "'2026-01-31T12:00:00.1234567890'",
        "'2026-01-31T12:00:00Z'",
        "1769860800",
        "''"
      })
  void otherFormsOfTimesAreErrors(String sql) throws Exception {
    String naive = error(sql, Column.of("v", LogicalType.DATE_TIME_NAIVE));
    String start = "cannot create a field \"v\" with type DATE_TIME_NAIVE from value " + sql;
    assertEquals(start, naive);
    String utc = error(sql, Column.of("v", LogicalType.DATE_TIME_UTC));
    assertEquals(start.replace("NAIVE", "UTC"), utc);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "1, true",
        "0, false",
        "'true', true",
        "' YES ', true",
        "'on', true",
        "'t', true",
        "'Y', true",
        "'1', true",
        "'False', false",
        "'no', false",
        "'off', false",
        "'f', false",
        "'n', false",
        "'0', false"
      })
  void boolsAreReadFromWords(String sql, boolean value) throws Exception {
    assertEquals(value, of(sql, LogicalType.BOOL));
  }

  @Test
  void jsonPointersAndDecimalsAreText() throws Exception {
    String json = "{\"a\": [1, 2.5e-3, \"\\u00e4\", null, true, {}]}";
    assertEquals(json, stored("text|'" + json + "'", LogicalType.JSON, json));
    assertEquals(
        POINTER, stored("text|'^X1MXHYYG4YM0DB900V28XN5T4W'", LogicalType.POINTER, POINTER));
    BigDecimal decimal = new BigDecimal("12345678901234567890.10");
    assertEquals(decimal, stored("text|'12345678901234567890.10'", LogicalType.DECIMAL, decimal));
    assertEquals(Locale.GERMANY, stored("text|'ZGUtREU='", LOCALE, Locale.GERMANY));
  }

  @Test
  void listsAndTuplesAreArraysOfJson() throws Exception {
    LogicalType list = LogicalType.list(LogicalType.list(LogicalType.INT));
    List<?> value = List.of(List.of(1L, 2L), List.of());
    assertEquals(value, stored("text|'[[1,2],[]]'", list, value));
    LogicalType tuple =
        LogicalType.tuple(
            LogicalType.STRING,
            LogicalType.BOOL,
            LogicalType.FLOAT,
            LogicalType.DURATION,
            LogicalType.DATE_TIME_UTC,
            LogicalType.POINTER,
            LogicalType.DECIMAL,
            LogicalType.JSON,
            LogicalType.INT,
            LogicalType.INT_ARRAY);
    List<@Nullable Object> values =
        Arrays.asList(
            "a\"b\n",
            true,
            1.5,
            Duration.ofNanos(3),
            Instant.EPOCH,
            POINTER,
            new BigDecimal("1.0"),
            "{\"x\":[1]}",
            null,
            NdArray.ofLongs(new int[] {1}, 4));
    assertEquals(
        values,
        stored(
            "text|'[\"a\\\"b\\n\",true,1.5,3,\"1970-01-01T00:00:00.000000000+0000\","
                + "\"^X1MXHYYG4YM0DB900V28XN5T4W\",\"1.0\",{\"x\":[1]},null,"
                + "{\"shape\":[1],\"elements\":[4]}]'",
            tuple,
            values));
    LogicalType bytes = LogicalType.list(LogicalType.BYTES);
    List<?> read = (List<?>) stored("text|'[\"AP8=\"]'", bytes, List.of(new byte[] {0, -1}));
    assertArrayEquals(new byte[] {0, -1}, (byte[]) (read == null ? null : read.get(0)));
  }

  @Test
  void arraysHaveShapeAndElements() throws Exception {
    NdArray longs = NdArray.ofLongs(new int[] {2, 3}, 1, 2, 3, 4, 5, 6);
    assertEquals(
        longs,
        stored(
            "text|'{\"shape\":[2,3],\"elements\":[1,2,3,4,5,6]}'", LogicalType.INT_ARRAY, longs));
    NdArray doubles = NdArray.ofDoubles(new int[] {}, 2.5);
    assertEquals(
        doubles,
        stored("text|'{\"shape\":[],\"elements\":[2.5]}'", LogicalType.FLOAT_ARRAY, doubles));
    NdArray none = NdArray.ofDoubles(new int[] {0, 7});
    assertEquals(
        none, stored("text|'{\"shape\":[0,7],\"elements\":[]}'", LogicalType.FLOAT_ARRAY, none));
  }

  @Test
  void nullIsAValueOfOptionalColumnsOnly() throws Exception {
    assertNull(stored("null|NULL", Column.optional("v", LogicalType.JSON), null));
    assertEquals(
        "cannot create a field \"v\" with type INT from value NULL",
        error("NULL", Column.of("v", LogicalType.INT)));
  }

  @Test
  void anyIsReadAsItIs() throws Exception {
    assertEquals(5L, of("5", LogicalType.ANY));
    assertEquals(5.5, of("5.5", LogicalType.ANY));
    assertEquals("x", of("'x'", LogicalType.ANY));
    assertArrayEquals(new byte[] {1}, (byte[]) of("x'01'", LogicalType.ANY));
    assertNull(of("NULL", LogicalType.ANY));
    assertEquals(
        Arrays.asList(Long.MAX_VALUE, Long.MIN_VALUE, 0x1p63, 1.0, "x", null),
        of(
            "'[9223372036854775807,-9223372036854775808,9223372036854775808,1.0,\"x\",null]'",
            LogicalType.list(LogicalType.ANY)));
  }

  @Test
  void whatDoesNotFitIsAnErrorOfThatValue() throws Exception {
    LogicalType pair = LogicalType.tuple(LogicalType.INT, LogicalType.INT);
    String[][] cases = {
      {"2", "BOOL"}, {"'maybe'", "BOOL"}, {"1.0", "BOOL"}, {"x'01'", "STRING"}, {"'x'", "BYTES"},
      {"1.5", "INT"}, {"'1'", "INT"}, {"'1.5'", "FLOAT"}, {"5", "STRING"}, {"'5'", "DURATION"}
    };
    for (String[] each : cases) {
      LogicalType type = type(each[1]);
      String message = error(each[0], Column.of("v", type));
      assertEquals("cannot create a field \"v\" with type " + type, start(message));
    }
    for (String json :
        List.of("'{\"a\":}'", "'[1,]'", "'01'", "'nul'", "'\"\\x\"'", "'1 2'", "''")) {
      assertEquals(
          "cannot create a field \"v\" with type JSON",
          start(error(json, Column.of("v", LogicalType.JSON))));
    }
    for (String json : List.of("'[1]'", "'[1,2,3]'", "'[1,\"2\"]'", "'{}'", "'[1,2.5]'")) {
      assertEquals(true, error(json, Column.of("v", pair)).startsWith("cannot create"), json);
    }
    for (String json :
        List.of(
            "'{\"shape\":[2],\"elements\":[1]}'",
            "'{\"shape\":[-1],\"elements\":[]}'",
            "'{\"shape\":[1]}'",
            "'[1]'")) {
      assertEquals(
          true, error(json, Column.of("v", LogicalType.INT_ARRAY)).startsWith("cannot"), json);
    }
    assertEquals(
        true,
        error("'[1e999]'", Column.of("v", LogicalType.list(LogicalType.FLOAT)))
            .startsWith("cannot"));
    for (String text :
        List.of("'^short'", "'X1MXHYYG4YM0DB900V28XN5T4W'", "'^X1MXHYYG4YM0DB900V28XN5T4I'")) {
      assertEquals(true, error(text, Column.of("v", LogicalType.POINTER)).startsWith("cannot"));
    }
    assertEquals(true, error("'1,5'", Column.of("v", LogicalType.DECIMAL)).startsWith("cannot"));
    assertEquals(true, error("'###'", Column.of("v", LOCALE)).startsWith("cannot"));
    assertEquals(true, error("''", Column.of("v", LOCALE)).startsWith("cannot"));
    for (int depth : List.of(1_001, 100_000)) {
      String deep = "'" + "[".repeat(depth) + "]".repeat(depth) + "'";
      assertEquals(true, error(deep, Column.of("v", LogicalType.JSON)).startsWith("cannot"));
    }
  }

  /** In threads with the stack that they have by default. */
  @ParameterizedTest
  @CsvSource({"[,]", "{\"a\":,}", "' [ { \"b\" : ',' } ] '"})
  void documentsMayBeAsDeepAsSqliteHasThem(String open, String close) throws Exception {
    int levels = (int) open.chars().filter(c -> c == '[' || c == '{').count();
    String deep = open.repeat(1_000 / levels) + "1" + close.repeat(1_000 / levels);
    String deeper = "[" + deep + "]";
    assertEquals(
        "1|0",
        Places.rows(database(), "SELECT json_valid('" + deep + "'), json_valid('" + deeper + "')"));
    CompletableFuture<Void> done = new CompletableFuture<>();
    new Thread(
            () -> {
              try {
                assertEquals(deep, stored("text|'" + deep + "'", LogicalType.JSON, deep));
                String inner = deep.substring(open.length(), deep.length() - close.length());
                LogicalType list = LogicalType.list(LogicalType.JSON);
                Object read = stored("text|'[" + inner + "]'", list, List.of(inner));
                assertEquals(List.of(inner.replace(" ", "")), read);
                assertTrue(
                    error("'" + deeper + "'", Column.of("v", LogicalType.JSON))
                        .startsWith("cannot"));
                done.complete(null);
              } catch (Throwable e) {
                done.completeExceptionally(e);
              }
            })
        .start();
    Void unused = done.get(60, TimeUnit.SECONDS);
  }

  private static String start(String message) {
    return message.substring(0, message.indexOf(" from "));
  }

  private static LogicalType type(String name) {
    return switch (name) {
      case "BOOL" -> LogicalType.BOOL;
      case "INT" -> LogicalType.INT;
      case "FLOAT" -> LogicalType.FLOAT;
      case "STRING" -> LogicalType.STRING;
      case "BYTES" -> LogicalType.BYTES;
      default -> LogicalType.DURATION;
    };
  }

  @Test
  void theWriterRefusesWhatIsNotOfTheType() throws Exception {
    Object[][] cases = {
      {LogicalType.INT, "1"},
      {LogicalType.FLOAT, Double.NaN},
      {LogicalType.FLOAT, 1L},
      {LogicalType.BOOL, 1L},
      {LogicalType.STRING, 1L},
      {LogicalType.BYTES, "x"},
      {LogicalType.DATE_TIME_NAIVE, Instant.EPOCH},
      {LogicalType.DATE_TIME_UTC, LocalDateTime.MIN},
      {LogicalType.DATE_TIME_NAIVE, LocalDateTime.of(10_000, 1, 1, 0, 0)},
      {LogicalType.DATE_TIME_UTC, Instant.MAX},
      {LogicalType.DURATION, Duration.ofDays(1_000_000)},
      {LogicalType.JSON, "{"},
      {LogicalType.POINTER, "^X"},
      {LogicalType.DECIMAL, 1.0},
      {LogicalType.list(LogicalType.INT), List.of("x")},
      {LogicalType.INT_ARRAY, 1L},
      {LogicalType.FLOAT_ARRAY, NdArray.ofDoubles(new int[] {1}, Double.NaN)},
      {LogicalType.INT_ARRAY, NdArray.ofDoubles(new int[] {1}, 1)},
      {LOCALE, "x"}
    };
    for (Object[] each : cases) {
      TableSchema schema = TableSchema.of(Column.of("v", (LogicalType) each[0]));
      WriterOptions options = WriterOptions.streamOfChanges().init(WriterOptions.InitMode.REPLACE);
      try (ChangelogWriter writer = ChangelogWriter.open(database(), "t", schema, options)) {
        List<RowEvent> events = List.of(RowEvent.insert(each[1]));
        assertRefused(Kind.INVALID_VALUE, List.of("v"), () -> writer.write(1, events));
      }
      assertEquals("0", Places.rows(database(), "SELECT count(*) FROM t"));
    }
  }

  @Test
  void columnsOfNewTablesHaveTheTypesOfTheTable() throws Exception {
    TableSchema schema =
        TableSchema.of(
            Column.of("a", LogicalType.BOOL),
            Column.optional("b", LogicalType.INT),
            Column.of("c", LogicalType.DURATION),
            Column.of("d", LogicalType.FLOAT),
            Column.of("e", LogicalType.BYTES),
            Column.of("f", LogicalType.DECIMAL),
            Column.of("g", LOCALE));
    WriterOptions options = WriterOptions.snapshot("c", "a").init(WriterOptions.InitMode.CREATE);
    ChangelogWriter.open(database(), "t", schema, options).close();
    assertEquals(
        "CREATE TABLE \"t\"(\"a\" INTEGER NOT NULL, \"b\" INTEGER, \"c\" INTEGER NOT NULL, \"d\""
            + " REAL NOT NULL, \"e\" BLOB NOT NULL, \"f\" TEXT NOT NULL, \"g\" TEXT NOT NULL,"
            + " PRIMARY KEY(\"c\", \"a\"))",
        Places.rows(database(), "SELECT sql FROM sqlite_schema WHERE type = 'table'"));
  }
}
