package io.github.s3vfs.flink;

import io.github.s3vfs.changelog.LogicalType;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.types.Row;

/** Types of Flink as those of change streams, and of elements of the DataStream API. */
final class FieldTypes {
  private FieldTypes() {}

  /**
   * The type of the change streams.
   *
   * @param column for the message
   * @throws IllegalArgumentException if there is none
   */
  static LogicalType of(String column, org.apache.flink.table.types.logical.LogicalType type) {
    return switch (type.getTypeRoot()) {
      case BOOLEAN -> LogicalType.BOOL;
      case TINYINT, SMALLINT, INTEGER, BIGINT -> LogicalType.INT;
      case FLOAT, DOUBLE -> LogicalType.FLOAT;
      case CHAR, VARCHAR, DATE, TIME_WITHOUT_TIME_ZONE -> LogicalType.STRING;
      case BINARY, VARBINARY -> LogicalType.BYTES;
      case DECIMAL -> LogicalType.DECIMAL;
      case TIMESTAMP_WITHOUT_TIME_ZONE -> LogicalType.DATE_TIME_NAIVE;
      case TIMESTAMP_WITH_LOCAL_TIME_ZONE -> LogicalType.DATE_TIME_UTC;
      case INTERVAL_DAY_TIME -> LogicalType.DURATION;
      case ARRAY -> LogicalType.list(of(column, ((ArrayType) type).getElementType()));
      case ROW -> {
        List<LogicalType> elements = new ArrayList<>();
        type.getChildren().forEach(each -> elements.add(of(column, each)));
        yield LogicalType.tuple(elements.toArray(LogicalType[]::new));
      }
      default ->
          throw new IllegalArgumentException(
              "column " + column + ": " + type.asSummaryString() + " has no form in SQLite");
    };
  }

  /** The type of elements {@link Row} with named fields. */
  static TypeInformation<Row> rows(RowType type) {
    TypeInformation<?>[] fields =
        type.getChildren().stream().map(FieldTypes::field).toArray(TypeInformation[]::new);
    return Types.ROW_NAMED(type.getFieldNames().toArray(String[]::new), fields);
  }

  private static TypeInformation<?> field(org.apache.flink.table.types.logical.LogicalType type) {
    return switch (type.getTypeRoot()) {
      case BOOLEAN -> Types.BOOLEAN;
      case TINYINT -> Types.BYTE;
      case SMALLINT -> Types.SHORT;
      case INTEGER -> Types.INT;
      case BIGINT -> Types.LONG;
      case FLOAT -> Types.FLOAT;
      case DOUBLE -> Types.DOUBLE;
      case BINARY, VARBINARY -> PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO;
      case DECIMAL -> Types.BIG_DEC;
      case DATE -> Types.LOCAL_DATE;
      case TIME_WITHOUT_TIME_ZONE -> Types.LOCAL_TIME;
      case TIMESTAMP_WITHOUT_TIME_ZONE -> Types.LOCAL_DATE_TIME;
      case TIMESTAMP_WITH_LOCAL_TIME_ZONE -> Types.INSTANT;
      case INTERVAL_DAY_TIME -> Types.GENERIC(java.time.Duration.class);
      case ARRAY -> Types.OBJECT_ARRAY(field(((ArrayType) type).getElementType()));
      case ROW -> rows((RowType) type);
      default -> Types.STRING;
    };
  }
}
