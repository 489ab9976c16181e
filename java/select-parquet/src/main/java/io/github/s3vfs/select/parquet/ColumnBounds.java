package io.github.s3vfs.select.parquet;

import io.github.s3vfs.select.internal.eval.Bounds;
import io.github.s3vfs.select.internal.eval.Expr;
import io.github.s3vfs.select.internal.eval.Kind;
import io.github.s3vfs.select.internal.eval.Value;
import java.util.List;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.ColumnOrder;
import org.apache.parquet.format.Statistics;
import org.jspecify.annotations.Nullable;

/**
 * What the statistics of a row group say of its columns. Only those whose order the file tells are
 * used, not the older ones, which some writers had in another order.
 */
final class ColumnBounds implements Bounds {
  private final RowGroup group;
  private final @Nullable List<ColumnOrder> orders;

  ColumnBounds(RowGroup group, @Nullable List<ColumnOrder> orders) {
    this.group = group;
    this.orders = orders;
  }

  @Override
  public @Nullable Range of(Expr expression) {
    if (!(expression instanceof ParquetColumn column)) {
      return null;
    }
    ColumnType type = column.flatType();
    int leaf = column.firstLeaf();
    ColumnMetaData metadata = type == null ? null : group.chunks().get(leaf).metadata();
    if (type == null || metadata == null || !metadata.isSetStatistics()) {
      return null;
    }
    Statistics statistics = metadata.getStatistics();
    Value least = new Value();
    Value most = new Value();
    if (statistics.isSetNull_count() && statistics.getNull_count() == metadata.getNum_values()) {
      return new Range(least, most);
    }
    boolean known =
        orders != null
            && leaf < orders.size()
            && orders.get(leaf).isSetTYPE_ORDER()
            && type.isOrdered()
            && statistics.isSetMin_value()
            && statistics.isSetMax_value()
            && type.plain(statistics.getMin_value(), least)
            && type.plain(statistics.getMax_value(), most)
            && isNumber(least)
            && isNumber(most);
    return known ? new Range(least, most) : null;
  }

  private static boolean isNumber(Value value) {
    return value.kind() != Kind.DOUBLE || !Double.isNaN(value.real());
  }
}
