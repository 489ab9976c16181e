package io.github.s3vfs.select.internal.table;

import io.github.s3vfs.select.Compression;
import io.github.s3vfs.select.CsvInput;
import io.github.s3vfs.select.ObjectSource;
import io.github.s3vfs.table.spi.RowCursor;
import io.github.s3vfs.table.spi.RowTable;
import io.github.s3vfs.table.spi.ScanPlan;
import io.github.s3vfs.table.spi.ScanRequest;
import java.util.List;
import java.util.stream.Collectors;

/** An object as a table. Each cursor reads the version that is there when it begins. */
final class ObjectTable implements RowTable {
  /** About so many bytes are in a row. */
  private static final int ROW_BYTES = 64;

  /** And so many times as long as it is stored is an object that was compressed. */
  private static final int COMPRESSED = 4;

  private final SourceOpener sources;
  private final String url;
  private final ObjectFormat format;
  private final List<TableColumn> columns;

  /** The first record, where the names of the columns come from it. */
  private final List<String> header;

  private final long rows;

  ObjectTable(
      SourceOpener sources,
      String url,
      ObjectFormat format,
      List<TableColumn> columns,
      List<String> header,
      long size) {
    this.sources = sources;
    this.url = url;
    this.format = format;
    this.columns = columns;
    this.header = header;
    long bytes = format.compression() == Compression.NONE ? size : size * COMPRESSED;
    this.rows = bytes / ROW_BYTES + 1;
  }

  @Override
  public String schema() {
    return columns.stream()
        .map(TableColumn::declaration)
        .collect(Collectors.joining(", ", "CREATE TABLE x(", ")"));
  }

  @Override
  public ScanPlan plan(ScanRequest request) {
    return Scan.plan(request, rows);
  }

  @Override
  public RowCursor open() {
    return new ObjectCursor(this);
  }

  List<TableColumn> columns() {
    return columns;
  }

  ObjectFormat format() {
    return format;
  }

  String url() {
    return url;
  }

  /** The object as it is now, which still has to have the columns of this table. */
  ObjectSource source() {
    ObjectSource source = sources.open(url);
    if (!header.isEmpty() && format.input() instanceof CsvInput) {
      List<String> now = format.header(source);
      if (!now.equals(header)) {
        throw ObjectFormat.changed(url, now);
      }
    }
    return source;
  }
}
