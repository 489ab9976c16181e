package io.github.s3vfs.select.parquet;

import io.github.s3vfs.select.internal.eval.Value;
import java.util.List;
import java.util.Map;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

/** A column with lists, maps or fields of its own, as JSON. */
final class NestedColumn implements GroupColumn {
  private final RecordReader<Fragment> records;
  private final boolean repeated;
  private long next;

  /**
   * In one row group.
   *
   * @param pages of the leaves below the field, by their paths
   * @param maxBytes the longest text
   */
  NestedColumn(Type field, long rows, Map<List<String>, Pages> pages, int maxBytes) {
    MessageType message = new MessageType("row", field);
    this.repeated = field.isRepetition(Type.Repetition.REPEATED);
    this.records =
        new ColumnIOFactory()
            .getColumnIO(message)
            .getRecordReader(new Store(rows, pages), new JsonRecords(message, maxBytes));
  }

  @Override
  public void read(long row, Value out) {
    Fragment fragment = records.read();
    while (next++ < row) {
      fragment = records.read();
    }
    fragment.value(repeated, out);
  }

  private record Store(long rows, Map<List<String>, Pages> pages) implements PageReadStore {
    @Override
    public PageReader getPageReader(ColumnDescriptor leaf) {
      Pages found = pages.get(List.of(leaf.getPath()));
      if (found == null) {
        throw new IllegalStateException(leaf.toString());
      }
      return found;
    }

    @Override
    public long getRowCount() {
      return rows;
    }
  }
}
