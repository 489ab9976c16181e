package io.github.s3vfs.flink;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.changelog.ChangelogException;
import io.github.s3vfs.changelog.LogicalType;
import io.github.s3vfs.changelog.RowEvent;
import io.github.s3vfs.changelog.TableRange;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.DataType;
import org.apache.flink.types.Row;
import org.apache.flink.types.RowKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values on their way between Flink and the change streams, and in checkpoints. */
class TypesTest {
  private static final String URL = "jdbc:sqlite:file:/bucket/key?vfs=s3";
  private static final DataType ALL =
      DataTypes.ROW(
          DataTypes.FIELD("bool", DataTypes.BOOLEAN()),
          DataTypes.FIELD("tiny", DataTypes.TINYINT()),
          DataTypes.FIELD("small", DataTypes.SMALLINT()),
          DataTypes.FIELD("whole", DataTypes.INT()),
          DataTypes.FIELD("big", DataTypes.BIGINT()),
          DataTypes.FIELD("single", DataTypes.FLOAT()),
          DataTypes.FIELD("real", DataTypes.DOUBLE()),
          DataTypes.FIELD("text", DataTypes.STRING()),
          DataTypes.FIELD("bytes", DataTypes.BYTES()),
          DataTypes.FIELD("price", DataTypes.DECIMAL(10, 2)),
          DataTypes.FIELD("day", DataTypes.DATE()),
          DataTypes.FIELD("clock", DataTypes.TIME(3)),
          DataTypes.FIELD("naive", DataTypes.TIMESTAMP(9)),
          DataTypes.FIELD("utc", DataTypes.TIMESTAMP_LTZ(9)),
          DataTypes.FIELD("span", DataTypes.INTERVAL(DataTypes.SECOND(3))),
          DataTypes.FIELD("list", DataTypes.ARRAY(DataTypes.INT())),
          DataTypes.FIELD(
              "nested",
              DataTypes.ROW(
                  DataTypes.FIELD("a", DataTypes.STRING()),
                  DataTypes.FIELD("b", DataTypes.ARRAY(DataTypes.DECIMAL(5, 1))))));
  private static final SqliteTable TABLE = SqliteTable.of(URL, "t", ALL);

  private static List<Object> values() {
    return Arrays.asList(
        true,
        -128L,
        32767L,
        Integer.MIN_VALUE + 0L,
        Long.MAX_VALUE,
        0.5,
        Math.PI,
        "text \u00fc",
        new byte[] {0, -1},
        new BigDecimal("-12345678.90"),
        "2026-01-31",
        "23:59:59.123",
        LocalDateTime.of(2026, 1, 31, 12, 0, 0, 123_456_789),
        Instant.ofEpochSecond(-5, 123_456_789),
        Duration.ofMillis(-1500),
        Arrays.asList(1L, null, 3L),
        Arrays.asList("x", List.of(new BigDecimal("1.5"))));
  }

  private static List<Object> nulls() {
    List<Object> nulls = new ArrayList<>();
    values().forEach(each -> nulls.add(null));
    return nulls;
  }

  /** Also bytes, which are not equal. */
  private static void assertSame(List<?> expected, List<?> actual) {
    assertEquals(expected.size(), actual.size());
    for (int i = 0; i < expected.size(); i++) {
      if (expected.get(i) instanceof byte[] bytes) {
        assertArrayEquals(bytes, (byte[]) actual.get(i));
      } else {
        assertEquals(expected.get(i), actual.get(i));
      }
    }
  }

  @Test
  void internalRowsKeepEachValue() {
    RowDataFormat format = new RowDataFormat(TABLE.type());
    for (List<Object> values : List.of(values(), nulls())) {
      RowData row = format.element(RowKind.UPDATE_AFTER, values);
      assertEquals(RowKind.UPDATE_AFTER, format.kind(row));
      assertSame(values, format.values(row));
    }
  }

  @Test
  void rowsHaveTheClassesOfFlink() {
    RowFormat format = new RowFormat(TABLE.type());
    Row row = format.element(RowKind.DELETE, values());
    assertEquals(RowKind.DELETE, format.kind(row));
    assertEquals((byte) -128, row.getField(1));
    assertEquals((short) 32767, row.getField(2));
    assertEquals(Integer.MIN_VALUE, row.getField(3));
    assertEquals(0.5f, row.getField(5));
    assertEquals(new BigDecimal("-12345678.90"), row.getField(9));
    assertEquals(LocalDate.of(2026, 1, 31), row.getField(10));
    assertEquals(LocalTime.of(23, 59, 59, 123_000_000), row.getField(11));
    assertArrayEquals(new Integer[] {1, null, 3}, (Integer[]) row.getField(15));
    assertArrayEquals(
        new BigDecimal[] {new BigDecimal("1.5")},
        (BigDecimal[]) ((Row) row.getField(16)).getField(1));
    assertSame(values(), format.values(row));
    assertSame(nulls(), format.values(format.element(RowKind.INSERT, nulls())));
  }

  @Test
  void rowsGoByTheNamesOfTheirFields() {
    SqliteTable table =
        SqliteTable.of(
            URL,
            "t",
            DataTypes.ROW(
                DataTypes.FIELD("a", DataTypes.BIGINT()), DataTypes.FIELD("b", DataTypes.INT())));
    RowFormat format = new RowFormat(table.type());
    Row row = Row.withNames();
    row.setField("b", 2);
    row.setField("a", 1L);
    assertEquals(List.of(1L, 2L), format.values(row));
    assertEquals(List.of(1L, 2L), format.values(Row.of(1L, 2)));
    assertEquals(
        "a row of 1 fields, and not 2",
        assertThrows(IllegalArgumentException.class, () -> format.values(Row.of(1L))).getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '"',
      value = {
        "1; 128; column tiny: 128 does not fit TINYINT",
        "2; -32769; column small: -32769 does not fit SMALLINT",
        "3; 2147483648; column whole: 2147483648 does not fit INT",
        "9; 123456789.5; column price: 123456789.5 does not fit DECIMAL(10, 2)",
        "10; today; column day: 'today' is no date",
        "11; noon; column clock: 'noon' is no time of day",
      })
  void whatDoesNotFitIsNamed(int column, String value, String message) {
    List<Object> values = values();
    values.set(
        column,
        column == 9 ? new BigDecimal(value) : column > 9 ? value : (Object) Long.parseLong(value));
    for (ElementFormat<?> each :
        List.of(new RowDataFormat(TABLE.type()), new RowFormat(TABLE.type()))) {
      assertEquals(
          message,
          assertThrows(IllegalArgumentException.class, () -> each.element(RowKind.INSERT, values))
              .getMessage());
    }
  }

  @Test
  void eachValueFitsItsColumnOfTheChangeStreams() {
    RowEvent.insert(values().toArray()).check(TABLE.schema());
    assertEquals(LogicalType.DECIMAL, TABLE.schema().columns().get(9).type());
    assertEquals(
        "TUPLE<STRING, LIST<DECIMAL>>", TABLE.schema().columns().get(16).type().toString());
  }

  private static void assertRefused(String message, DataType type, String... key) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> SqliteTable.of(URL, "t", type, key));
    assertEquals(message, e.getMessage());
  }

  @Test
  void whatHasNoFormInSqliteIsRefused() {
    assertRefused(
        "column m: MAP<INT, INT> has no form in SQLite",
        DataTypes.ROW(DataTypes.FIELD("m", DataTypes.MAP(DataTypes.INT(), DataTypes.INT()))));
    assertRefused(
        "column y: INTERVAL YEAR(2) has no form in SQLite",
        DataTypes.ROW(DataTypes.FIELD("y", DataTypes.INTERVAL(DataTypes.YEAR()))));
    assertRefused("INT is not the type of a row", DataTypes.INT());
    DataType row = DataTypes.ROW(DataTypes.FIELD("a", DataTypes.INT()));
    assertRefused("column b is in the key, and not in the table", row, "b");
    assertRefused("column a is in the key, and may be NULL", row, "a");
    assertThrows(ChangelogException.class, () -> SqliteTable.of("jdbc:postgresql:x", "t", row));
    assertThrows(
        ChangelogException.class,
        () ->
            SqliteTable.of(
                URL,
                "t",
                DataTypes.ROW(
                    DataTypes.FIELD("a", DataTypes.INT()), DataTypes.FIELD("A", DataTypes.INT()))));
  }

  @Test
  void rowsAreBytesAndBack() throws Exception {
    byte[] one = RowBytes.of(RowKind.UPDATE_BEFORE, values());
    byte[] two = RowBytes.of(RowKind.DELETE, nulls());
    byte[] both = Arrays.copyOf(one, one.length + two.length);
    System.arraycopy(two, 0, both, one.length, two.length);
    List<RowBytes.Entry> read = RowBytes.read(both);
    assertEquals(2, read.size());
    assertEquals(RowKind.UPDATE_BEFORE, read.get(0).kind());
    assertSame(values(), read.get(0).values());
    assertEquals(RowKind.DELETE, read.get(1).kind());
    assertEquals(nulls(), read.get(1).values());
    assertEquals(List.of(), RowBytes.read(new byte[0]));
    for (int length = 1; length < one.length; length++) {
      byte[] cut = Arrays.copyOf(one, length);
      assertThrows(IOException.class, () -> RowBytes.read(cut), "of length " + length);
    }
    assertThrows(
        IllegalArgumentException.class, () -> RowBytes.of(RowKind.INSERT, List.of(Map.of())));
  }

  @Test
  void splitsAndStatesAreBytesAndBack() throws Exception {
    SqliteSplit range =
        SqliteSplit.of(3, new TableRange(7, -5, Long.MAX_VALUE, 2))
            .at(new TableRange(7, 1, 2, 3), new byte[0], new byte[] {9});
    SqliteSplit changes = SqliteSplit.changes().at(null, new byte[] {1, 2}, new byte[] {3});
    SourceSerializers.Splits splits = new SourceSerializers.Splits();
    SqliteSplit read = splits.deserialize(splits.getVersion(), splits.serialize(range));
    assertEquals("range-3", read.splitId());
    assertEquals(new TableRange(7, 1, 2, 3), read.range());
    assertArrayEquals(new byte[] {9}, read.pending());
    SourceSerializers.States states = new SourceSerializers.States();
    SqliteSourceState state =
        states.deserialize(
            1, states.serialize(new SqliteSourceState(true, List.of(range, changes))));
    assertTrue(state.planned());
    assertEquals("changes", state.splits().get(1).splitId());
    assertNull(state.splits().get(1).range());
    assertArrayEquals(new byte[] {1, 2}, state.splits().get(1).state());
    assertFalse(
        states.deserialize(1, states.serialize(new SqliteSourceState(false, List.of()))).planned());
    SinkSerializers.Committables committables = new SinkSerializers.Committables();
    SqliteCommittable committable =
        committables.deserialize(
            1, committables.serialize(new SqliteCommittable("s", 0, 6, new byte[] {5}).at(4)));
    assertEquals("checkpoint 4 of sink s, 1 bytes", committable.toString());
    assertEquals(6, committable.time());
    SinkSerializers.States sinks = new SinkSerializers.States();
    SqliteSinkState sink = new SqliteSinkState("s", 8);
    assertEquals(sink, sinks.deserialize(1, sinks.serialize(sink)));
    assertThrows(IOException.class, () -> splits.deserialize(2, new byte[9]));
    assertThrows(IOException.class, () -> states.deserialize(2, new byte[9]));
    assertThrows(IOException.class, () -> committables.deserialize(2, new byte[9]));
    assertThrows(IOException.class, () -> sinks.deserialize(2, new byte[9]));
  }

  @ParameterizedTest
  @CsvSource({
    "BIGINT, INT, true",
    "BIGINT, STRING, false",
    "BIGINT, FLOAT, true",
    "VARCHAR(9), STRING, true",
    "VARCHAR(9), INT, false",
    "TEXT, FLOAT, false",
    "TEXT, BYTES, true",
    "TEXT, DATE_TIME_UTC, true",
    "DOUBLE, FLOAT, true",
    "DOUBLE, INT, false",
    "DOUBLE, DECIMAL, false",
    "'DECIMAL(9, 2)', DECIMAL, false",
    "'DECIMAL(9, 2)', INT, true",
    "DATETIME, DATE_TIME_NAIVE, true",
    "BOOLEAN, BOOL, true",
    "'', STRING, true",
    "BLOB, INT, true",
  })
  void columnsTakeWhatTheyKeep(String declared, LogicalType.Kind kind, boolean takes) {
    assertEquals(takes, ColumnTypes.takes(declared, kind));
  }
}
