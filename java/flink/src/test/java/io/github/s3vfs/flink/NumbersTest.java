package io.github.s3vfs.flink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.types.RowKind;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Numbers that are larger, smaller or longer than a type of Flink has them. */
class NumbersTest {
  @ParameterizedTest
  @CsvSource({
    "1E+2147483647,",
    "1E+20000000,",
    "-1E+20000000,",
    "123456789,",
    "99999999.995,",
    "99999999.994, 99999999.99",
    "0E+2147483647, 0.00",
    "0E-2147483647, 0.00",
    "1E-2147483647, 0.00",
    "-9E-20000000, 0.00",
    "0.0049, 0.00",
    "0.005, 0.01",
    "-0.005, -0.01",
    "1.2345E+3, 1234.50",
  })
  void decimalsAreRoundedWhateverTheirExponent(String text, @Nullable String expected) {
    DataType row = DataTypes.ROW(DataTypes.FIELD("d", DataTypes.DECIMAL(10, 2)));
    List<Object> values = List.of(new BigDecimal(text));
    RowFormat format = new RowFormat((RowType) row.getLogicalType());
    assertTimeoutPreemptively(
        Duration.ofSeconds(2),
        () -> {
          if (expected == null) {
            assertEquals(
                "column d: " + new BigDecimal(text) + " does not fit DECIMAL(10, 2)",
                assertThrows(
                        IllegalArgumentException.class,
                        () -> format.element(RowKind.INSERT, values))
                    .getMessage());
          } else {
            assertEquals(
                new BigDecimal(expected), format.element(RowKind.INSERT, values).getField(0));
          }
        });
  }

  @Test
  void floatsThatAreTooLargeAreNotInfinite() {
    DataType row = DataTypes.ROW(DataTypes.FIELD("f", DataTypes.FLOAT()));
    RowType type = (RowType) row.getLogicalType();
    for (ElementFormat<?> each : List.of(new RowDataFormat(type), new RowFormat(type))) {
      for (double value : new double[] {1e300, -1e39}) {
        assertEquals(
            "column f: " + value + " does not fit FLOAT",
            assertThrows(
                    IllegalArgumentException.class,
                    () -> each.element(RowKind.INSERT, List.of(value)))
                .getMessage());
      }
    }
    RowFormat format = new RowFormat(type);
    for (double value : new double[] {Float.MAX_VALUE, 1e-300, Double.NEGATIVE_INFINITY}) {
      assertEquals((float) value, format.element(RowKind.INSERT, List.of(value)).getField(0));
    }
  }
}
