package io.github.s3vfs.select.internal.table;

import io.github.s3vfs.select.Compression;
import io.github.s3vfs.select.CsvInput;
import io.github.s3vfs.select.Dialect;
import io.github.s3vfs.select.FileHeaderInfo;
import io.github.s3vfs.select.InputFormat;
import io.github.s3vfs.select.JsonInput;
import io.github.s3vfs.select.ObjectSource;
import io.github.s3vfs.select.SelectError;
import io.github.s3vfs.select.SelectException;
import io.github.s3vfs.select.SelectLimits;
import io.github.s3vfs.select.internal.csv.CsvReader;
import io.github.s3vfs.select.internal.eval.Expr;
import io.github.s3vfs.select.internal.eval.RowSource;
import io.github.s3vfs.select.internal.eval.Step;
import io.github.s3vfs.select.internal.io.ByteInput;
import io.github.s3vfs.select.internal.io.Inputs;
import io.github.s3vfs.select.internal.json.JsonReader;
import io.github.s3vfs.select.internal.sql.Query;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How the object of a table is read.
 *
 * @param input CSV or JSON
 * @param from the path of the rows in JSON
 */
record ObjectFormat(
    InputFormat input, List<Step> from, Compression compression, SelectLimits limits) {
  /** So many rows of JSON are looked at for names of columns. */
  private static final int JSON_ROWS = 100;

  private static final int HEADER = 64 << 10;

  static CsvInput csv(TableArguments options, boolean header) {
    String quote = options.takeText("quote", "\"");
    String escape = options.takeText("escape", "\\");
    String comments = options.take("comments");
    return new CsvInput(
        options.take("header", header) ? FileHeaderInfo.USE : FileHeaderInfo.NONE,
        options.takeText("record_delimiter", "\n"),
        options.takeText("delimiter", ","),
        quote.isEmpty() ? null : quote,
        escape.isEmpty() ? null : escape,
        comments,
        options.take("quoted_newlines", true));
  }

  static JsonInput json(TableArguments options) {
    String type = options.take("type");
    if (type == null || type.equalsIgnoreCase("document")) {
      return JsonInput.DOCUMENT;
    } else if (type.equalsIgnoreCase("lines")) {
      return JsonInput.LINES;
    }
    throw TableArguments.invalid("type is '" + type + "'; possible are document and lines");
  }

  /** Steps behind {@code s3object[*]}. */
  static List<Step> path(@Nullable String path) {
    if (path == null || path.isBlank()) {
      return List.of();
    }
    String steps = path.startsWith(".") || path.startsWith("[") ? path : "." + path;
    Query query = Query.parse("SELECT * FROM s3object[*]" + steps);
    if (query.tableAlias() != null || query.where() != null || query.limit() >= 0) {
      throw TableArguments.invalid("'" + path + "' is not a path");
    }
    return query.from();
  }

  boolean hasHeader() {
    return input instanceof CsvInput csv && csv.fileHeaderInfo() != FileHeaderInfo.NONE;
  }

  /** The columns that the first record of a CSV names. */
  static List<TableColumn> named(List<String> header) {
    List<TableColumn> columns = new ArrayList<>();
    for (int i = 0; i < header.size(); i++) {
      String name = header.get(i).isBlank() ? "_" + (i + 1) : header.get(i);
      columns.add(new TableColumn(name, "TEXT"));
    }
    return TableColumn.checked(columns);
  }

  /** The fields of the first record of a CSV. */
  List<String> header(ObjectSource source) {
    CsvInput csv = ((CsvInput) input).withHeader(FileHeaderInfo.USE);
    try (ByteInput bytes = Inputs.open(source, 0, HEADER, compression, limits)) {
      return CsvReader.header(bytes, csv, Dialect.AWS, limits.maxRecordBytes()).names();
    }
  }

  /** The columns that the first rows of JSON have. */
  List<TableColumn> members(ObjectSource source) throws IOException {
    Set<String> names = new LinkedHashSet<>();
    Set<String> known = new LinkedHashSet<>();
    try (RowSource rows = json(source, HEADER)) {
      rows.wantStar();
      for (int i = 0; i < JSON_ROWS && rows.next(); i++) {
        for (int column = 0; column < rows.starCount(); column++) {
          String name = rows.starName(column);
          if (known.add(name.toLowerCase(Locale.ROOT))) {
            names.add(name);
          }
        }
      }
    }
    if (names.isEmpty()) {
      throw TableArguments.invalid("there are no rows to take columns from; say columns='...'");
    }
    return TableColumn.checked(names.stream().map(name -> new TableColumn(name, "")).toList());
  }

  /** Opens the rows. */
  RowSource open(ObjectSource source) {
    if (input instanceof JsonInput) {
      JsonReader rows = json(source, Long.MAX_VALUE);
      rows.keepNested();
      return rows;
    }
    CsvInput csv = (CsvInput) input;
    if (hasHeader()) {
      csv = csv.withHeader(FileHeaderInfo.IGNORE); // columns are found by their places
    }
    ByteInput bytes = Inputs.open(source, 0, Long.MAX_VALUE, compression, limits);
    try {
      return CsvReader.open(
          bytes,
          csv,
          Dialect.AWS,
          limits.maxRecordBytes(),
          CsvReader.FIRST,
          Long.MAX_VALUE,
          List.of());
    } catch (RuntimeException e) {
      bytes.close();
      throw e;
    }
  }

  private JsonReader json(ObjectSource source, long until) {
    ByteInput bytes = Inputs.open(source, 0, until, compression, limits);
    try {
      return JsonReader.open(bytes, (JsonInput) input, limits, from, true, Long.MAX_VALUE);
    } catch (RuntimeException e) {
      bytes.close();
      throw e;
    }
  }

  /** A column of the rows: of CSV by its place, of JSON by its name. */
  Expr column(RowSource rows, int index, TableColumn column) {
    Step step = rows.isJson() ? Step.key(column.name(), true) : Step.key("_" + (index + 1), false);
    return Objects.requireNonNull(rows.column(List.of(step)));
  }

  /** That an object has other columns than its table. */
  static SelectException changed(String name, List<String> header) {
    return new SelectException(
        SelectError.OBJECT_CHANGED,
        name + " has other columns by now: " + String.join(", ", header));
  }
}
