package io.github.s3vfs.select.internal.table;

import io.github.s3vfs.select.CsvInput;
import io.github.s3vfs.select.InputFormat;
import io.github.s3vfs.select.ObjectSource;
import io.github.s3vfs.select.SelectLimits;
import io.github.s3vfs.select.internal.eval.Step;
import io.github.s3vfs.table.spi.RowModule;
import io.github.s3vfs.table.spi.RowTable;
import java.io.IOException;
import java.util.List;

/** {@code CREATE VIRTUAL TABLE temp.t USING s3_csv('s3://bucket/key', ...)}, and s3_json. */
public final class ObjectModule implements RowModule {
  /** The names of module, database and table. */
  private static final int NAMES = 3;

  private final SourceOpener sources;
  private final SelectLimits limits;
  private final boolean json;

  private ObjectModule(SourceOpener sources, SelectLimits limits, boolean json) {
    this.sources = sources;
    this.limits = limits;
    this.json = json;
  }

  /** Tables of CSV. */
  public static RowModule csv(SourceOpener sources, SelectLimits limits) {
    return new ObjectModule(sources, limits, false);
  }

  /** Tables of JSON. */
  public static RowModule json(SourceOpener sources, SelectLimits limits) {
    return new ObjectModule(sources, limits, true);
  }

  @Override
  public boolean isFunction() {
    return false;
  }

  @Override
  public RowTable table(List<String> arguments) throws IOException {
    String module = arguments.get(0);
    String database = arguments.get(1);
    // A database that has come from elsewhere must not say what is read.
    if (!database.equalsIgnoreCase("temp")) {
      throw TableArguments.invalid(
          module
              + ": the table would be kept in the database '"
              + database
              + "'; say CREATE VIRTUAL TABLE temp."
              + arguments.get(2));
    }
    String url =
        arguments.size() > NAMES ? TableArguments.unquote(arguments.get(NAMES).strip()) : "";
    if (url.isEmpty()) {
      throw TableArguments.invalid(module + ": the first argument is 's3://bucket/key'");
    }
    try {
      return table(url, new TableArguments(arguments.subList(NAMES + 1, arguments.size())));
    } catch (RuntimeException e) {
      throw TableFailure.of(url, e);
    }
  }

  private RowTable table(String url, TableArguments options) throws IOException {
    String given = options.take("columns");
    InputFormat input =
        json ? ObjectFormat.json(options) : ObjectFormat.csv(options, given == null);
    List<Step> path = json ? ObjectFormat.path(options.take("path")) : List.of();
    ObjectFormat format = new ObjectFormat(input, path, options.takeCompression(), limits);
    options.end();
    if (given == null && input instanceof CsvInput && !format.hasHeader()) {
      throw TableArguments.invalid("without a header, columns='...' is needed");
    }
    List<TableColumn> declared = given == null ? List.of() : TableColumn.parse(given);
    ObjectSource source = sources.open(url);
    List<String> header = given == null && !json ? format.header(source) : List.of();
    List<TableColumn> columns =
        given != null ? declared : json ? format.members(source) : ObjectFormat.named(header);
    return new ObjectTable(sources, url, format, columns, header, source.size());
  }
}
