package io.github.s3vfs.select.internal.table;

import io.github.s3vfs.select.ObjectSource;
import io.github.s3vfs.select.SelectException;
import io.github.s3vfs.select.internal.eval.Expr;
import io.github.s3vfs.select.internal.eval.RowSource;
import io.github.s3vfs.table.spi.RowBatch;
import io.github.s3vfs.table.spi.RowCursor;
import io.github.s3vfs.table.spi.SqlValue;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Goes through an object. From the second time on, the rows are taken from memory, if they fit: the
 * table is joined then, and gone through once for each row of another.
 */
final class ObjectCursor implements RowCursor {
  private static final Logger LOG = LoggerFactory.getLogger(ObjectCursor.class);

  /** Bytes that are read without SQLite getting the opportunity to end the statement. */
  private static final long AT_ONCE = 4 << 20;

  /** Rows between two looks at how much was read. */
  private static final int LOOK = 255;

  /** Most memory for rows. */
  private static final long STORE_BYTES = 64L << 20;

  private final ObjectTable table;
  private @Nullable ObjectSource source;
  private Scan scan = new Scan(0, List.of(), 0);
  private boolean first = true;

  /** For each cell of a row: where it comes from, and what it is in this row. */
  private Expr[] expressions = {};

  private Affinity[] affinities = {};
  private Cell[] cells = {};
  private int[] cellOfColumn = {};

  /** What a row has to fulfil, and of which cell it is; and which cells have been filled. */
  private Condition[] conditions = {};

  private int[] testedCells = {};
  private boolean[] known = {};

  private @Nullable RowSource rows;

  private @Nullable RowStore store;
  private @Nullable Scan storeScan;
  private boolean tooLarge;
  private int times;

  /** The next row of the store, and the test by which rows are found in it; -1 for none. */
  private int at;

  private int key;

  ObjectCursor(ObjectTable table) {
    this.table = table;
  }

  @Override
  public void filter(String plan, List<SqlValue> arguments) {
    closeRows();
    Scan next = Scan.parse(plan, arguments, table.columns());
    times = next.readsAs(scan) ? times + 1 : 1;
    scan = next;
    first = true;
    if (store != null && storeScan != null && !next.readsAs(storeScan)) {
      store = null;
    }
    layOut();
  }

  /** Decides which columns the rows have: those that SQLite wants, and those that are tested. */
  private void layOut() {
    List<TableColumn> columns = table.columns();
    cellOfColumn = new int[columns.size()];
    int count = 0;
    for (int i = 0; i < cellOfColumn.length; i++) {
      int column = i;
      boolean used =
          (scan.used() >>> Math.min(i, 63) & 1) != 0
              || scan.tests().stream().anyMatch(test -> test.column() == column);
      cellOfColumn[i] = used ? count++ : -1;
    }
    conditions = scan.tests().stream().map(Scan.Test::condition).toArray(Condition[]::new);
    testedCells = scan.tests().stream().mapToInt(test -> cellOfColumn[test.column()]).toArray();
    if (cells.length != count) {
      cells = new Cell[count];
      Arrays.setAll(cells, i -> new Cell());
    }
  }

  @Override
  public boolean fill(RowBatch batch) {
    try {
      if (first && scan.wanted() < Long.MAX_VALUE) {
        batch.expect(scan.wanted());
      }
      batch.columns(cellOfColumn, cells.length);
      if (first && times > 1 && store == null && !tooLarge) {
        remember();
      }
      RowStore remembered = store;
      if (remembered != null) {
        if (first) {
          start(remembered);
        }
        first = false;
        return replay(remembered, batch);
      }
      if (first) {
        open();
      }
      first = false;
      return read(batch);
    } catch (RuntimeException e) {
      closeRows();
      throw TableFailure.of(table.url(), e);
    }
  }

  private void open() {
    ObjectSource pinned = source;
    if (pinned == null) {
      pinned = table.source();
      source = pinned;
    }
    RowSource opened = table.format().open(pinned);
    rows = opened;
    List<TableColumn> columns = table.columns();
    expressions = new Expr[cells.length];
    affinities = new Affinity[cells.length];
    known = new boolean[cells.length];
    for (int i = 0; i < cellOfColumn.length; i++) {
      if (cellOfColumn[i] >= 0) {
        expressions[cellOfColumn[i]] = table.format().column(opened, i, columns.get(i));
        affinities[cellOfColumn[i]] = columns.get(i).affinity();
      }
    }
  }

  private boolean read(RowBatch batch) {
    RowSource reading = rows;
    if (reading == null) {
      return false;
    }
    long until = reading.bytesRead() + AT_ONCE;
    int looks = 0;
    while (batch.wantsMore()) {
      if (!reading.next()) {
        closeRows();
        return false;
      }
      if (isWanted()) {
        for (int i = 0; i < cells.length; i++) {
          cell(i).addTo(batch);
        }
        batch.endRow(reading.number());
      } else if ((++looks & LOOK) == 0 && reading.bytesRead() > until) {
        return true;
      }
    }
    return true;
  }

  private boolean isWanted() {
    Arrays.fill(known, false);
    for (int i = 0; i < conditions.length; i++) {
      if (!conditions[i].keeps(cell(testedCells[i]))) {
        return false;
      }
    }
    return true;
  }

  private Cell cell(int index) {
    Cell cell = cells[index];
    if (!known[index]) {
      known[index] = true;
      cell.set(expressions[index].eval(), affinities[index]);
    }
    return cell;
  }

  /** Takes all rows into memory, of which the tests of this scan may want others than the next. */
  private void remember() {
    RowStore filling = new RowStore(cells.length, STORE_BYTES);
    open();
    RowSource reading = rows;
    while (reading != null && reading.next()) {
      Arrays.fill(known, false);
      for (int i = 0; i < cells.length; i++) {
        Cell unused = cell(i);
      }
      if (!filling.add(reading.number(), cells)) {
        tooLarge = true;
        LOG.warn(
            "{} is read again for each row that it is joined with, and too large for memory: in"
                + " place of the table, use WITH name AS MATERIALIZED (SELECT ... FROM table)",
            table.url());
        closeRows();
        return;
      }
    }
    closeRows();
    store = filling;
    storeScan = scan;
  }

  private void start(RowStore remembered) {
    key = -1;
    for (int i = 0; i < conditions.length; i++) {
      if (conditions[i].isKey()) {
        key = testedCells[i];
        at = remembered.find(key, conditions[i].key());
        return;
      }
    }
    at = 0;
  }

  private boolean replay(RowStore remembered, RowBatch batch) {
    while (batch.wantsMore() && at >= 0 && at < remembered.rows()) {
      int row = at;
      at = key >= 0 ? remembered.before(row) : row + 1;
      for (int i = 0; i < cells.length; i++) {
        remembered.get(row, i, cells[i]);
      }
      boolean wanted = true;
      for (int i = 0; i < conditions.length; i++) {
        wanted = wanted && conditions[i].keeps(cells[testedCells[i]]);
      }
      if (wanted) {
        for (Cell cell : cells) {
          cell.addTo(batch);
        }
        batch.endRow(remembered.rowid(row));
      }
    }
    return at >= 0 && at < remembered.rows();
  }

  private void closeRows() {
    RowSource closing = rows;
    rows = null;
    if (closing != null) {
      try {
        closing.close();
      } catch (IOException | SelectException e) {
        LOG.debug("{}: not closed in order", table.url(), e);
      }
    }
  }

  @Override
  public void close() {
    closeRows();
    store = null;
  }
}
