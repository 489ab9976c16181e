package io.github.s3vfs.flink;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.typeutils.RowDataSerializer;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.types.Row;
import org.apache.flink.types.RowKind;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The names of fields, and what is in arrays and rows. */
class NestedTest {
  @TempDir Path directory;

  private static RowType type(DataType column) {
    return (RowType) DataTypes.ROW(DataTypes.FIELD("c", column)).getLogicalType();
  }

  private static DataType inner(DataType field) {
    return DataTypes.ROW(DataTypes.FIELD("a", field), DataTypes.FIELD("b", DataTypes.INT()));
  }

  private static List<@Nullable Object> one(@Nullable Object... values) {
    return List.of(Arrays.asList(values));
  }

  @Test
  void rowsAreReadByTheNamesOfTheirFields() {
    RowFormat format = new RowFormat(type(inner(DataTypes.STRING())));
    Row row = format.element(RowKind.UPDATE_AFTER, one("x", 5L));
    assertEquals(RowKind.UPDATE_AFTER, row.getKind());
    Row nested = row.getFieldAs("c");
    assertEquals("x", nested.getField("a"));
    assertEquals(5, nested.getField("b"));
    assertEquals(5, nested.getField(1));
    assertEquals(one("x", 5L), format.values(row));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void rowsOfASourceHaveNamesInAJob(boolean objectReuse) throws Exception {
    String url = "jdbc:sqlite:" + directory.resolve("db.sqlite");
    Databases.run(
        url,
        "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT, n TEXT)",
        "INSERT INTO t VALUES (1, 'a', '[\"x\", 1]'), (2, 'b', NULL)");
    SqliteTable table =
        SqliteTable.of(
            url,
            "t",
            DataTypes.ROW(
                DataTypes.FIELD("id", DataTypes.BIGINT().notNull()),
                DataTypes.FIELD("v", DataTypes.STRING()),
                DataTypes.FIELD("n", inner(DataTypes.STRING()))),
            "id");
    StreamExecutionEnvironment environment = StreamExecutionEnvironment.createLocalEnvironment(1);
    if (objectReuse) {
      environment.getConfig().enableObjectReuse();
    }
    List<String> got =
        environment
            .fromSource(
                SqliteSource.rows(table, SqliteSourceOptions.snapshot()),
                WatermarkStrategy.noWatermarks(),
                "t")
            .map(NestedTest::text)
            .returns(Types.STRING)
            .executeAndCollect(9);
    assertEquals(List.of("1 a x", "2 b null"), got);
  }

  private static String text(Row row) {
    Row nested = row.getFieldAs("n");
    return row.getField("id")
        + " "
        + row.getField("v")
        + " "
        + (nested == null ? null : nested.getField("a"));
  }

  @Test
  void nestedRowsAreWrittenByTheNamesOfTheirFields() {
    RowFormat format = new RowFormat(type(inner(DataTypes.STRING())));
    Row nested = Row.withNames();
    nested.setField("b", 5);
    nested.setField("a", "x");
    assertEquals(one("x", 5L), format.values(Row.of(nested)));
    Row other = Row.withNames();
    other.setField("a", "x");
    other.setField("z", 5);
    assertRefused("column c: a row with the fields [a, z], and not [a, b]", format, Row.of(other));
    assertRefused("a row with the fields [a], and not [c]", format, named("a", nested));
  }

  private static Row named(String name, @Nullable Object value) {
    Row row = Row.withNames();
    row.setField(name, value);
    return row;
  }

  private static <T> void assertRefused(String message, ElementFormat<T> format, T element) {
    assertEquals(
        message,
        assertThrows(IllegalArgumentException.class, () -> format.values(element)).getMessage());
  }

  @Test
  void nestedRowsHaveAllTheirFieldsAndNoOthers() {
    RowType type = type(inner(DataTypes.STRING()));
    RowFormat format = new RowFormat(type);
    assertRefused("column c: a row of 3 fields, and not 2", format, Row.of(Row.of("x", 5, "more")));
    assertRefused("column c: a row of 1 fields, and not 2", format, Row.of(Row.of("x")));
    assertRefused("column c: a row of 1 fields, and not 2", format, Row.of(named("a", "x")));
    assertRefused(
        "column c: a row of 3 fields, and not 2",
        new RowDataFormat(type),
        GenericRowData.of(new GenericRowData(3)));
  }

  private static void assertUnfit(String message, RowType type, List<@Nullable Object> values) {
    for (ElementFormat<?> each : List.of(new RowDataFormat(type), new RowFormat(type))) {
      assertEquals(
          message,
          assertThrows(IllegalArgumentException.class, () -> each.element(RowKind.INSERT, values))
              .getMessage());
    }
  }

  @Test
  void nullInAnArrayThatHasNoneIsRefused() {
    RowType type = type(DataTypes.ARRAY(DataTypes.INT().notNull()));
    String message = "column c: NULL does not fit INT NOT NULL";
    assertUnfit(message, type, one(1L, null));
    assertRefused(message, new RowFormat(type), Row.of((Object) new Integer[] {1, null}));
    RowData row = GenericRowData.of(new GenericArrayData(new Object[] {1, null}));
    assertRefused(message, new RowDataFormat(type), row);
    assertEquals(one(1L, 2L), new RowFormat(type).values(element(type, one(1L, 2L))));
    assertArrayEquals(new Integer[] {1, 2}, (Integer[]) element(type, one(1L, 2L)).getField("c"));
  }

  private static Row element(RowType type, List<@Nullable Object> values) {
    return new RowFormat(type).element(RowKind.INSERT, values);
  }

  @Test
  void nullInARowThatHasNoneIsRefused() {
    RowType type = type(inner(DataTypes.STRING().notNull()));
    String message = "column c: NULL does not fit STRING NOT NULL";
    assertUnfit(message, type, one(null, 5L));
    assertRefused(message, new RowFormat(type), Row.of(Row.of(null, 5)));
    RowType nullable = type(inner(DataTypes.STRING()));
    RowData row = new RowDataFormat(nullable).element(RowKind.INSERT, one(null, 5L));
    assertRefused(message, new RowDataFormat(type), row);
    RowData binary = new RowDataSerializer(nullable).toBinaryRow(row);
    assertRefused(message, new RowDataFormat(type), binary);
    assertEquals(one(null, 5L), new RowDataFormat(nullable).values(binary));
  }
}
