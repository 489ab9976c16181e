package io.github.s3vfs.select.parquet;

import static org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit.MICROS;
import static org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit.MILLIS;

import java.util.List;
import org.apache.parquet.format.ConvertedType;
import org.apache.parquet.format.FieldRepetitionType;
import org.apache.parquet.format.LogicalType;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.TimeUnit;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type.Repetition;
import org.apache.parquet.schema.Types;
import org.jspecify.annotations.Nullable;

/**
 * The schema, which is stored as a list of a tree's nodes from its root, children behind parents.
 */
final class SchemaReader {
  private static final int MAX_DEPTH = 100;

  private final List<SchemaElement> elements;
  private int next;

  private SchemaReader(List<SchemaElement> elements) {
    this.elements = elements;
  }

  static MessageType read(List<SchemaElement> elements) {
    SchemaReader reader = new SchemaReader(elements);
    SchemaElement root = reader.element();
    Types.MessageTypeBuilder message = Types.buildMessage();
    reader.children(message, root, 0);
    if (reader.next < elements.size()) {
      throw Failures.damaged("there are elements behind the schema");
    }
    return message.named(root.getName());
  }

  private SchemaElement element() {
    if (next >= elements.size()) {
      throw Failures.damaged("the schema has no end");
    }
    return elements.get(next++);
  }

  private void children(Types.GroupBuilder<?> parent, SchemaElement of, int depth) {
    if (depth > MAX_DEPTH) {
      throw Failures.damaged("the schema is nested too deep");
    }
    for (int i = 0; i < of.getNum_children(); i++) {
      child(parent, element(), depth + 1);
    }
  }

  private void child(Types.GroupBuilder<?> parent, SchemaElement element, int depth) {
    FieldRepetitionType stored = element.getRepetition_type();
    Repetition repetition = Repetition.valueOf(stored.name());
    LogicalTypeAnnotation annotation = annotation(element);
    if (!element.isSetType()) {
      Types.GroupBuilder<?> group = parent.group(repetition);
      if (annotation != null) {
        group.as(annotation);
      }
      children(group, element, depth);
      group.named(element.getName());
      return;
    }
    Types.PrimitiveBuilder<?> primitive = parent.primitive(physical(element), repetition);
    if (element.isSetType_length()) {
      primitive.length(element.getType_length());
    }
    if (annotation != null) {
      primitive.as(annotation);
    }
    primitive.named(element.getName());
  }

  private static PrimitiveTypeName physical(SchemaElement element) {
    return switch (element.getType()) {
      case BOOLEAN -> PrimitiveTypeName.BOOLEAN;
      case INT32 -> PrimitiveTypeName.INT32;
      case INT64 -> PrimitiveTypeName.INT64;
      case INT96 -> PrimitiveTypeName.INT96;
      case FLOAT -> PrimitiveTypeName.FLOAT;
      case DOUBLE -> PrimitiveTypeName.DOUBLE;
      case BYTE_ARRAY -> PrimitiveTypeName.BINARY;
      case FIXED_LEN_BYTE_ARRAY -> PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY;
    };
  }

  /** What values mean; null if nothing is said of it. */
  private static @Nullable LogicalTypeAnnotation annotation(SchemaElement element) {
    LogicalType logical = element.getLogicalType();
    boolean known = logical != null && logical.isSet();
    // INTERVAL is no logical type: parquet-java has UNKNOWN beside it.
    if (element.isSetConverted_type() && (!known || logical.isSetUNKNOWN())) {
      return annotation(element.getConverted_type(), element);
    }
    return known ? annotation(logical) : null;
  }

  /** As files say it that are older than logical types. */
  private static LogicalTypeAnnotation annotation(ConvertedType type, SchemaElement of) {
    return switch (type) {
      case UTF8 -> LogicalTypeAnnotation.stringType();
      case MAP -> LogicalTypeAnnotation.mapType();
      case MAP_KEY_VALUE -> LogicalTypeAnnotation.MapKeyValueTypeAnnotation.getInstance();
      case LIST -> LogicalTypeAnnotation.listType();
      case ENUM -> LogicalTypeAnnotation.enumType();
      case DECIMAL -> LogicalTypeAnnotation.decimalType(of.getScale(), of.getPrecision());
      case DATE -> LogicalTypeAnnotation.dateType();
      case TIME_MILLIS -> LogicalTypeAnnotation.timeType(true, MILLIS);
      case TIME_MICROS -> LogicalTypeAnnotation.timeType(true, MICROS);
      case TIMESTAMP_MILLIS -> LogicalTypeAnnotation.timestampType(true, MILLIS);
      case TIMESTAMP_MICROS -> LogicalTypeAnnotation.timestampType(true, MICROS);
      case UINT_8 -> LogicalTypeAnnotation.intType(8, false);
      case UINT_16 -> LogicalTypeAnnotation.intType(16, false);
      case UINT_32 -> LogicalTypeAnnotation.intType(32, false);
      case UINT_64 -> LogicalTypeAnnotation.intType(64, false);
      case INT_8 -> LogicalTypeAnnotation.intType(8, true);
      case INT_16 -> LogicalTypeAnnotation.intType(16, true);
      case INT_32 -> LogicalTypeAnnotation.intType(32, true);
      case INT_64 -> LogicalTypeAnnotation.intType(64, true);
      case JSON -> LogicalTypeAnnotation.jsonType();
      case BSON -> LogicalTypeAnnotation.bsonType();
      case INTERVAL -> LogicalTypeAnnotation.intervalType();
    };
  }

  private static @Nullable LogicalTypeAnnotation annotation(LogicalType type) {
    return switch (type.getSetField()) {
      case STRING -> LogicalTypeAnnotation.stringType();
      case MAP -> LogicalTypeAnnotation.mapType();
      case LIST -> LogicalTypeAnnotation.listType();
      case ENUM -> LogicalTypeAnnotation.enumType();
      case DECIMAL ->
          LogicalTypeAnnotation.decimalType(
              type.getDECIMAL().getScale(), type.getDECIMAL().getPrecision());
      case DATE -> LogicalTypeAnnotation.dateType();
      case TIME ->
          LogicalTypeAnnotation.timeType(
              type.getTIME().isIsAdjustedToUTC(), unit(type.getTIME().getUnit()));
      case TIMESTAMP ->
          LogicalTypeAnnotation.timestampType(
              type.getTIMESTAMP().isIsAdjustedToUTC(), unit(type.getTIMESTAMP().getUnit()));
      case INTEGER ->
          LogicalTypeAnnotation.intType(
              type.getINTEGER().getBitWidth(), type.getINTEGER().isIsSigned());
      case UNKNOWN -> LogicalTypeAnnotation.unknownType();
      case JSON -> LogicalTypeAnnotation.jsonType();
      case BSON -> LogicalTypeAnnotation.bsonType();
      case UUID -> LogicalTypeAnnotation.uuidType();
      case FLOAT16 -> LogicalTypeAnnotation.float16Type();
      case VARIANT -> LogicalTypeAnnotation.variantType((byte) 1);
      case GEOMETRY, GEOGRAPHY -> null; // well-known binary, given as it is
    };
  }

  private static LogicalTypeAnnotation.TimeUnit unit(TimeUnit unit) {
    return LogicalTypeAnnotation.TimeUnit.valueOf(unit.getSetField().name());
  }
}
