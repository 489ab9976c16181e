package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.internal.diskcache.DiskCache;
import io.github.s3vfs.internal.diskcache.DiskKey;
import io.github.s3vfs.internal.store.Fetched;
import io.github.s3vfs.internal.store.Meter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stored frames of one database on the disk of this host, or none of them. A frame is found by the
 * name of its segment, which never comes back, and what is found passes the frame's own checksum,
 * or is fetched from the store. Thread-safe.
 */
public final class DiskFrames {
  private static final Logger LOG = LoggerFactory.getLogger(DiskFrames.class);

  /** Nothing on disk. */
  public static final DiskFrames NONE = new DiskFrames(null, new Meter(), new byte[0]);

  private final @Nullable DiskCache disk;
  private final Meter meter;
  private final byte[] scope;

  private DiskFrames(@Nullable DiskCache disk, Meter meter, byte[] scope) {
    this.disk = disk;
    this.meter = meter;
    this.scope = scope;
  }

  /**
   * The frames of a database.
   *
   * @param disk is not closed here; null for none
   * @param meter counts hits and misses
   * @param endpoint of the store, "" for AWS's
   * @param key of the database
   */
  public static DiskFrames of(
      @Nullable DiskCache disk, Meter meter, String endpoint, String bucket, String key) {
    return disk == null ? NONE : new DiskFrames(disk, meter, DiskKey.scope(endpoint, bucket, key));
  }

  private DiskKey key(FrameRef frame) {
    SegmentName segment = frame.segment();
    return DiskKey.of(
        scope,
        segment.epoch(),
        segment.nonce().high(),
        segment.nonce().low(),
        segment.part(),
        frame.offset(),
        frame.length());
  }

  /** Who wants frames. */
  interface Reader {
    /**
     * Makes a value of what was read.
     *
     * @throws RuntimeException if it is damaged
     */
    Object decode(FrameRef frame, Fetched fetched);

    /** Takes a value. */
    void found(FrameRef frame, CompletableFuture<Object> result, Object value);

    /** Fetches frames from the store. */
    void fetch(List<FrameRef> frames, List<CompletableFuture<Object>> results);
  }

  /**
   * Starts to read frames that are on disk, and has the others fetched, all at once.
   *
   * @param results one for each of the frames
   * @param decoding runs what waits for the disk
   */
  void read(
      List<FrameRef> frames,
      List<CompletableFuture<Object>> results,
      Reader reader,
      Executor decoding) {
    DiskCache from = disk;
    if (from == null) {
      reader.fetch(frames, results);
    } else if (from.isBegun()) {
      read(from, frames, results, reader, decoding);
    } else {
      var unused =
          from.begun().thenRunAsync(() -> read(from, frames, results, reader, decoding), decoding);
    }
  }

  private void read(
      DiskCache from,
      List<FrameRef> frames,
      List<CompletableFuture<Object>> results,
      Reader reader,
      Executor decoding) {
    List<FrameRef> others = new ArrayList<>();
    List<CompletableFuture<Object>> theirs = new ArrayList<>();
    for (int i = 0; i < frames.size(); i++) {
      FrameRef frame = frames.get(i);
      CompletableFuture<Object> result = results.get(i);
      DiskKey key = key(frame);
      if (from.has(key)) {
        // Not on the thread of whoever waits: an interrupt would close the file.
        decoding.execute(() -> read(from, key, frame, result, reader));
      } else {
        meter.diskAsked(false);
        others.add(frame);
        theirs.add(result);
      }
    }
    if (!others.isEmpty()) {
      reader.fetch(others, theirs);
    }
  }

  private void read(
      DiskCache from,
      DiskKey key,
      FrameRef frame,
      CompletableFuture<Object> result,
      Reader reader) {
    Object value = null;
    try {
      byte[] bytes = from.read(key, frame.length());
      if (bytes != null) {
        value =
            reader.decode(
                frame, new Fetched(Fetched.Status.FOUND, bytes, "", bytes.length, null, null));
      }
    } catch (RuntimeException | Error e) {
      // The store has it as it should be; if not, the reader learns of that.
      LOG.debug("{}: not taken from the disk", frame, e);
      from.forget(key);
    }
    meter.diskAsked(value != null);
    if (value == null) {
      reader.fetch(List.of(frame), List.of(result));
    } else {
      reader.found(frame, result, value);
    }
  }

  /**
   * Takes in a frame that the store has, as it should be.
   *
   * @param bytes are copied
   */
  void put(FrameRef frame, ByteBuffer bytes) {
    if (disk != null) {
      disk.put(key(frame), bytes);
    }
  }
}
