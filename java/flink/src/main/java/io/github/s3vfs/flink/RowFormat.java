package io.github.s3vfs.flink;

import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.types.Row;
import org.apache.flink.types.RowKind;
import org.apache.flink.types.RowUtils;
import org.jspecify.annotations.Nullable;

/** Elements of the DataStream API. */
final class RowFormat implements ElementFormat<Row> {
  private static final long serialVersionUID = 1;

  private final RowType type;
  private transient @Nullable Forms forms;

  private record Forms(List<FieldForm> fields, LinkedHashMap<String, Integer> positions) {}

  RowFormat(RowType type) {
    this.type = type;
  }

  private Forms forms() {
    Forms made = forms;
    if (made == null) {
      made =
          new Forms(
              type.getChildren().stream().map(FieldForm::external).toList(),
              NestedForms.positions(type));
      forms = made;
    }
    return made;
  }

  @Override
  public Row element(RowKind kind, List<@Nullable Object> values) {
    Forms made = forms();
    @Nullable Object[] fields = new Object[made.fields().size()];
    for (int i = 0; i < fields.length; i++) {
      fields[i] = read(type, made.fields(), values, i);
    }
    return RowUtils.createRowWithNamedPositions(kind, fields, made.positions());
  }

  /**
   * A field of a row.
   *
   * @throws IllegalArgumentException with the name of the column
   */
  static @Nullable Object read(
      RowType type, List<FieldForm> forms, List<@Nullable Object> values, int index) {
    try {
      return NestedForms.apply(forms.get(index).read(), values.get(index));
    } catch (IllegalArgumentException | ArithmeticException | DateTimeException e) {
      throw new IllegalArgumentException(
          "column " + type.getFieldNames().get(index) + ": " + e.getMessage(), e);
    }
  }

  @Override
  public RowKind kind(Row element) {
    return element.getKind();
  }

  @Override
  public List<@Nullable Object> values(Row element) {
    return write(type, forms().fields(), NestedForms.fieldsOf(element, type));
  }

  /**
   * The values of a row.
   *
   * @throws IllegalArgumentException with the name of the column
   */
  static List<@Nullable Object> write(
      RowType type, List<FieldForm> forms, List<@Nullable Object> fields) {
    List<@Nullable Object> values = new ArrayList<>(forms.size());
    for (int i = 0; i < forms.size(); i++) {
      try {
        values.add(NestedForms.apply(forms.get(i).write(), fields.get(i)));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "column " + type.getFieldNames().get(i) + ": " + e.getMessage(), e);
      }
    }
    return values;
  }
}
