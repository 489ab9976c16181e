package io.github.s3vfs.csv;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts records into the parts of a destination. Not thread-safe. */
final class PartedOutput {
  private final CsvExportOptions options;
  private final Destination destination;
  private final TextEncoder encoder;
  private final long maxTextBytes;
  private final char[] header;
  private final List<CsvExportResult.Part> done = new ArrayList<>();
  private @Nullable OpenPart open;
  private long doneBytes;

  /**
   * @param maxTextBytes of a part before it is compressed, unless one row has more
   * @param header the first record of each part; empty for none
   */
  PartedOutput(
      CsvExportOptions options, Destination destination, long maxTextBytes, CharBuffer header) {
    this.options = options;
    this.destination = destination;
    this.encoder = new TextEncoder(options);
    this.maxTextBytes = maxTextBytes;
    this.header = new char[header.remaining()];
    header.get(this.header);
  }

  /** Writes a row into this part, or into the next one. */
  void row(CharBuffer record, long number) throws IOException {
    OpenPart part = open == null ? begin() : open;
    int start = record.position();
    ByteBuffer bytes = encoder.encode(record, number);
    if (part.rows > 0 && part.textBytes + bytes.remaining() > maxTextBytes) {
      end(part);
      part = begin();
      bytes = encoder.encode(record.position(start), number);
    }
    part.write(bytes);
    part.rows++;
  }

  /**
   * Completes all parts; there is one at least.
   *
   * @return them
   */
  List<CsvExportResult.Part> complete() throws IOException {
    end(open == null ? begin() : open);
    destination.complete();
    return done;
  }

  /** Leaves nothing behind. */
  void abort(Throwable reason) {
    OpenPart part = open;
    if (part != null) {
      open = null;
      part.release();
      part.part.abort(reason);
    }
    destination.undo(reason);
  }

  /** What was handed to the destination. */
  long bytes() {
    return doneBytes + (open == null ? 0 : open.stored.bytes());
  }

  private OpenPart begin() throws IOException {
    OpenPart part = new OpenPart(destination.open(done.size() + 1), options.gzip());
    open = part;
    part.start();
    part.write(encoder.begin());
    part.write(encoder.encode(CharBuffer.wrap(header), 0));
    return part;
  }

  private void end(OpenPart part) throws IOException {
    part.write(encoder.end());
    part.finish();
    part.part.complete();
    open = null;
    doneBytes += part.stored.bytes();
    done.add(new CsvExportResult.Part(part.part.name(), part.rows, part.stored.bytes()));
  }

  /** The part that is written now. */
  private static final class OpenPart {
    private final Destination.Part part;
    private final boolean compressed;
    private final CountedOutput stored;
    private @Nullable GzipOutput gzip;
    private OutputStream output;
    private long textBytes;
    private long rows;

    OpenPart(Destination.Part part, boolean compressed) {
      this.part = part;
      this.compressed = compressed;
      this.stored = new CountedOutput(part.output());
      this.output = stored;
    }

    void start() throws IOException {
      if (compressed) {
        gzip = new GzipOutput(stored);
        output = gzip;
      }
    }

    void write(ByteBuffer bytes) throws IOException {
      output.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
      textBytes += bytes.remaining();
    }

    void finish() throws IOException {
      if (gzip != null) {
        gzip.finish();
        gzip.release();
      }
    }

    void release() {
      if (gzip != null) {
        gzip.release();
      }
    }
  }
}
