package io.github.s3vfs.select;

import io.github.s3vfs.select.internal.eval.Aggregate;
import io.github.s3vfs.select.internal.eval.Expr;
import io.github.s3vfs.select.internal.eval.Kind;
import io.github.s3vfs.select.internal.eval.RowSource;
import io.github.s3vfs.select.internal.eval.Text;
import io.github.s3vfs.select.internal.eval.Value;
import io.github.s3vfs.select.internal.io.ByteSink;
import io.github.s3vfs.select.internal.sql.Binder;
import io.github.s3vfs.select.internal.sql.Plan;
import io.github.s3vfs.select.internal.sql.Query;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A query that runs: which rows, their errors, and the columns of the one that is there. */
final class Execution {
  private final RowSource rows;
  private final List<Plan.Column> columns;
  private final @Nullable Expr where;
  private final Aggregate[] aggregates;
  private final Value[] values;

  /** Which projections are {@code *}, in order. */
  private final int[] stars;

  private final boolean aggregated;
  private final int maxErrors;
  private final long maxRead;
  private final long maxReturned;
  private final ByteSink scratch = new ByteSink(64);

  private long read;
  private long returned;
  private int errors;
  private boolean done;
  private boolean onRow;

  private Execution(Plan plan, RowSource rows, SelectOptions options, boolean aggregated) {
    this.rows = rows;
    this.columns = plan.columns();
    this.where = plan.where();
    this.aggregates = plan.aggregates().toArray(Aggregate[]::new);
    this.values = new Value[columns.size()];
    this.aggregated = aggregated || aggregates.length > 0;
    this.maxErrors = options.limits().maxRowErrors();
    long limit = plan.limit() < 0 ? Long.MAX_VALUE : plan.limit();
    boolean ofRead = options.dialect() == Dialect.CEPH;
    this.maxRead = ofRead ? limit : Long.MAX_VALUE;
    this.maxReturned = ofRead ? Long.MAX_VALUE : limit;
    this.stars =
        IntStream.range(0, columns.size())
            .filter(i -> columns.get(i).expression() == null)
            .toArray();
  }

  static Execution start(Query query, RowSource rows, SelectOptions options, boolean aggregated) {
    Plan plan = new Binder(query, rows, options.dialect(), Instant.now()).bind();
    return new Execution(plan, rows, options, aggregated);
  }

  boolean isAggregate() {
    return aggregated;
  }

  boolean hasStar() {
    return stars.length > 0;
  }

  boolean next() {
    onRow = false;
    if (done) {
      return false;
    }
    try {
      return advance();
    } catch (RuntimeException e) {
      onRow = false;
      done = true;
      throw e;
    }
  }

  private boolean advance() {
    if (aggregates.length > 0) {
      done = true;
      onRow = maxReturned > 0;
      if (onRow) {
        aggregate();
        compute();
        returned++;
      }
      end();
      return onRow;
    }
    while (returned < maxReturned && read < maxRead && rows.next()) {
      read++;
      try {
        if (where == null || where.test() > 0) {
          compute();
          returned++;
          onRow = true;
          return true;
        }
      } catch (SelectException e) {
        failed(e);
      }
    }
    done = true;
    end();
    return false;
  }

  private void aggregate() {
    while (read < maxRead && rows.next()) {
      read++;
      try {
        if (where == null || where.test() > 0) {
          for (Aggregate aggregate : aggregates) {
            aggregate.evaluate();
          }
          for (Aggregate aggregate : aggregates) {
            aggregate.accept();
          }
        }
      } catch (SelectException e) {
        failed(e);
      }
    }
  }

  private void failed(SelectException e) {
    boolean ofRow = e.error().phase() == SelectError.Phase.ROW && e.line() == 0;
    if (!ofRow || ++errors >= maxErrors) {
      throw e;
    }
  }

  private void compute() {
    for (int i = 0; i < values.length; i++) {
      Expr expression = columns.get(i).expression();
      if (expression != null) {
        values[i] = expression.eval();
      }
    }
  }

  /** Nothing more is fetched once the last row is known. */
  private void end() {
    close();
  }

  int columnCount() {
    if (!onRow) {
      return 0;
    }
    if (stars.length == 0) {
      return values.length;
    }
    long count = values.length + stars.length * (rows.starCount() - 1L);
    if (count > Integer.MAX_VALUE) {
      throw new SelectException(
          SelectError.OVER_MAX_RECORD_SIZE, "a row of " + count + " columns is too long");
    }
    return (int) count;
  }

  /** The index among the projections; -1 minus that in the star for a column of it. */
  private int locate(int column) {
    if (column < 0 || column >= columnCount()) {
      throw new IndexOutOfBoundsException(
          "column " + column + " of " + columnCount() + " in this row");
    }
    if (stars.length == 0 || column < stars[0]) {
      return column;
    }
    // Each star in front moves what follows by the columns that it has more than one.
    int more = rows.starCount() - 1;
    int low = 0;
    int high = stars.length - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (stars[middle] + (long) middle * more <= column) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    int within = column - stars[low] - low * more;
    return within <= more ? -1 - within : column - (low + 1) * more;
  }

  String columnName(int column) {
    int index = locate(column);
    return index >= 0 ? columns.get(index).name() : rows.starName(-1 - index);
  }

  Value value(int column) {
    int index = locate(column);
    return index >= 0 ? values[index] : rows.starValue(-1 - index);
  }

  /** Whether a column comes from {@code *}, where NULL is shown as nothing. */
  boolean isOfStar(int column) {
    return locate(column) < 0;
  }

  @Nullable String text(Value value) {
    if (value.kind() == Kind.NULL) {
      return null;
    }
    scratch.truncate(0);
    Text.write(value, scratch);
    return scratch.toString();
  }

  SelectStats stats() {
    return new SelectStats(rows.bytesRead(), read, returned, errors);
  }

  void close() {
    done = true;
    try {
      rows.close();
    } catch (IOException e) {
      throw new SelectException(SelectError.READ_FAILED, "can not close: " + e.getMessage(), e);
    }
  }
}
