package io.github.s3vfs.flink;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.utils.TypeConversions;
import org.apache.flink.types.Row;
import org.apache.flink.types.RowKind;
import org.apache.flink.types.RowUtils;
import org.jspecify.annotations.Nullable;

/** Forms of arrays and rows within rows: lists and tuples of the change streams. */
final class NestedForms {
  private NestedForms() {}

  /** An array in internal rows. */
  static FieldForm array(LogicalType element) {
    FieldForm form = FieldForm.internal(element);
    ArrayData.ElementGetter getter = ArrayData.createElementGetter(element.copy(true));
    return new FieldForm(
        value -> new GenericArrayData(mapped((List<?>) value, element, form.read())),
        value -> {
          ArrayData array = (ArrayData) value;
          List<@Nullable Object> list = new ArrayList<>(array.size());
          for (int i = 0; i < array.size(); i++) {
            list.add(inner(element, form.write(), getter.getElementOrNull(array, i)));
          }
          return list;
        });
  }

  /** A row in internal rows. */
  static FieldForm row(RowType type) {
    List<FieldForm> forms = type.getChildren().stream().map(FieldForm::internal).toList();
    List<RowData.FieldGetter> getters = getters(type);
    return new FieldForm(
        value -> GenericRowData.of(read(type, forms, (List<?>) value)),
        value -> {
          RowData row = (RowData) value;
          checkArity(row.getArity(), forms.size());
          List<@Nullable Object> fields = new ArrayList<>(forms.size());
          getters.forEach(each -> fields.add(each.getFieldOrNull(row)));
          return write(type, forms, fields);
        });
  }

  /** How the fields of an internal row are got; null is got of any. */
  static List<RowData.FieldGetter> getters(RowType type) {
    List<RowData.FieldGetter> getters = new ArrayList<>();
    for (int i = 0; i < type.getFieldCount(); i++) {
      getters.add(RowData.createFieldGetter(type.getTypeAt(i).copy(true), i));
    }
    return getters;
  }

  /** An array of objects in {@code Row}. */
  static FieldForm objects(LogicalType element) {
    FieldForm form = FieldForm.external(element);
    Class<?> of = TypeConversions.fromLogicalToDataType(element).getConversionClass();
    return new FieldForm(
        value -> {
          List<?> list = (List<?>) value;
          Object array = Array.newInstance(of, list.size());
          @Nullable Object[] mapped = mapped(list, element, form.read());
          System.arraycopy(mapped, 0, array, 0, mapped.length);
          return array;
        },
        value -> Arrays.asList(mapped(Arrays.asList((Object[]) value), element, form.write())));
  }

  /** A {@code Row} in another one. */
  static FieldForm fields(RowType type) {
    List<FieldForm> forms = type.getChildren().stream().map(FieldForm::external).toList();
    LinkedHashMap<String, Integer> positions = positions(type);
    return new FieldForm(
        value ->
            RowUtils.createRowWithNamedPositions(
                RowKind.INSERT, read(type, forms, (List<?>) value), positions),
        value -> write(type, forms, fieldsOf((Row) value, type)));
  }

  /** Where the fields of a {@code Row} are that is read by their names, too. */
  static LinkedHashMap<String, Integer> positions(RowType type) {
    LinkedHashMap<String, Integer> positions = new LinkedHashMap<>();
    type.getFieldNames().forEach(each -> positions.put(each, positions.size()));
    return positions;
  }

  /**
   * The fields of a {@code Row} in the order of the type: by their names, if it has nothing else.
   *
   * @throws IllegalArgumentException if it has others than the type
   */
  static List<@Nullable Object> fieldsOf(Row row, RowType type) {
    checkArity(row.getArity(), type.getFieldCount());
    List<String> names = type.getFieldNames();
    Set<String> own = row.getFieldNames(false);
    if (own != null && !own.containsAll(names)) {
      throw new IllegalArgumentException("a row with the fields " + own + ", and not " + names);
    }
    List<@Nullable Object> fields = new ArrayList<>(names.size());
    for (int i = 0; i < names.size(); i++) {
      fields.add(own == null ? row.getField(i) : row.getField(names.get(i)));
    }
    return fields;
  }

  private static void checkArity(int fields, int expected) {
    if (fields != expected) {
      throw new IllegalArgumentException("a row of " + fields + " fields, and not " + expected);
    }
  }

  private static @Nullable Object[] read(RowType type, List<FieldForm> forms, List<?> values) {
    @Nullable Object[] fields = new Object[forms.size()];
    for (int i = 0; i < fields.length; i++) {
      fields[i] = inner(type.getTypeAt(i), forms.get(i).read(), values.get(i));
    }
    return fields;
  }

  private static List<@Nullable Object> write(
      RowType type, List<FieldForm> forms, List<@Nullable Object> fields) {
    List<@Nullable Object> values = new ArrayList<>(forms.size());
    for (int i = 0; i < forms.size(); i++) {
      values.add(inner(type.getTypeAt(i), forms.get(i).write(), fields.get(i)));
    }
    return values;
  }

  private static @Nullable Object[] mapped(
      List<?> list, LogicalType element, Function<Object, Object> form) {
    @Nullable Object[] mapped = new Object[list.size()];
    for (int i = 0; i < mapped.length; i++) {
      mapped[i] = inner(element, form, list.get(i));
    }
    return mapped;
  }

  /** The form of what is in an array or a row: the change streams do not know what may be null. */
  private static @Nullable Object inner(
      LogicalType type, Function<Object, Object> form, @Nullable Object value) {
    if (value == null && !type.isNullable()) {
      throw new IllegalArgumentException("NULL does not fit " + type.asSummaryString());
    }
    return apply(form, value);
  }

  /** The form of a value, or null. */
  static @Nullable Object apply(Function<Object, Object> form, @Nullable Object value) {
    return value == null ? null : form.apply(value);
  }
}
