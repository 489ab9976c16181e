package io.github.s3vfs.select.internal.table;

import io.github.s3vfs.select.ObjectSource;
import io.github.s3vfs.select.S3Select;
import io.github.s3vfs.select.SelectRows;
import io.github.s3vfs.select.SelectType;
import io.github.s3vfs.select.internal.eval.JsonText;
import io.github.s3vfs.select.internal.io.ByteSink;
import io.github.s3vfs.table.spi.RowBatch;
import io.github.s3vfs.table.spi.RowCursor;
import io.github.s3vfs.table.spi.SqlValue;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rows of one query. */
final class SelectCursor implements RowCursor {
  private static final byte[] NULL = {'n', 'u', 'l', 'l'};

  private final SelectFunction function;
  private final SqlValue[] parameters = new SqlValue[SelectFunction.PARAMETERS];
  private final int[] cellOfColumn = new int[SelectFunction.URL + SelectFunction.PARAMETERS];
  private int cells;

  private @Nullable SelectRows rows;
  private boolean first = true;
  private long number;

  /** What was read last, which is read again in the same version. */
  private String url = "";

  private @Nullable ObjectSource source;

  SelectCursor(SelectFunction function) {
    this.function = function;
  }

  @Override
  public void filter(String plan, List<SqlValue> arguments) {
    closeRows();
    String[] words = plan.split(" ", -1);
    long used = Long.parseUnsignedLong(words[0].substring("used=".length()), 16);
    cells = 0;
    for (int i = 0; i < cellOfColumn.length; i++) {
      cellOfColumn[i] = (used >>> Math.min(i, 63) & 1) != 0 ? cells++ : -1;
    }
    Arrays.fill(parameters, SqlValue.NULL);
    for (int i = 1; i < words.length; i++) {
      parameters[Integer.parseInt(words[i])] = arguments.get(i - 1);
    }
    first = true;
    number = 0;
  }

  private String parameter(int index, String name) {
    if (parameters[index].type() != SqlValue.Type.TEXT) {
      throw TableArguments.invalid(
          "s3_select(url, query[, options]): " + name + " is " + parameters[index].type());
    }
    return parameters[index].text();
  }

  @Override
  public boolean fill(RowBatch batch) {
    batch.columns(cellOfColumn, cells);
    try {
      if (first) {
        first = false;
        open();
      }
      SelectRows reading = rows;
      while (reading != null && batch.wantsMore()) {
        if (!reading.next()) {
          closeRows();
          return false;
        }
        add(reading, batch);
        batch.endRow(++number);
      }
      return reading != null;
    } catch (RuntimeException e) {
      closeRows();
      throw TableFailure.of(url, e);
    }
  }

  private void open() {
    String wanted = parameter(0, "url");
    String query = parameter(1, "query");
    String options = parameters[2].type() == SqlValue.Type.NULL ? "" : parameter(2, "options");
    ObjectSource object = source;
    if (object == null || !wanted.equals(url)) {
      url = wanted;
      object = function.sources().open(wanted);
      source = object;
    }
    rows = S3Select.query(query, object, function.options(options));
  }

  private void add(SelectRows reading, RowBatch batch) {
    for (int i = 0; i < cellOfColumn.length; i++) {
      if (cellOfColumn[i] >= 0) {
        add(reading, i, batch);
      }
    }
  }

  private void add(SelectRows reading, int column, RowBatch batch) {
    if (column >= SelectFunction.URL) {
      batch.add(parameters[column - SelectFunction.URL]);
    } else if (column == SelectFunction.ROW) {
      ByteSink json = json(reading);
      batch.addText(json.array(), 0, json.length());
    } else if (column >= reading.columnCount()) {
      batch.addNull();
    } else {
      value(reading, column, batch);
    }
  }

  private static void value(SelectRows reading, int column, RowBatch batch) {
    switch (reading.type(column)) {
      case NULL -> batch.addNull();
      case INT -> batch.add(reading.getLong(column));
      case BOOL -> batch.add(reading.getBoolean(column) ? 1 : 0);
      case FLOAT, DECIMAL -> batch.add(reading.getDouble(column));
      case STRING, JSON, TIMESTAMP -> {
        byte[] utf8 = utf8(reading, column);
        batch.addText(utf8, 0, utf8.length);
      }
    }
  }

  private static byte[] utf8(SelectRows reading, int column) {
    return String.valueOf(reading.getString(column)).getBytes(StandardCharsets.UTF_8);
  }

  /** The row as an object. */
  private static ByteSink json(SelectRows reading) {
    ByteSink json = new ByteSink(256);
    for (int i = 0; i < reading.columnCount(); i++) {
      json.put(i == 0 ? '{' : ',');
      byte[] name = reading.columnName(i).getBytes(StandardCharsets.UTF_8);
      JsonText.string(name, 0, name.length, json);
      json.put(':');
      byte[] text = utf8(reading, i);
      SelectType type = reading.type(i);
      if (type == SelectType.NULL
          || (type == SelectType.FLOAT && !Double.isFinite(reading.getDouble(i)))) {
        json.put(NULL);
      } else if (type == SelectType.STRING || type == SelectType.TIMESTAMP) {
        JsonText.string(text, 0, text.length, json);
      } else {
        json.put(text);
      }
    }
    if (reading.columnCount() == 0) {
      json.put('{');
    }
    json.put('}');
    return json;
  }

  private void closeRows() {
    SelectRows closing = rows;
    rows = null;
    if (closing != null) {
      closing.close();
    }
  }

  @Override
  public void close() {
    closeRows();
  }
}
