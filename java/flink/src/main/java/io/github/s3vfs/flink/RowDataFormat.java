package io.github.s3vfs.flink;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.types.RowKind;
import org.jspecify.annotations.Nullable;

/** Elements of the Table API. */
final class RowDataFormat implements ElementFormat<RowData> {
  private static final long serialVersionUID = 1;

  private final RowType type;
  private transient @Nullable Forms forms;

  private record Forms(List<FieldForm> fields, List<RowData.FieldGetter> getters) {}

  RowDataFormat(RowType type) {
    this.type = type;
  }

  private Forms forms() {
    Forms made = forms;
    if (made == null) {
      made =
          new Forms(
              type.getChildren().stream().map(FieldForm::internal).toList(),
              NestedForms.getters(type));
      forms = made;
    }
    return made;
  }

  @Override
  public RowData element(RowKind kind, List<@Nullable Object> values) {
    List<FieldForm> fields = forms().fields();
    GenericRowData row = new GenericRowData(kind, fields.size());
    for (int i = 0; i < fields.size(); i++) {
      row.setField(i, RowFormat.read(type, fields, values, i));
    }
    return row;
  }

  @Override
  public RowKind kind(RowData element) {
    return element.getRowKind();
  }

  @Override
  public List<@Nullable Object> values(RowData element) {
    Forms made = forms();
    List<@Nullable Object> fields = new ArrayList<>(made.fields().size());
    made.getters().forEach(each -> fields.add(each.getFieldOrNull(element)));
    return RowFormat.write(type, made.fields(), fields);
  }
}
