package io.github.s3vfs.select.internal.table;

import io.github.s3vfs.select.CsvInput;
import io.github.s3vfs.select.FileHeaderInfo;
import io.github.s3vfs.select.JsonInput;
import io.github.s3vfs.select.SelectLimits;
import io.github.s3vfs.select.SelectOptions;
import io.github.s3vfs.table.spi.RowCursor;
import io.github.s3vfs.table.spi.RowModule;
import io.github.s3vfs.table.spi.RowTable;
import io.github.s3vfs.table.spi.ScanPlan;
import io.github.s3vfs.table.spi.ScanRequest;
import io.github.s3vfs.table.spi.ScanRequest.Constraint;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The table-valued function {@code s3_select(url, query[, options])}. */
public final class SelectFunction implements RowModule {
  /** Columns c1 to cN; a row of more has the others in {@code row} only. */
  static final int COLUMNS = 32;

  /** The column that has the whole row, as JSON. */
  static final int ROW = COLUMNS;

  /** The first of the parameters. */
  static final int URL = COLUMNS + 1;

  static final int PARAMETERS = 3;

  private final SourceOpener sources;
  private final SelectLimits limits;

  /** One for all connections. */
  public SelectFunction(SourceOpener sources, SelectLimits limits) {
    this.sources = sources;
    this.limits = limits;
  }

  @Override
  public boolean isFunction() {
    return true;
  }

  @Override
  public RowTable table(List<String> arguments) {
    return new Table();
  }

  SelectOptions options(String text) {
    TableArguments options = TableArguments.of(text);
    String format = options.take("format");
    SelectOptions made = SelectOptions.DEFAULT.withLimits(limits);
    switch (format == null ? "csv" : format.toLowerCase(Locale.ROOT)) {
      case "csv" -> {
        boolean named = options.take("header", false);
        CsvInput csv = ObjectFormat.csv(options, false);
        made = made.withInput(named ? csv.withHeader(FileHeaderInfo.USE) : csv);
      }
      case "json" -> {
        JsonInput json = ObjectFormat.json(options);
        made = made.withInput(json);
      }
      default ->
          throw TableArguments.invalid("format is '" + format + "'; possible are csv and json");
    }
    made = made.withCompression(options.takeCompression());
    options.end();
    return made;
  }

  SourceOpener sources() {
    return sources;
  }

  private final class Table implements RowTable {
    private static final long ROWS = 100_000;
    private static final double COST = 250_000;

    @Override
    public String schema() {
      StringBuilder schema = new StringBuilder("CREATE TABLE x(");
      for (int i = 1; i <= COLUMNS; i++) {
        schema.append('c').append(i).append(", ");
      }
      return schema.append("\"row\" TEXT, url HIDDEN, query HIDDEN, options HIDDEN)").toString();
    }

    @Override
    public @Nullable ScanPlan plan(ScanRequest request) {
      int size = request.constraints().size();
      int[] arguments = new int[size];
      boolean[] checked = new boolean[size];
      StringBuilder text = new StringBuilder("used=" + Long.toHexString(request.columnsUsed()));
      int next = 0;
      for (int parameter = 0; parameter < PARAMETERS; parameter++) {
        boolean there = false;
        for (int i = 0; i < size; i++) {
          Constraint constraint = request.constraints().get(i);
          boolean given =
              constraint.column() == URL + parameter && constraint.operator() == ScanRequest.EQ;
          if (given && !constraint.usable()) {
            return null;
          }
          if (given && !there) {
            there = true;
            arguments[i] = ++next;
            checked[i] = true;
            text.append(' ').append(parameter);
          }
        }
      }
      return new ScanPlan(text.toString(), COST, ROWS, arguments, checked);
    }

    @Override
    public RowCursor open() {
      return new SelectCursor(SelectFunction.this);
    }
  }
}
