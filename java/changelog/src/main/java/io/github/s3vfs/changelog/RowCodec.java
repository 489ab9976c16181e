package io.github.s3vfs.changelog;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sqlite.core.Codes;
import org.sqlite.core.CoreStatement;
import org.sqlite.core.DB;
import org.sqlite.core.SafeStmtPtr;

/**
 * Rows of a query as bytes, and as values. Bytes of a row are: 0, or 1 if another row has the same
 * key; then the cells, the rowid first where that identifies a row. Not thread-safe.
 */
final class RowCodec {
  private static final int DUPLICATE = 1;
  private static final byte[] EMPTY = {};

  /** Types whose values have one form in SQLite. */
  private static final Set<LogicalType.Kind> RAW =
      EnumSet.of(
          LogicalType.Kind.INT,
          LogicalType.Kind.STRING,
          LogicalType.Kind.BYTES,
          LogicalType.Kind.DURATION,
          LogicalType.Kind.JSON,
          LogicalType.Kind.ANY);

  private final TableSchema schema;
  private final Column[] columns;
  private final boolean byRowid;
  private final boolean utf8;
  private final int count;
  private final int[] keys;
  private final String[] keyCollations;
  private final RowBytes keyBytes = new RowBytes();
  private final SafeStmtPtr.SafePtrFunction<RowBytes, SQLException> direct = this::direct;

  private @Nullable ResultSet reading;
  private @Nullable SafeStmtPtr pointer;
  private RowBytes row = new RowBytes();

  RowCodec(TableSchema schema, ReaderTable table) {
    this.schema = schema;
    this.columns = schema.columns().toArray(Column[]::new);
    this.byRowid = table.byRowid();
    this.utf8 = table.utf8();
    this.count = columns.length + (byRowid ? 1 : 0);
    this.keys = schema.primaryKey().stream().mapToInt(schema.columns()::indexOf).toArray();
    this.keyCollations = table.keyCollations().toArray(String[]::new);
  }

  /** Reads the row that a query is at. */
  void read(ResultSet rows, RowBytes into) throws SQLException {
    if (rows != reading) {
      Statement statement = rows.getStatement();
      pointer =
          statement.isWrapperFor(CoreStatement.class)
              ? statement.unwrap(CoreStatement.class).pointer
              : null;
      reading = rows;
    }
    row = into;
    into.clear().add(0);
    if (pointer == null) {
      byJdbc(rows);
    } else {
      // A call of the driver for each row, in place of two for each cell.
      RowBytes unused = pointer.safeRun(direct);
    }
  }

  private void byJdbc(ResultSet rows) throws SQLException {
    for (int i = 0; i < count; i++) {
      Object cell = rows.getObject(i + 1);
      row.cell(cell instanceof Integer number ? (Object) number.longValue() : cell);
    }
  }

  private RowBytes direct(DB database, long statement) throws SQLException {
    for (int i = 0; i < count; i++) {
      switch (database.column_type(statement, i)) {
        case Codes.SQLITE_INTEGER -> row.whole(database.column_long(statement, i));
        case Codes.SQLITE_FLOAT -> row.real(database.column_double(statement, i));
        case Codes.SQLITE_TEXT -> row.text(text(database, statement, i));
        case Codes.SQLITE_BLOB -> row.blob(content(database, statement, i));
        default -> row.cell(null);
      }
    }
    return row;
  }

  /** The bytes of a text are there already where the database stores UTF-8. */
  private byte[] text(DB database, long statement, int column) throws SQLException {
    return utf8
        ? content(database, statement, column)
        : database.column_text(statement, column).getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] content(DB database, long statement, int column) throws SQLException {
    byte[] content = database.column_blob(statement, column);
    return content == null ? EMPTY : content;
  }

  /** The first word of the hash of what identifies a row; the hash has the second one. */
  long hashKey(SipHash hash, RowBytes of) {
    RowBytes key = key(of);
    boolean isNumber = key.length() == 9 && key.bytes()[0] == 'i';
    return isNumber
        ? hash.hash(StateLog.longAt(key.bytes(), 1))
        : hash.hash(key.bytes(), key.length());
  }

  /** What identifies a row, as bytes. The next call changes them. */
  RowBytes key(RowBytes of) {
    keyBytes.clear();
    if (byRowid) {
      return keyBytes.cellOf(of, 1);
    }
    int at = 1;
    int column = 0;
    for (int i = 0; i < keys.length; i++) {
      int key = keys[i];
      for (; column < key; column++) {
        at = RowBytes.next(of.bytes(), at);
      }
      int start = keyBytes.length();
      if (RAW.contains(columns[key].type().kind())) {
        keyBytes.cellOf(of, at);
      } else {
        keyBytes.cell(canonical(columns[key], RowBytes.cell(of.bytes(), at)));
      }
      keyBytes.collate(start, keyCollations[i]);
    }
    return keyBytes;
  }

  /** The one value of SQLite for all that are the same to the program. */
  private static @Nullable Object canonical(Column column, @Nullable Object cell) {
    try {
      return ToSqlite.write(column, FromSqlite.read(column, cell));
    } catch (BadValue e) {
      return cell;
    }
  }

  /** Marks a row as one whose key another one has. */
  static void setDuplicate(RowBytes of) {
    of.bytes()[0] = DUPLICATE;
  }

  /** What has happened to a row. */
  Change change(Change.Kind kind, byte[] of) {
    int at = byRowid ? RowBytes.next(of, 1) : 1;
    @Nullable Object[] values = new Object[columns.length];
    Map<String, String> errors = Map.of();
    for (int i = 0; i < values.length; i++) {
      try {
        values[i] = FromSqlite.read(columns[i], RowBytes.cell(of, at));
      } catch (BadValue e) {
        String name = columns[i].name();
        errors = errors.isEmpty() ? new LinkedHashMap<>() : errors;
        errors.put(name, "cannot create a field \"" + name + "\" with " + e.getMessage());
      }
      at = RowBytes.next(of, at);
    }
    List<@Nullable Object> key =
        byRowid ? Collections.singletonList(RowBytes.cell(of, 1)) : key(values);
    boolean duplicate = of[0] == DUPLICATE;
    if (duplicate) {
      errors = new LinkedHashMap<>(errors);
      String shown = "another row has the key " + shown(of);
      for (int each : keys) {
        values[each] = null;
        errors.put(columns[each].name(), shown);
      }
    }
    Map<String, String> fixed = errors.isEmpty() ? errors : Collections.unmodifiableMap(errors);
    return new Change(kind, key, new Row(schema, values, fixed), duplicate);
  }

  /**
   * Adds what has happened to a row that is another one now: nothing, if its values are the same.
   */
  void update(byte[] old, byte[] now, List<Change> out) {
    Change before = change(Change.Kind.UPDATE_BEFORE, old);
    Change after = change(Change.Kind.UPDATE_AFTER, now);
    if (!before.row().equals(after.row())) {
      out.add(before);
      out.add(after);
    }
  }

  private List<@Nullable Object> key(@Nullable Object[] values) {
    if (keys.length == 1) {
      return Collections.singletonList(values[keys[0]]);
    }
    @Nullable Object[] key = new Object[keys.length];
    for (int i = 0; i < key.length; i++) {
      key[i] = values[keys[i]];
    }
    return Collections.unmodifiableList(Arrays.asList(key));
  }

  private String shown(byte[] of) {
    StringBuilder key = new StringBuilder("(");
    int at = 1;
    int column = 0;
    for (int each : keys) {
      for (; column < each; column++) {
        at = RowBytes.next(of, at);
      }
      key.append(key.length() > 1 ? ", " : "")
          .append(columns[each].name())
          .append(" = ")
          .append(BadValue.shown(RowBytes.cell(of, at)));
    }
    return key.append(')').toString();
  }
}
