package io.github.s3vfs.internal.jna;

import com.sun.jna.Pointer;
import io.github.s3vfs.table.spi.RowBatch;
import io.github.s3vfs.table.spi.RowCursor;
import io.github.s3vfs.table.spi.RowTable;
import io.github.s3vfs.table.spi.ScanPlan;
import io.github.s3vfs.table.spi.ScanRequest;
import io.github.s3vfs.table.spi.ScanRequest.Constraint;
import io.github.s3vfs.table.spi.SqlValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers the upcalls about virtual tables; native/s3vfs.h says what their arguments mean. */
final class TableUpcalls {
  private static final Logger LOG = LoggerFactory.getLogger(TableUpcalls.class);
  private static final int TEXT_ROOM = 2048; // S3VFS_TABLE_TEXT
  private static final int CELL = 16;
  private static final int CONSTRAINT = 24;
  private static final int PLAN = 32;

  private static final int RELEASE_MODULE = 0;
  private static final int RELEASE_TABLE = 1;

  private final NativeTables tables;

  final Upcall table = this::table;
  final Upcall schema = this::schema;
  final Upcall plan = this::plan;
  final Upcall cursor = this::cursor;
  final Upcall filter = this::filter;
  final Upcall fetch = this::fetch;
  final Upcall release = this::release;

  TableUpcalls(NativeTables tables) {
    this.tables = tables;
  }

  /** All of them. */
  List<Upcall> all() {
    return List.of(table, schema, plan, cursor, filter, fetch, release);
  }

  private long table(int module, long arguments, long connection, long text, int count) {
    return Guard.runTable(
        text,
        TEXT_ROOM,
        () -> {
          String[] given =
              new Pointer(arguments).getStringArray(0, count, StandardCharsets.UTF_8.name());
          RowTable made =
              InterruptWatch.during(
                  connection, () -> tables.modules.get(module).rows.table(List.of(given)));
          return Guard.ok(tables.tables.add(new NativeTables.Table(made, connection)));
        });
  }

  private long schema(int table, long out, long b, long text, int room) {
    return Guard.runTable(
        text,
        TEXT_ROOM,
        () -> {
          byte[] utf8 = tables.tables.get(table).rows().schema().getBytes(StandardCharsets.UTF_8);
          if (utf8.length < room) {
            new Pointer(out).write(0, utf8, 0, utf8.length);
          }
          return Guard.ok(utf8.length);
        });
  }

  private long plan(int table, long about, long text, long room, int count) {
    return Guard.run(
        ResultCode.ERROR,
        () -> {
          Pointer request = new Pointer(about);
          Pointer each = request.share(PLAN);
          List<Constraint> constraints = new ArrayList<>(count);
          for (int i = 0; i < count; i++) {
            int[] c = each.getIntArray((long) i * CONSTRAINT, 4);
            constraints.add(new Constraint(c[0], c[1], c[2] != 0, c[3] != 0));
          }
          ScanPlan plan =
              tables
                  .tables
                  .get(table)
                  .rows()
                  .plan(new ScanRequest(request.getLong(0), request.getLong(24) != 0, constraints));
          if (plan == null) {
            return Guard.code(ResultCode.CONSTRAINT);
          }
          request.setDouble(8, plan.cost());
          request.setLong(16, plan.rows());
          for (int i = 0; i < count; i++) {
            each.setInt((long) i * CONSTRAINT + 16, plan.arguments()[i]);
            each.setInt((long) i * CONSTRAINT + 20, plan.checked()[i] ? 1 : 0);
          }
          NativeText.write(plan.text(), text, (int) room);
          return Guard.ok(0);
        });
  }

  private long cursor(int table, long a, long b, long text, int n) {
    return Guard.runTable(
        text,
        TEXT_ROOM,
        () -> {
          NativeTables.Table owner = tables.tables.get(table);
          RowCursor opened = owner.rows().open();
          return Guard.ok(tables.cursors.add(new NativeTables.Cursor(opened, owner.connection())));
        });
  }

  private long filter(int cursor, long plan, long cells, long text, int count) {
    return Guard.runTable(
        text,
        TEXT_ROOM,
        () -> {
          NativeTables.Cursor reading = tables.cursors.get(cursor);
          List<SqlValue> arguments = new ArrayList<>(count);
          for (int i = 0; i < count; i++) {
            arguments.add(value(new Pointer(cells).share((long) i * CELL)));
          }
          reading.batch.restart();
          reading.waiting = false;
          InterruptWatch.during(
              reading.connection,
              () -> {
                reading.rows.filter(NativeText.read(plan), arguments);
                return reading;
              });
          return Guard.ok(0);
        });
  }

  private static SqlValue value(Pointer cell) {
    int type = cell.getInt(0);
    return switch (type) {
      case 1 -> SqlValue.of(cell.getLong(8));
      case 2 -> SqlValue.of(cell.getDouble(8));
      case 3 -> SqlValue.text(bytes(cell));
      case 4 -> SqlValue.blob(bytes(cell));
      default -> SqlValue.NULL;
    };
  }

  private static byte[] bytes(Pointer cell) {
    int length = cell.getInt(4);
    return length == 0 ? new byte[0] : new Pointer(cell.getLong(8)).getByteArray(0, length);
  }

  private long fetch(int cursor, long buffer, long b, long text, int room) {
    return Guard.runTable(
        text,
        TEXT_ROOM,
        () -> {
          NativeTables.Cursor reading = tables.cursors.get(cursor);
          RowBatch batch = reading.batch;
          if (!reading.waiting) {
            reading.last =
                !InterruptWatch.during(reading.connection, () -> reading.rows.fill(batch));
          }
          long size = batch.size();
          reading.waiting = size > room;
          if (!reading.waiting) {
            batch.write(reading.last, new Memory(buffer));
            batch.next();
          }
          return Guard.ok(Math.toIntExact(size));
        });
  }

  /** Native memory that is written from its beginning on. */
  private static final class Memory implements RowBatch.Target {
    private final Pointer start;
    private long at;

    Memory(long address) {
      this.start = new Pointer(address);
    }

    @Override
    public void ints(int[] numbers, int count) {
      start.write(at, numbers, 0, count);
      at += 4L * count;
    }

    @Override
    public void longs(long[] numbers, int count) {
      start.write(at, numbers, 0, count);
      at += 8L * count;
    }

    @Override
    public void bytes(byte[] bytes, int count) {
      start.write(at, bytes, 0, count);
      at += count;
    }
  }

  private long release(int handle, long a, long b, long c, int what) {
    return Guard.run(
        ResultCode.ERROR,
        () -> {
          try {
            if (what == RELEASE_MODULE) {
              tables.modules.remove(handle).gone();
            } else if (what == RELEASE_TABLE) {
              tables.tables.remove(handle).rows().close();
            } else {
              tables.cursors.remove(handle).rows.close();
            }
          } catch (Exception e) {
            LOG.warn("a table was not closed in order", e);
          }
          return Guard.ok(0);
        });
  }
}
