package io.github.s3vfs.cli;

import io.github.s3vfs.select.Compression;
import io.github.s3vfs.select.CsvInput;
import io.github.s3vfs.select.Dialect;
import io.github.s3vfs.select.FileHeaderInfo;
import io.github.s3vfs.select.InputFormat;
import io.github.s3vfs.select.JsonInput;
import io.github.s3vfs.select.ParquetInput;
import io.github.s3vfs.select.ScanRange;
import io.github.s3vfs.select.SelectOptions;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What the object of a query of S3 Select looks like, and how it is read. */
final class SelectInput {
  private static final Pattern RANGE = Pattern.compile("(\\d{1,18})?-(\\d{1,18})?");

  /** The formats there are. */
  enum Format {
    CSV,
    JSON,
    JSON_LINES,
    PARQUET;

    /** As on the command line. */
    @Override
    public String toString() {
      return switch (this) {
        case CSV -> "csv";
        case JSON -> "json";
        case JSON_LINES -> "json-lines";
        case PARQUET -> "parquet";
      };
    }
  }

  @Option(
      names = "--input",
      paramLabel = "FORMAT",
      description = "csv (default), json (documents), json-lines (one value a line), or parquet")
  private Format format = Format.CSV;

  @Option(
      names = "--header",
      paramLabel = "WHAT",
      description = "the first record of CSV: use (names of columns), ignore, or none (default)")
  private @Nullable FileHeaderInfo header;

  @Option(
      names = "--delimiter",
      paramLabel = "TEXT",
      description = "between fields: up to 16 characters, or 'tab' (comma)")
  private @Nullable String delimiter;

  @Option(
      names = "--record-delimiter",
      paramLabel = "TEXT",
      description = "between records: up to 16 characters; \\n, \\r, \\t and \\\\ are known (\\n)")
  private @Nullable String recordDelimiter;

  @Option(
      names = "--quote",
      paramLabel = "CHAR",
      description = "around fields (double quotes); '' for none")
  private @Nullable String quote;

  @Option(
      names = "--escape",
      paramLabel = "CHAR",
      description = "in front of a quote (backslash); '' for none")
  private @Nullable String escape;

  @Option(
      names = "--comment",
      paramLabel = "CHAR",
      description = "records that begin with it are skipped (#; in Ceph's dialect none)")
  private @Nullable String comment;

  @Option(
      names = "--allow-quoted-record-delimiter",
      description = "within quotes a record does not end (so in Ceph's dialect)")
  private boolean quotedDelimiter;

  @Option(
      names = "--compression",
      paramLabel = "KIND",
      description = "none (default), gzip, bzip2 or zstd")
  private Compression compression = Compression.NONE;

  @Option(
      names = "--scan-range",
      paramLabel = "START-END",
      description = "records that begin in these bytes, both inclusive; START-, or the last: =-N")
  private @Nullable String scanRange;

  @Option(
      names = "--dialect",
      paramLabel = "NAME",
      description = "whose ways the query has: aws (default) or ceph")
  private Dialect dialect = Dialect.AWS;

  Dialect dialect() {
    return dialect;
  }

  /** All but the scan range, for which the object must be there. */
  SelectOptions options() {
    return SelectOptions.DEFAULT
        .withInput(input())
        .withCompression(compression)
        .withDialect(dialect);
  }

  private InputFormat input() {
    if (format == Format.CSV) {
      return csv();
    }
    if (isCsvMeant()) {
      throw new Refusal(
          ExitCode.USAGE, "options of CSV, as --header or --delimiter, with --input " + format);
    }
    if (format == Format.PARQUET) {
      return ParquetInput.DEFAULT;
    }
    return format == Format.JSON ? JsonInput.DOCUMENT : JsonInput.LINES;
  }

  private boolean isCsvMeant() {
    return header != null
        || delimiter != null
        || recordDelimiter != null
        || quote != null
        || escape != null
        || comment != null
        || quotedDelimiter;
  }

  private CsvInput csv() {
    CsvInput usual = CsvInput.DEFAULT;
    return new CsvInput(
        header == null ? usual.fileHeaderInfo() : header,
        recordDelimiter == null ? usual.recordDelimiter() : unescaped(recordDelimiter),
        delimiter == null
            ? usual.fieldDelimiter()
            : delimiter.equals("tab") ? "\t" : unescaped(delimiter),
        orNone(quote == null ? usual.quote() : quote),
        orNone(escape == null ? usual.quoteEscape() : escape),
        comment,
        quotedDelimiter ? Boolean.TRUE : null);
  }

  private static @Nullable String orNone(@Nullable String text) {
    return text == null || text.isEmpty() ? null : text;
  }

  /** What a shell does not let one type. */
  private static String unescaped(String text) {
    StringBuilder result = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int known = c == '\\' && i + 1 < text.length() ? "nrt\\".indexOf(text.charAt(i + 1)) : -1;
      if (known >= 0) {
        result.append("\n\r\t\\".charAt(known));
        i++;
      } else {
        result.append(c);
      }
    }
    return result.toString();
  }

  /** The scan range in an object of a size. */
  ScanRange scanRange(long size) {
    ScanRange range = ScanRange.ALL;
    if (scanRange != null) {
      Matcher matcher = RANGE.matcher(scanRange);
      boolean matches = matcher.matches();
      String start = matches ? matcher.group(1) : null;
      String end = matches ? matcher.group(2) : null;
      if (start != null) {
        range =
            new ScanRange(
                Long.parseLong(start), end == null ? Long.MAX_VALUE : Long.parseLong(end));
      } else if (end != null) {
        range = ScanRange.last(Long.parseLong(end), size);
      } else {
        throw new Refusal(
            ExitCode.USAGE, "--scan-range '" + scanRange + "' is not START-END, START- or -LENGTH");
      }
    }
    return range;
  }

  boolean hasScanRange() {
    return scanRange != null;
  }

  /** Whether the object is read from its first byte to its last. */
  boolean isRead() {
    return scanRange == null && format != Format.PARQUET;
  }
}
