package io.github.s3vfs.select.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.select.JsonOutput;
import io.github.s3vfs.select.ObjectSource;
import io.github.s3vfs.select.SelectError;
import io.github.s3vfs.select.SelectException;
import io.github.s3vfs.select.SelectLimits;
import io.github.s3vfs.select.SelectOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BiConsumer;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Types;
import org.junit.jupiter.api.Test;

/** What stored values are in a query. */
class ParquetTypesTest {
  /** The values of one column, as JSON. */
  private static String values(String field, int count, BiConsumer<Group, Integer> fill) {
    byte[] file = ParquetFile.of(field).rows(count, fill);
    return Queries.run("select s._1 as v from s3object s", file, JsonOutput.DEFAULT)
        .replace("{\"v\":", "")
        .replace("}\n", " ")
        .strip();
  }

  private static String longs(String field, long... values) {
    return values(field, values.length, (row, i) -> row.add("x", values[i]));
  }

  private static String ints(String field, int... values) {
    return values(field, values.length, (row, i) -> row.add("x", values[i]));
  }

  private static String bytes(String field, byte[]... values) {
    return values(
        field, values.length, (row, i) -> row.add("x", Binary.fromConstantByteArray(values[i])));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void integersOfAllWidths() {
    assertEquals("-128 127", ints("required int32 x (INTEGER(8,true));", -128, 127));
    assertEquals("255", ints("required int32 x (INTEGER(8,false));", 255));
    assertEquals("-2147483648", ints("required int32 x;", Integer.MIN_VALUE));
    assertEquals("4294967295", ints("required int32 x (INTEGER(32,false));", -1));
    assertEquals(
        "-9223372036854775808 9223372036854775807",
        longs("required int64 x;", Long.MIN_VALUE, Long.MAX_VALUE));
    assertEquals("1 18446744073709551615", longs("required int64 x (INTEGER(64,false));", 1, -1));
  }

  @Test
  void decimalsAreExact() {
    assertEquals("1.00 -123456.78", ints("required int32 x (DECIMAL(9,2));", 100, -12345678));
    assertEquals("-0.000000000000000001", longs("required int64 x (DECIMAL(18,18));", -1));
    assertEquals(
        "1.28 -1.28",
        bytes("required binary x (DECIMAL(30,2));", new byte[] {0, -128}, new byte[] {-128}));
    assertEquals(
        "-170141183460469231731687303715884105.728",
        bytes(
            "required fixed_len_byte_array(16) x (DECIMAL(38,3));",
            new byte[] {-128, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}));
  }

  @Test
  void floatsBooleansAndHalves() {
    assertEquals(
        "1.5 0.10000000149011612",
        values("required float x;", 2, (row, i) -> row.add("x", i == 0 ? 1.5f : 0.1f)));
    assertEquals(
        "1.0000000000000001e+300 null",
        values("required double x;", 2, (row, i) -> row.add("x", i == 0 ? 1e300 : Double.NaN)));
    assertEquals(
        "true false true", values("required boolean x;", 3, (row, i) -> row.add("x", i != 1)));
    MessageType half =
        Types.buildMessage()
            .required(PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY)
            .length(2)
            .as(LogicalTypeAnnotation.float16Type())
            .named("x")
            .named("m");
    byte[] file =
        ParquetFile.of(half)
            .rows(
                5,
                (row, i) -> {
                  int bits = new int[] {0x3C00, 0xC000, 0x0001, 0x7BFF, 0x7C00}[i];
                  row.add(
                      "x",
                      Binary.fromConstantByteArray(new byte[] {(byte) bits, (byte) (bits >> 8)}));
                });
    assertEquals(
        "1\n-2\n5.9604644775390625e-08\n65504\ninf\n", Queries.run("select x from s3object", file));
  }

  @Test
  void datesTimesAndTimestamps() {
    assertEquals(
        "\"2020-02-29T00:00:00+00:00\" \"0001-01-01T00:00:00+00:00\"",
        ints("required int32 x (DATE);", 18321, -719162));
    assertEquals(
        "\"12:34:56.007\" \"00:00:00\"",
        ints("required int32 x (TIME(MILLIS,true));", 45296007, 0));
    assertEquals(
        "\"23:59:59.999999\"", longs("required int64 x (TIME(MICROS,false));", 86399999999L));
    assertEquals(
        "\"00:00:01.000000002\"", longs("required int64 x (TIME(NANOS,false));", 1000000002L));
    assertEquals(
        "\"1969-12-31T23:59:59.999000Z\" \"1970-01-01T00:00:00Z\"",
        longs("required int64 x (TIMESTAMP(MILLIS,true));", -1, 0));
    assertEquals(
        "\"2001-09-09T01:46:40.000001+00:00\"",
        longs("required int64 x (TIMESTAMP(MICROS,false));", 1000000000000001L));
    assertEquals(
        "\"1970-01-01T00:00:00.000000001Z\"",
        longs("required int64 x (TIMESTAMP(NANOS,true));", 1));
    assertEquals(
        "\"+294247-01-10T04:00:54.775807Z\" \"-290308-12-21T19:59:05.224192Z\"",
        longs("required int64 x (TIMESTAMP(MICROS,true));", Long.MAX_VALUE, Long.MIN_VALUE));
    byte[] int96 =
        ByteBuffer.allocate(12)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(3_600_000_000_001L)
            .putInt(2_440_589)
            .array();
    assertEquals("\"1970-01-02T01:00:00.000000001+00:00\"", bytes("required int96 x;", int96));
  }

  @Test
  void timestampsAreComparedAndTakenApart() {
    byte[] file =
        ParquetFile.of("required int64 t (TIMESTAMP(MILLIS,true)); required int32 d (DATE);")
            .rows(
                4,
                (row, i) -> {
                  row.add("t", i * 3_600_000L);
                  row.add("d", i * 31);
                });
    assertEquals(
        "1970-02-01T00:00:00+00:00,2,1\n",
        Queries.run(
            "select d, extract(month from d), extract(hour from t) from s3object"
                + " where t = to_timestamp('1970-01-01T02:00:00+01:00')",
            file));
  }

  @Test
  void textBytesAndIdentifiers() {
    assertEquals("\"é\" \"\"", bytes("required binary x (STRING);", utf8("é"), new byte[0]));
    assertEquals("\"A\"", bytes("required binary x (ENUM);", utf8("A")));
    assertEquals("\"{\\\"a\\\":1}\"", bytes("required binary x (JSON);", utf8("{\"a\":1}")));
    assertEquals("\"ab\"", bytes("required binary x (BSON);", utf8("ab")));
    assertEquals("\"raw\"", bytes("required binary x;", utf8("raw")));
    assertEquals("\"abc\"", bytes("required fixed_len_byte_array(3) x;", utf8("abc")));
    byte[] uuid = new byte[16];
    uuid[0] = (byte) 0xAB;
    uuid[15] = 1;
    assertEquals(
        "\"ab000000-0000-0000-0000-000000000001\"",
        bytes("required fixed_len_byte_array(16) x (UUID);", uuid));
    assertEquals(
        "\"P1M2DT3.004S\"",
        bytes(
            "required fixed_len_byte_array(12) x (INTERVAL);",
            new byte[] {1, 0, 0, 0, 2, 0, 0, 0, (byte) 0xBC, 0x0B, 0, 0}));
  }

  @Test
  void nestedColumnsAreJson() {
    byte[] file =
        ParquetFile.of(
                "required int32 id; repeated int32 many;"
                    + "optional group one { required int32 a; optional binary b (STRING);"
                    + " repeated group c { optional int64 d; } }"
                    + "optional group list (LIST) { repeated group list {"
                    + " optional binary element (STRING); } }"
                    + "optional group old (LIST) { repeated int32 array; }"
                    + "optional group map (MAP) { repeated group key_value {"
                    + " required int32 key; optional group value { required int32 d (DATE); } } }")
            .rows(
                3,
                (row, i) -> {
                  row.add("id", i);
                  if (i == 0) {
                    return;
                  }
                  row.append("many", 7).append("many", 8);
                  Group one = row.addGroup("one").append("a", i);
                  Group list = row.addGroup("list");
                  row.addGroup("old").append("array", 1).append("array", 2);
                  Group map = row.addGroup("map");
                  if (i == 2) {
                    one.append("b", "\"x\"").addGroup("c").append("d", 5L);
                    one.addGroup("c");
                    list.addGroup("list").append("element", "e");
                    list.addGroup("list");
                    Group entry = map.addGroup("key_value").append("key", 1);
                    entry.addGroup("value").append("d", 0);
                    map.addGroup("key_value").append("key", 2);
                  }
                });
    assertEquals(
        """
        {"id":0,"many":[],"one":null,"list":null,"old":null,"map":null}
        {"id":1,"many":[7,8],"one":{"a":1,"b":null,"c":[]},"list":[],"old":[1,2],"map":{}}
        {"id":2,"many":[7,8],"one":{"a":2,"b":"\\"x\\"","c":[{"d":5},{"d":null}]},"list":["e",null],\
        "old":[1,2],"map":{"1":{"d":"1970-01-01T00:00:00+00:00"},"2":null}}
        """,
        Queries.run("select * from s3object", file, JsonOutput.DEFAULT));
    assertEquals(
        "[1,2]\n",
        Queries.run("select s.old from s3object s where id = 2", file).replace("\"", ""));
  }

  @Test
  void valuesHaveALimit() {
    SelectOptions options =
        Queries.PARQUET.withLimits(SelectLimits.DEFAULT.withMaxRecordBytes(1024));
    List<byte[]> files =
        List.of(
            ParquetFile.of("repeated binary x (STRING);")
                .rows(1, (row, i) -> row.append("x", "a".repeat(900)).append("x", "b".repeat(900))),
            ParquetFile.of("optional group x { required binary y (STRING); }")
                .rows(1, (row, i) -> row.addGroup("x").append("y", "a".repeat(1100))),
            ParquetFile.of("required binary x;")
                .rows(1, (row, i) -> row.append("x", "a".repeat(1025))),
            ParquetFile.of("required binary x;")
                .version2()
                .withoutDictionary()
                .rows(2, (row, i) -> row.append("x", "a".repeat(1023 + i * 2))));
    for (byte[] file : files) {
      SelectException e =
          Queries.failure(
              () -> Queries.run("select * from s3object", ObjectSource.of(file), options));
      assertEquals(SelectError.OVER_MAX_RECORD_SIZE, e.error());
    }
  }

  @Test
  void columnsHaveNamesAndNumbers() {
    byte[] file =
        ParquetFile.of("required int32 a; required int32 B; required int32 _1;")
            .rows(1, (row, i) -> row.append("a", 1).append("B", 2).append("_1", 3));
    assertEquals(
        "1,2,2,3,1,2,3\n", Queries.run("select a, s.B, _2, s._1, s.* from s3object s", file));
    SelectException wrongCase = Queries.failure(() -> Queries.run("select b from s3object", file));
    assertEquals(SelectError.BINDING_DOES_NOT_EXIST, wrongCase.error());
    SelectException beyond = Queries.failure(() -> Queries.run("select _4 from s3object", file));
    assertEquals(SelectError.INVALID_COLUMN_INDEX, beyond.error());
    assertTrue(beyond.getMessage().contains("_1 to _3"), beyond.getMessage());
  }
}
