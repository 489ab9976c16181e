package io.github.s3vfs.select.internal.events;

import io.github.s3vfs.select.Compression;
import io.github.s3vfs.select.ObjectSource;
import io.github.s3vfs.select.S3Select;
import io.github.s3vfs.select.SelectRows;
import java.io.OutputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.s3.model.SelectObjectContentEventStream;

/**
 * Runs a query, and makes events of what comes: Records of up to 64 KiB, whatever the rows are;
 * after each 8 MiB that were read Progress if it was asked for, or else Cont unless there were
 * Records meanwhile; at the end Progress if it was asked for, Stats and End.
 */
public final class SelectRun {
  /** Largest payload of Records. */
  public static final int RECORDS = 64 << 10;

  private static final long PULSE = 8 << 20;

  private final SelectCall call;
  private final EventSink sink;
  private final Records records = new Records();
  private @Nullable SelectRows rows;
  private long scanned;
  private long nextPulse = PULSE;
  private long returnedAtPulse;

  private SelectRun(SelectCall call, EventSink sink) {
    this.call = call;
    this.sink = sink;
  }

  /**
   * Runs a query to its end.
   *
   * @throws io.github.s3vfs.select.SelectException if it fails
   * @throws EventSink.Cancelled if the sink wants no more
   */
  public static void run(SelectCall call, ObjectSource source, EventSink sink) {
    new SelectRun(call, sink).run(source);
  }

  private void run(ObjectSource source) {
    ObjectSource observed = new ObservedSource(source, this::scanned);
    try (SelectRows all = S3Select.query(call.query(), observed, call.optionsFor(source.size()))) {
      rows = all;
      all.writeTo(records);
      records.flushAll();
      if (call.progress()) {
        sink.accept(progress());
      }
      sink.accept(
          SelectObjectContentEventStream.statsBuilder()
              .details(
                  stats ->
                      stats
                          .bytesScanned(bytesScanned())
                          .bytesProcessed(bytesProcessed())
                          .bytesReturned(records.total))
              .build());
      sink.accept(SelectObjectContentEventStream.endBuilder().build());
    }
  }

  private void scanned(long bytes) {
    scanned += bytes;
    if (scanned < nextPulse) {
      return;
    }
    nextPulse = scanned + PULSE;
    if (call.progress()) {
      sink.accept(progress());
    } else if (records.total == returnedAtPulse) {
      sink.accept(SelectObjectContentEventStream.contBuilder().build());
    }
    returnedAtPulse = records.total;
  }

  private SelectObjectContentEventStream progress() {
    return SelectObjectContentEventStream.progressBuilder()
        .details(
            progress ->
                progress
                    .bytesScanned(bytesScanned())
                    .bytesProcessed(bytesProcessed())
                    .bytesReturned(records.total))
        .build();
  }

  private long bytesProcessed() {
    return rows == null ? 0 : rows.stats().bytesProcessed();
  }

  /** What comes before a range is read, too, but not counted. */
  private long bytesScanned() {
    return call.options().compression() == Compression.NONE ? bytesProcessed() : scanned;
  }

  /** Cuts what is written into events. */
  private final class Records extends OutputStream {
    private byte[] held = new byte[RECORDS];
    private int count;
    private long total;

    @Override
    public void write(int value) {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) {
      int from = offset;
      int left = length;
      while (left > 0) {
        int step = Math.min(left, RECORDS - count);
        System.arraycopy(source, from, held, count, step);
        count += step;
        from += step;
        left -= step;
        if (count == RECORDS) {
          byte[] full = held;
          held = new byte[RECORDS];
          emit(full);
        }
      }
    }

    void flushAll() {
      if (count > 0) {
        emit(Arrays.copyOf(held, count));
      }
    }

    private void emit(byte[] payload) {
      count = 0;
      total += payload.length;
      sink.accept(
          SelectObjectContentEventStream.recordsBuilder()
              .payload(SdkBytes.fromByteArrayUnsafe(payload))
              .build());
    }
  }
}
