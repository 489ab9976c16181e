package io.github.s3vfs.flink;

import io.github.s3vfs.changelog.RowEvent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.types.RowKind;

/**
 * What is to be written in one transaction: the rows between two checkpoints. Immutable; of its
 * bytes nobody changes anything.
 */
public final class SqliteCommittable {
  private final String sink;
  private final long checkpoint;
  private final long time;
  private final byte[] rows;

  /**
   * @param sink which sink it is of
   * @param checkpoint that it is part of; 0 if that is not known yet
   * @param time of the batch
   * @param rows as {@link RowBytes}
   */
  SqliteCommittable(String sink, long checkpoint, long time, byte[] rows) {
    this.sink = sink;
    this.checkpoint = checkpoint;
    this.time = time;
    this.rows = rows;
  }

  /** The same, of a checkpoint. */
  SqliteCommittable at(long newCheckpoint) {
    return new SqliteCommittable(sink, newCheckpoint, time, rows);
  }

  String sink() {
    return sink;
  }

  long checkpoint() {
    return checkpoint;
  }

  long time() {
    return time;
  }

  byte[] rows() {
    return rows;
  }

  /** What is to be written. */
  List<RowEvent> events() throws IOException {
    List<RowEvent> events = new ArrayList<>();
    for (RowBytes.Entry each : RowBytes.read(rows)) {
      events.add(event(each.kind(), each.values()));
    }
    return events;
  }

  /** The event of a row. */
  static RowEvent event(RowKind kind, List<?> values) {
    boolean comes = kind == RowKind.INSERT || kind == RowKind.UPDATE_AFTER;
    return comes ? RowEvent.insert(values.toArray()) : RowEvent.delete(values.toArray());
  }

  /** For people. */
  @Override
  public String toString() {
    return "checkpoint " + checkpoint + " of sink " + sink + ", " + rows.length + " bytes";
  }
}
