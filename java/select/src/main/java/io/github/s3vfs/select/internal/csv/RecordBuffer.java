package io.github.s3vfs.select.internal.csv;

import java.util.Arrays;

/**
 * Records of a batch: where they begin, and where their fields end. A field begins one byte behind
 * the end of the one before.
 */
final class RecordBuffer {
  /** Most records of a batch. */
  static final int RECORDS = 2048;

  final int[] starts = new int[RECORDS];

  /** Index of the first field of each record, and behind the last record the end. */
  final int[] firsts = new int[RECORDS + 1];

  int[] ends = new int[RECORDS * 8];
  int fields;
  int records;

  void clear() {
    fields = 0;
    records = 0;
    firsts[0] = 0;
  }

  void addEnd(int end) {
    if (fields == ends.length) {
      ends = Arrays.copyOf(ends, ends.length * 2);
    }
    ends[fields++] = end;
  }

  /** Takes the fields since the last record as one; false if there is no room for another. */
  boolean addRecord(int start) {
    starts[records++] = start;
    firsts[records] = fields;
    return records < RECORDS;
  }

  /** Forgets the fields since the last record. */
  void dropFields() {
    fields = firsts[records];
  }
}
