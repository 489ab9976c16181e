package io.github.s3vfs.changelog;

import io.github.s3vfs.changelog.ChangelogException.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What must hold for a writer, without the database and with it. Immutable. */
final class WriterChecks {
  static final List<String> RESERVED = List.of("time", "diff");

  private final String table;
  private final TableSchema schema;
  private final WriterOptions options;
  private final List<String> key;

  /**
   * Checks what needs no database.
   *
   * @throws ChangelogException if it does not hold
   */
  WriterChecks(String table, TableSchema schema, WriterOptions options) {
    this.table = table;
    this.schema = schema;
    this.options = options;
    boolean snapshot = options.mode() == WriterOptions.Mode.SNAPSHOT;
    List<String> named = options.primaryKey();
    if (!snapshot && !named.isEmpty()) {
      throw failure(Kind.PRIMARY_KEY_WITHOUT_SNAPSHOT, named, "a key is for the mode SNAPSHOT");
    }
    this.key =
        !snapshot
            ? List.of()
            : named.isEmpty() ? schema.primaryKey().stream().map(Column::name).toList() : named;
    if (snapshot && key.isEmpty()) {
      throw failure(
          Kind.SNAPSHOT_WITHOUT_PRIMARY_KEY, List.of(), "the mode SNAPSHOT needs a primary key");
    }
    List<String> reserved =
        schema.names().stream()
            .filter(each -> !snapshot && RESERVED.contains(Names.folded(each)))
            .toList();
    refuse(Kind.RESERVED_COLUMN, reserved, "these are columns of the writer's own");
    Set<String> seen = new HashSet<>();
    List<String> twice = key.stream().filter(each -> !seen.add(Names.folded(each))).toList();
    refuse(Kind.DUPLICATE_PRIMARY_KEY, twice, "these are in the key twice");
    List<String> unknown = key.stream().filter(each -> schema.indexOf(each) < 0).toList();
    refuse(Kind.PRIMARY_KEY_NOT_A_COLUMN, unknown, "these are in the key, and not in the schema");
    List<String> nullable =
        key.stream().filter(each -> schema.columns().get(schema.indexOf(each)).optional()).toList();
    refuse(Kind.NULLABLE_PRIMARY_KEY, nullable, "these are in the key, and optional");
    if (options.maxBatchSize() <= 0) {
      throw failure(
          Kind.INVALID_BATCH_SIZE, List.of(), "maxBatchSize is " + options.maxBatchSize());
    }
    List<String> any =
        schema.columns().stream()
            .filter(each -> each.type().has(LogicalType.Kind.ANY))
            .map(Column::name)
            .toList();
    refuse(Kind.UNSUPPORTED_TYPE, any, "values of the type ANY cannot be written");
  }

  /** The columns of the key as the caller has named them. */
  List<String> key() {
    return key;
  }

  private ChangelogException failure(Kind kind, List<String> columns, String message) {
    return new ChangelogException(kind, columns, "table " + table + ": " + message);
  }

  private void refuse(Kind kind, List<String> columns, String message) {
    if (!columns.isEmpty()) {
      throw failure(kind, columns, message + ": " + columns);
    }
  }

  /** Checks the table as it is found. */
  void before(TableShape shape) {
    if (shape.isView()) {
      throw failure(Kind.DESTINATION_IS_VIEW, List.of(), "is a view");
    }
    if (shape.exists() && !shape.isTable()) {
      throw failure(Kind.DESTINATION_IS_NOT_A_TABLE, List.of(), "is of the kind " + shape.kind());
    }
    boolean kept = options.initMode() != WriterOptions.InitMode.REPLACE;
    if (!key.isEmpty() && kept && shape.exists() && !shape.isKey(key)) {
      throw failure(
          Kind.WRITER_PRIMARY_KEY_MISMATCH,
          key,
          "has no PRIMARY KEY or full UNIQUE index of exactly these columns: " + key);
    }
  }

  /** Checks the table as it is written to. */
  void after(TableShape shape) {
    if (!shape.exists()) {
      throw failure(Kind.DESTINATION_TABLE_NOT_FOUND, List.of(), "is not there");
    }
    List<String> generated = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    List<String> required = new ArrayList<>();
    Set<String> wanted =
        written().stream().map(Names::folded).collect(Collectors.toUnmodifiableSet());
    for (String name : written()) {
      TableShape.Field field = shape.column(name);
      if (field == null) {
        missing.add(name);
      } else if (field.generated()) {
        generated.add(name);
      }
    }
    refuse(Kind.DESTINATION_COLUMN_IS_GENERATED, generated, "these columns are generated");
    refuse(Kind.DESTINATION_MISSING_COLUMN, missing, "these columns are missing");
    for (TableShape.Field field : shape.columns()) {
      String name = Names.folded(field.name());
      boolean filled = field.hasDefault() || field.generated() || name.equals(shape.rowidAlias());
      if (!wanted.contains(name) && field.notNull() && !filled) {
        required.add(field.name());
      }
    }
    refuse(
        Kind.DESTINATION_MISSING_REQUIRED_VALUE,
        required,
        "these columns are NOT NULL, have no default and are not written");
    List<String> nonNull =
        schema.columns().stream()
            .filter(Column::optional)
            .map(Column::name)
            .filter(name -> notNull(shape, name))
            .toList();
    refuse(
        Kind.DESTINATION_COLUMN_REQUIRES_NON_NULL,
        nonNull,
        "these columns are optional, and NOT NULL or the rowid in the table");
  }

  private static boolean notNull(TableShape shape, String name) {
    TableShape.Field field = shape.column(name);
    // A rowid in place of NULL would be another value.
    return field != null
        && (field.notNull() || Names.folded(field.name()).equals(shape.rowidAlias()));
  }

  /** The columns of an event's row. */
  List<String> written() {
    List<String> names = new ArrayList<>(schema.names());
    if (options.mode() == WriterOptions.Mode.STREAM_OF_CHANGES) {
      names.addAll(RESERVED);
    }
    return names;
  }
}
