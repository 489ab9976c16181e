package io.github.s3vfs.csv;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the records of one source into one table, once. Belongs to one thread. */
final class ImportRun {
  private static final int SAMPLE_RECORDS = 1000;
  private static final long SAMPLE_CHARS = 4 << 20; // and one for each field
  private static final int BAD_ROWS_TOLD = 100;
  private static final int CONSTRAINT = 19; // SQLITE_CONSTRAINT, and its low byte in extended codes
  private static final int MISMATCH = 20; // SQLITE_MISMATCH, of INTEGER PRIMARY KEY

  private final Connection connection;
  private final @Nullable String schema;
  private final String tableName;
  private final CsvImportOptions options;
  private final RecordReader records;
  private final Pace pace;
  private final Pace.ByteCount bytes;
  private final FieldBinder binder;
  private final Deque<FieldList> sample = new ArrayDeque<>();
  private final List<BadRow> firstBad = new ArrayList<>();
  private boolean created;
  private long inserted;
  private long ignored;
  private long bad;

  ImportRun(
      Connection connection,
      @Nullable String schema,
      String tableName,
      CsvImportOptions options,
      RecordReader records,
      Pace pace,
      Pace.ByteCount bytes) {
    this.connection = connection;
    this.schema = schema;
    this.tableName = tableName;
    this.options = options;
    this.records = records;
    this.pace = pace;
    this.bytes = bytes;
    this.binder = new FieldBinder(options);
  }

  /** Imports everything, in the transaction that is there. */
  void run(ImportTransaction transaction) throws IOException, SQLException {
    FieldList header = options.header() == HeaderUse.NONE ? null : firstRecord();
    if (header == null && options.header() != HeaderUse.NONE) {
      throw new CsvException("the source is empty: there is no header", 1, null, null);
    }
    TargetTable table = TargetTable.find(connection, schema, tableName);
    if (table == null) {
      table = create(header);
    }
    checkTypes(table);
    ColumnMapping mapping = mapping(table, header);
    String sql = table.insertSql(options.conflict(), mapping.columns());
    try (PreparedStatement statement = connection.prepareStatement(sql);
        InsertCount count = new InsertCount(connection, statement, table)) {
      for (FieldList record = next(); record != null; record = next()) {
        if (record.size() == 0 && mapping.width() > 1) {
          continue; // an empty line
        }
        insert(statement, count, mapping, record, transaction);
        pace.row(bytes);
        if (options.commitEvery() > 0 && pace.rows() % options.commitEvery() == 0) {
          transaction.commit();
        }
      }
    }
    pace.end(bytes);
  }

  /** Behind empty lines. */
  private @Nullable FieldList firstRecord() throws IOException {
    FieldList first = records.next();
    while (first != null && first.size() == 0) {
      first = records.next();
    }
    return first;
  }

  private @Nullable FieldList next() throws IOException {
    FieldList first = sample.poll();
    return first == null ? records.next() : first;
  }

  /** Types are of columns that are there. */
  private void checkTypes(TargetTable table) throws CsvException {
    for (String column : options.types().keySet()) {
      if (table.find(column) == null) {
        throw new CsvException(
            "the options give a type to the column "
                + Excerpt.of(column)
                + ", which the table "
                + table.name()
                + " does not have",
            0,
            column,
            null);
      }
    }
  }

  private ColumnMapping mapping(TargetTable table, @Nullable FieldList header) throws CsvException {
    List<String> names = options.columns();
    if (names != null) {
      return ColumnMapping.byName(names, table, options, 0);
    } else if (options.header() == HeaderUse.NAMES && header != null) {
      return ColumnMapping.byName(header.values(), table, options, header.line());
    }
    return ColumnMapping.byPosition(table, options);
  }

  private TargetTable create(@Nullable FieldList header) throws IOException, SQLException {
    List<String> names =
        options.columns() != null || header == null ? options.columns() : header.values();
    if (!options.createTable()) {
      throw new CsvException(
          "there is no table "
              + TargetTable.quoted(schema, tableName)
              + ", and none is to be created");
    }
    if (names == null) {
      throw new CsvException(
          "a table is to be created, but neither a header nor the options name its columns");
    }
    ColumnMapping.checkNames(names, header == null ? 0 : header.line());
    long chars = 0;
    while (sample.size() < SAMPLE_RECORDS && chars < SAMPLE_CHARS) {
      FieldList record = records.next();
      if (record == null) {
        break;
      }
      sample.add(record);
      chars += record.size() + record.chars();
    }
    List<FieldList> first = List.copyOf(sample);
    List<TargetTable.Column> columns = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      CsvType type = ColumnMapping.type(options.types(), names.get(i));
      columns.add(
          new TargetTable.Column(
              names.get(i),
              type != null ? type : TypeInference.of(first, i, options.format().nullText())));
    }
    created = true;
    return TargetTable.create(connection, schema, tableName, columns);
  }

  private void insert(
      PreparedStatement statement,
      InsertCount count,
      ColumnMapping mapping,
      FieldList record,
      ImportTransaction transaction)
      throws SQLException, CsvException {
    FieldList fields = record.size() == 0 ? emptyField(record) : record;
    if (fields.size() != mapping.width()) {
      badRow(record, null, fields.size() + " fields in place of " + mapping.width(), null);
      return;
    }
    for (int i = 0; i < mapping.columns().size(); i++) {
      TargetTable.Column column = mapping.columns().get(i);
      int field = mapping.fields().get(i);
      try {
        binder.bind(statement, i + 1, column.type(), fields, field);
      } catch (BadValue e) {
        String value = Excerpt.of(fields.values().get(field));
        badRow(record, column.name(), value + " " + e.getMessage() + inferred(), null);
        return;
      }
    }
    try {
      if (count.run()) {
        inserted++;
      } else {
        ignored++;
      }
    } catch (SQLException e) {
      int code = e.getErrorCode() & 0xff;
      if (code != CONSTRAINT && code != MISMATCH) {
        throw e;
      }
      badRow(record, null, String.valueOf(e.getMessage()), e);
      if (transaction.isLost()) {
        throw e; // nothing may be inserted behind it
      }
    }
  }

  private String inferred() {
    return created ? "; types that were not given are those of the first records" : "";
  }

  /** What an empty line is in a table of one column. */
  private static FieldList emptyField(FieldList line) {
    return new FieldList(line.line(), List.of(""), line.quoted());
  }

  private void badRow(
      FieldList record, @Nullable String column, String problem, @Nullable SQLException cause)
      throws CsvException {
    BadRow row = new BadRow(record.line(), column, problem);
    if (bad == options.badRows().max()) {
      String before = bad == 0 ? "" : " (after " + bad + " other bad rows)";
      throw new CsvException(row + before, row.line(), column, cause);
    }
    bad++;
    if (firstBad.size() < BAD_ROWS_TOLD) {
      firstBad.add(row);
    }
    options.badRows().listener().accept(row);
  }

  CsvImportResult result() {
    return new CsvImportResult(inserted, ignored, bad, firstBad, bytes.bytes(), created);
  }
}
