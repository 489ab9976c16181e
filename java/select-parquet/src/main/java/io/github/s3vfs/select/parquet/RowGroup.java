package io.github.s3vfs.select.parquet;

import io.github.s3vfs.select.ScanRange;
import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.schema.MessageType;

/**
 * Rows that are stored together.
 *
 * @param index among the row groups, from 0
 * @param rows how many there are
 * @param start its first byte
 * @param chunks one for each leaf of the schema
 */
record RowGroup(int index, long rows, long start, List<Chunk> chunks) {
  /**
   * The row groups of an object.
   *
   * @param end behind the bytes in which columns can be
   */
  static List<RowGroup> read(FileMetaData metadata, MessageType schema, long end) {
    List<ColumnDescriptor> leaves = schema.getColumns();
    List<RowGroup> groups = new ArrayList<>();
    for (org.apache.parquet.format.RowGroup stored : metadata.getRow_groups()) {
      int index = groups.size();
      List<ColumnChunk> columns = stored.getColumns();
      if (stored.getNum_rows() < 0 || columns.size() != leaves.size()) {
        throw Failures.damaged(
            "row group %d has %d rows in %d columns of %d"
                .formatted(index, stored.getNum_rows(), columns.size(), leaves.size()));
      }
      List<Chunk> chunks = new ArrayList<>(columns.size());
      long start = end;
      for (int i = 0; i < columns.size(); i++) {
        Chunk chunk = Chunk.of(leaves.get(i), columns.get(i), index, end);
        chunks.add(chunk);
        start = Math.min(start, chunk.start());
      }
      groups.add(new RowGroup(index, stored.getNum_rows(), start, chunks));
    }
    return groups;
  }

  /** Whether its first byte is in a range. */
  boolean isIn(ScanRange range) {
    return start >= range.start() && start <= range.end();
  }
}
