package io.github.s3vfs.select;

import io.github.s3vfs.select.internal.csv.CsvReader;
import io.github.s3vfs.select.internal.eval.RowSource;
import io.github.s3vfs.select.internal.eval.RowSourceProvider;
import io.github.s3vfs.select.internal.io.ByteInput;
import io.github.s3vfs.select.internal.io.Inputs;
import io.github.s3vfs.select.internal.json.JsonReader;
import io.github.s3vfs.select.internal.sql.Query;
import java.io.IOException;
import java.util.List;
import java.util.ServiceLoader;

/** Opens rows as the options say. */
final class Readers {
  /** How much behind a range is fetched with it: its last record mostly ends there. */
  private static final long BEHIND = 64 << 10;

  private static final long HEADER = 64 << 10;

  private Readers() {}

  static RowSource open(Query query, ObjectSource source, SelectOptions options) {
    if (options.input() instanceof ParquetInput) {
      return parquet().open(source, options);
    }
    ScanRange range = options.scanRange();
    long start = Math.min(range.start(), source.size());
    long until = range.end() == Long.MAX_VALUE ? Long.MAX_VALUE : range.end() + 1;
    if (options.input() instanceof CsvInput csv) {
      return csv(csv, source, options, start, until);
    }
    long offset = Math.max(0, start - 1);
    ByteInput input = input(source, options, offset, until);
    try {
      JsonInput json = (JsonInput) options.input();
      long relative = relative(until, offset);
      return JsonReader.open(input, json, options.limits(), query.from(), start == 0, relative);
    } catch (RuntimeException e) {
      input.close();
      throw e;
    }
  }

  private static RowSourceProvider parquet() {
    return ServiceLoader.load(RowSourceProvider.class, RowSourceProvider.class.getClassLoader())
        .findFirst()
        .orElseThrow(
            () ->
                new SelectException(
                    SelectError.INVALID_REQUEST,
                    "Parquet is read by the module io.github.s3vfs:sqlite-s3vfs-select-parquet,"
                        + " which is not on the class path"));
  }

  private static RowSource csv(
      CsvInput csv, ObjectSource source, SelectOptions options, long start, long until) {
    long offset = 0;
    long skipTo = CsvReader.FIRST;
    List<String> names = List.of();
    if (start > 0) {
      offset = Overlap.start(source, csv, Math.max(0, start - CsvReader.lookBack(csv)));
      skipTo = start - offset;
      if (csv.fileHeaderInfo() != FileHeaderInfo.NONE) {
        CsvReader.Header header = header(source, csv, options);
        names = header.names();
        if (header.end() >= start) {
          offset = header.end();
          skipTo = 0;
        }
      }
    }
    ByteInput input = input(source, options, offset, until);
    try {
      int most = options.limits().maxRecordBytes();
      return CsvReader.open(
          input, csv, options.dialect(), most, skipTo, relative(until, offset), names);
    } catch (RuntimeException e) {
      input.close();
      throw e;
    }
  }

  private static ByteInput input(
      ObjectSource source, SelectOptions options, long offset, long until) {
    long fetched = until > Long.MAX_VALUE - BEHIND ? Long.MAX_VALUE : until + BEHIND;
    return Inputs.open(source, offset, fetched, options.compression(), options.limits());
  }

  private static long relative(long until, long offset) {
    return until == Long.MAX_VALUE ? Long.MAX_VALUE : until - offset;
  }

  private static CsvReader.Header header(ObjectSource source, CsvInput csv, SelectOptions options) {
    try (ByteInput input =
        Inputs.open(source, 0, HEADER, options.compression(), options.limits())) {
      return CsvReader.header(input, csv, options.dialect(), options.limits().maxRecordBytes());
    }
  }

  static void close(RowSource rows, RuntimeException because) {
    try {
      rows.close();
    } catch (IOException e) {
      because.addSuppressed(e);
    }
  }
}
