package io.github.s3vfs.flink;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.utils.TypeConversions;
import org.apache.flink.types.Row;
import org.jspecify.annotations.Nullable;

/** Forms of arrays and rows within rows: lists and tuples of the change streams. */
final class NestedForms {
  private NestedForms() {}

  /** An array in internal rows. */
  static FieldForm array(LogicalType element) {
    FieldForm form = FieldForm.internal(element);
    ArrayData.ElementGetter getter = ArrayData.createElementGetter(element);
    return new FieldForm(
        value -> new GenericArrayData(mapped((List<?>) value, form.read())),
        value -> {
          ArrayData array = (ArrayData) value;
          List<@Nullable Object> list = new ArrayList<>(array.size());
          for (int i = 0; i < array.size(); i++) {
            list.add(apply(form.write(), getter.getElementOrNull(array, i)));
          }
          return list;
        });
  }

  /** A row in internal rows. */
  static FieldForm row(RowType type) {
    List<FieldForm> forms = type.getChildren().stream().map(FieldForm::internal).toList();
    List<RowData.FieldGetter> getters = getters(type);
    return new FieldForm(
        value -> {
          List<?> list = (List<?>) value;
          GenericRowData row = new GenericRowData(forms.size());
          for (int i = 0; i < forms.size(); i++) {
            row.setField(i, apply(forms.get(i).read(), list.get(i)));
          }
          return row;
        },
        value -> {
          List<@Nullable Object> list = new ArrayList<>(forms.size());
          for (int i = 0; i < forms.size(); i++) {
            list.add(apply(forms.get(i).write(), getters.get(i).getFieldOrNull((RowData) value)));
          }
          return list;
        });
  }

  /** How the fields of an internal row are got. */
  static List<RowData.FieldGetter> getters(RowType type) {
    List<RowData.FieldGetter> getters = new ArrayList<>();
    for (int i = 0; i < type.getFieldCount(); i++) {
      getters.add(RowData.createFieldGetter(type.getTypeAt(i), i));
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
          @Nullable Object[] mapped = mapped(list, form.read());
          System.arraycopy(mapped, 0, array, 0, mapped.length);
          return array;
        },
        value -> Arrays.asList(mapped(Arrays.asList((Object[]) value), form.write())));
  }

  /** A {@code Row} in another one. */
  static FieldForm fields(RowType type) {
    List<FieldForm> forms = type.getChildren().stream().map(FieldForm::external).toList();
    return new FieldForm(
        value -> {
          List<?> list = (List<?>) value;
          Row row = new Row(forms.size());
          for (int i = 0; i < forms.size(); i++) {
            row.setField(i, apply(forms.get(i).read(), list.get(i)));
          }
          return row;
        },
        value -> {
          List<@Nullable Object> list = new ArrayList<>(forms.size());
          for (int i = 0; i < forms.size(); i++) {
            list.add(apply(forms.get(i).write(), ((Row) value).getField(i)));
          }
          return list;
        });
  }

  private static @Nullable Object[] mapped(List<?> list, Function<Object, Object> form) {
    @Nullable Object[] mapped = new Object[list.size()];
    for (int i = 0; i < mapped.length; i++) {
      mapped[i] = apply(form, list.get(i));
    }
    return mapped;
  }

  /** The form of a value, or null. */
  static @Nullable Object apply(Function<Object, Object> form, @Nullable Object value) {
    return value == null ? null : form.apply(value);
  }
}
