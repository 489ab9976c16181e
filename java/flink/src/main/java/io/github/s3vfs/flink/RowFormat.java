package io.github.s3vfs.flink;

import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.types.Row;
import org.apache.flink.types.RowKind;
import org.jspecify.annotations.Nullable;

/** Elements of the DataStream API. */
final class RowFormat implements ElementFormat<Row> {
  private static final long serialVersionUID = 1;

  private final RowType type;
  private transient @Nullable List<FieldForm> forms;

  RowFormat(RowType type) {
    this.type = type;
  }

  private List<FieldForm> forms() {
    List<FieldForm> made = forms;
    if (made == null) {
      made = type.getChildren().stream().map(FieldForm::external).toList();
      forms = made;
    }
    return made;
  }

  @Override
  public Row element(RowKind kind, List<@Nullable Object> values) {
    Row row = new Row(kind, forms().size());
    for (int i = 0; i < forms().size(); i++) {
      row.setField(i, read(type, forms(), values, i));
    }
    return row;
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
    if (element.getArity() != forms().size()) {
      throw new IllegalArgumentException(
          "a row of " + element.getArity() + " fields, and not " + forms().size());
    }
    boolean named = element.getFieldNames(false) != null;
    List<@Nullable Object> values = new ArrayList<>(forms().size());
    for (int i = 0; i < forms().size(); i++) {
      Object field = named ? element.getField(type.getFieldNames().get(i)) : element.getField(i);
      values.add(NestedForms.apply(forms().get(i).write(), field));
    }
    return values;
  }
}
