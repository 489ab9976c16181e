package io.github.s3vfs.table;

import io.github.s3vfs.table.spi.RowBatch;
import io.github.s3vfs.table.spi.RowCursor;
import io.github.s3vfs.table.spi.RowModule;
import io.github.s3vfs.table.spi.RowTable;
import io.github.s3vfs.table.spi.ScanPlan;
import io.github.s3vfs.table.spi.ScanRequest;
import io.github.s3vfs.table.spi.ScanRequest.Constraint;
import io.github.s3vfs.table.spi.SqlValue;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;

/** Tables of the numbers from 0 on: {@code (n INT, v)}, v what a function makes of n. */
final class NumbersModule implements RowModule {
  private final long count;
  private final LongFunction<SqlValue> values;

  final List<String> log = new ArrayList<>();
  int tables;
  int cursors;
  long filled;

  /** Runs in front of each batch. */
  Step before = () -> {};

  /** What may fail. */
  interface Step {
    void run() throws Exception;
  }

  NumbersModule(long count, LongFunction<SqlValue> values) {
    this.count = count;
    this.values = values;
  }

  @Override
  public boolean isFunction() {
    return false;
  }

  @Override
  public RowTable table(List<String> arguments) {
    log.add(String.join("|", arguments));
    tables++;
    return new Numbers();
  }

  private final class Numbers implements RowTable {
    @Override
    public String schema() {
      return "CREATE TABLE x(n INT, v)";
    }

    @Override
    public ScanPlan plan(ScanRequest request) {
      int size = request.constraints().size();
      int[] arguments = new int[size];
      int next = 0;
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < size; i++) {
        Constraint constraint = request.constraints().get(i);
        if (constraint.usable() && constraint.operator() == ScanRequest.LIMIT) {
          arguments[i] = ++next;
          text.append("limit");
        }
      }
      text.append(request.uses(0) ? "n" : "").append(request.uses(1) ? "v" : "");
      return new ScanPlan(text.toString(), 1e6, count, arguments, new boolean[size]);
    }

    @Override
    public RowCursor open() {
      cursors++;
      return new Cursor();
    }

    @Override
    public void close() {
      tables--;
    }
  }

  private final class Cursor implements RowCursor {
    private long at;
    private boolean first;
    private boolean second;
    private long expected;

    @Override
    public void filter(String plan, List<SqlValue> arguments) {
      log.add(plan);
      at = 0;
      first = plan.contains("n");
      second = plan.contains("v");
      expected = arguments.isEmpty() ? 0 : arguments.get(0).number();
    }

    @Override
    public boolean fill(RowBatch batch) throws Exception {
      before.run();
      if (at == 0 && expected > 0) {
        batch.expect(expected);
      }
      batch.columns(
          new int[] {first ? 0 : -1, second ? (first ? 1 : 0) : -1},
          (first ? 1 : 0) + (second ? 1 : 0));
      for (; at < count && batch.wantsMore(); at++) {
        if (first) {
          batch.add(at);
        }
        if (second) {
          batch.add(values.apply(at));
        }
        batch.endRow(at);
        filled++;
      }
      return at < count;
    }

    @Override
    public void close() {
      cursors--;
    }
  }
}
