package io.github.s3vfs.select;

import io.github.s3vfs.select.internal.sql.Checker;
import io.github.s3vfs.select.internal.sql.PushedAggregates;
import io.github.s3vfs.select.internal.sql.Query;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs queries of S3 Select here, over any {@link ObjectSource}: docs/SELECT.md describes the
 * language. Nothing is asked of the store but the bytes.
 */
public final class S3Select {
  private S3Select() {}

  /**
   * Starts a query. The text is checked before anything is read.
   *
   * @param query one SELECT, up to 256 KiB in UTF-8
   * @param source the object
   * @param options how it is read
   * @return the rows, to be closed
   * @throws SelectException if the query or the options are wrong, or the header can not be read
   */
  public static SelectRows query(String query, ObjectSource source, SelectOptions options) {
    checkRange(options);
    return run(query, source, options.scanRange().isAll() ? options : inRange(options));
  }

  private static SelectRows run(String query, ObjectSource source, SelectOptions options) {
    if (options.input() instanceof ParquetInput && options.compression() != Compression.NONE) {
      throw new SelectException(
          SelectError.INVALID_REQUEST,
          "Parquet is compressed by column: the compression of the object can only be NONE");
    }
    try {
      Query parsed = Query.parse(query);
      Checker.check(parsed, options.input() instanceof JsonInput);
      SelectRows pushed = options.pushdown() == Pushdown.AUTO ? ask(parsed, source, options) : null;
      return pushed != null ? pushed : SelectRows.open(parsed, source, options, false);
    } catch (StackOverflowError e) {
      // The bounds are for a stack of the usual size.
      throw new SelectException(
          SelectError.EXPRESSION_TOO_DEEP, "expressions are nested too deep for this thread", e);
    }
  }

  /** The rows, if the store says what they are. */
  private static @Nullable SelectRows ask(Query query, ObjectSource source, SelectOptions options) {
    PushedAggregates pushed = PushedAggregates.of(query, options);
    String answer = pushed == null ? null : source.ask(pushed.text(), options);
    String values = pushed == null || answer == null ? null : pushed.values(answer);
    if (pushed == null || values == null) {
      return null;
    }
    ObjectSource record = ObjectSource.of(values.getBytes(StandardCharsets.UTF_8));
    return SelectRows.open(pushed.local(), record, options.withInput(CsvInput.DEFAULT), true);
  }

  private static void checkRange(SelectOptions options) {
    if (!options.scanRange().isAll() && !canSplit(options)) {
      throw new SelectException(
          SelectError.UNSUPPORTED_SCAN_RANGE,
          "a scan range needs an object without compression, and CSV without quoted record"
              + " delimiters, JSON LINES or Parquet");
    }
  }

  /** In a range, record delimiters within quotes do not count unless it was said that they do. */
  private static SelectOptions inRange(SelectOptions options) {
    return options.input() instanceof CsvInput csv && csv.allowQuotedRecordDelimiter() == null
        ? options.withInput(csv.withQuotedRecordDelimiter(false))
        : options;
  }

  private static boolean canSplit(SelectOptions options) {
    if (options.compression() != Compression.NONE) {
      return false;
    } else if (options.input() instanceof CsvInput csv) {
      return !Boolean.TRUE.equals(csv.allowQuotedRecordDelimiter());
    }
    return options.input() instanceof ParquetInput || options.input().equals(JsonInput.LINES);
  }

  /**
   * Divides an object into ranges of about the same size. Each record is in exactly one of them, so
   * that queries over the ranges together see what a query over the whole sees. What can not be
   * divided is one range: compressed objects, JSON DOCUMENT, CSV with quoted record delimiters. Of
   * Parquet, a range has the row groups that begin in it, which may be none.
   *
   * @param source the object; nothing of it is read
   * @param count most ranges, 1 or more
   * @param options how it will be read
   * @return the ranges in order, one or more, for {@link SelectOptions#withScanRange}
   * @throws SelectException {@code INVALID_REQUEST} if the count is less than 1
   */
  public static List<ScanRange> splits(ObjectSource source, int count, SelectOptions options) {
    if (count < 1) {
      throw new SelectException(
          SelectError.INVALID_REQUEST, "there can not be " + count + " splits");
    }
    long size = source.size();
    if (!canSplit(options) || count == 1 || size < 2) {
      return List.of(ScanRange.ALL);
    }
    int parts = (int) Math.min(count, size);
    List<ScanRange> ranges = new ArrayList<>(parts);
    long start = 0;
    for (int i = 1; i <= parts; i++) {
      long end = i == parts ? Long.MAX_VALUE : start(size, i, parts) - 1;
      ranges.add(new ScanRange(start, end));
      start = end + 1;
    }
    return ranges;
  }

  private static long start(long size, int index, int parts) {
    return size / parts * index + size % parts * index / parts;
  }
}
