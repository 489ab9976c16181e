package io.github.s3vfs.select.internal.events;

import io.github.s3vfs.select.Compression;
import io.github.s3vfs.select.CsvInput;
import io.github.s3vfs.select.CsvOutput;
import io.github.s3vfs.select.Dialect;
import io.github.s3vfs.select.FileHeaderInfo;
import io.github.s3vfs.select.InputFormat;
import io.github.s3vfs.select.JsonInput;
import io.github.s3vfs.select.JsonOutput;
import io.github.s3vfs.select.OutputFormat;
import io.github.s3vfs.select.ParquetInput;
import io.github.s3vfs.select.Pushdown;
import io.github.s3vfs.select.QuoteFields;
import io.github.s3vfs.select.ScanRange;
import io.github.s3vfs.select.SelectError;
import io.github.s3vfs.select.SelectException;
import io.github.s3vfs.select.SelectLimits;
import io.github.s3vfs.select.SelectOptions;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.CSVInput;
import software.amazon.awssdk.services.s3.model.CSVOutput;
import software.amazon.awssdk.services.s3.model.InputSerialization;
import software.amazon.awssdk.services.s3.model.JSONInput;
import software.amazon.awssdk.services.s3.model.JSONOutput;
import software.amazon.awssdk.services.s3.model.OutputSerialization;
import software.amazon.awssdk.services.s3.model.SelectObjectContentRequest;

/**
 * What a request of the API asks for, checked.
 *
 * @param query the expression
 * @param options all but the scan range, which may need the size of the object
 * @param range the scan range as it was said, or null
 * @param progress whether progress is wanted
 */
public record SelectCall(
    String query,
    SelectOptions options,
    software.amazon.awssdk.services.s3.model.@Nullable ScanRange range,
    boolean progress) {

  /**
   * Checks a request.
   *
   * @throws ApiException if it is none
   * @throws SelectException if an option can not be
   */
  public static SelectCall of(
      SelectObjectContentRequest request, Dialect dialect, SelectLimits limits) {
    if (!"SQL".equals(upper(request.expressionTypeAsString()))) {
      throw request.expressionTypeAsString() == null
          ? missing("ExpressionType")
          : new ApiException("InvalidExpressionType", "the ExpressionType must be SQL");
    }
    String query = request.expression();
    if (query == null || query.isEmpty()) {
      throw missing("Expression");
    }
    InputSerialization input = request.inputSerialization();
    if (input == null) {
      throw missing("InputSerialization");
    }
    SelectOptions options =
        SelectOptions.DEFAULT
            .withInput(input(input, dialect))
            .withCompression(compression(input.compressionTypeAsString()))
            .withOutput(output(request.outputSerialization()))
            .withDialect(dialect)
            .withLimits(limits);
    boolean progress =
        request.requestProgress() != null
            && Boolean.TRUE.equals(request.requestProgress().enabled());
    return new SelectCall(query, options, request.scanRange(), progress);
  }

  /** With or without asking the store. */
  public SelectCall withPushdown(Pushdown pushdown) {
    return new SelectCall(query, options.withPushdown(pushdown), range, progress);
  }

  /** The options for an object of a size. */
  public SelectOptions optionsFor(long size) {
    if (range == null) {
      return options;
    }
    Long start = range.start();
    Long end = range.end();
    if (start == null && end == null) {
      throw new SelectException(
          SelectError.INVALID_SCAN_RANGE, "a ScanRange has Start, or End, or both");
    }
    if (start == null) {
      if (end < 0) {
        throw new SelectException(
            SelectError.INVALID_SCAN_RANGE, "a scan range of the last " + end + " bytes");
      }
      return options.withScanRange(ScanRange.last(end, size));
    }
    return options.withScanRange(new ScanRange(start, end == null ? Long.MAX_VALUE : end));
  }

  private static ApiException missing(String name) {
    return new ApiException("MissingRequiredParameter", name + " is missing");
  }

  private static ApiException conflict(String name) {
    return new ApiException("ObjectSerializationConflict", name + " has more than one format");
  }

  private static InputFormat input(InputSerialization input, Dialect dialect) {
    long formats =
        Stream.of(input.csv(), input.json(), input.parquet()).filter(Objects::nonNull).count();
    if (formats != 1) {
      throw formats == 0
          ? missing("CSV, JSON or Parquet in InputSerialization")
          : conflict("InputSerialization");
    } else if (input.csv() != null) {
      return csv(input.csv(), dialect);
    } else if (input.json() != null) {
      return json(input.json());
    }
    return ParquetInput.DEFAULT;
  }

  private static CsvInput csv(CSVInput csv, Dialect dialect) {
    CsvInput usual = CsvInput.DEFAULT;
    // Of AWS, a quote is escaped by doubling it, and by nothing else.
    String escape = dialect == Dialect.AWS ? "\"" : usual.quoteEscape();
    try {
      return new CsvInput(
          header(csv.fileHeaderInfoAsString()),
          orElse(csv.recordDelimiter(), usual.recordDelimiter()),
          orElse(csv.fieldDelimiter(), usual.fieldDelimiter()),
          orNone(csv.quoteCharacter() == null ? usual.quote() : csv.quoteCharacter()),
          orNone(csv.quoteEscapeCharacter() == null ? escape : csv.quoteEscapeCharacter()),
          csv.comments(),
          csv.allowQuotedRecordDelimiter());
    } catch (SelectException e) {
      throw new ApiException("InvalidRequestParameter", e.getMessage());
    }
  }

  private static FileHeaderInfo header(@Nullable String name) {
    return switch (name == null ? "NONE" : upper(name)) {
      case "NONE" -> FileHeaderInfo.NONE;
      case "USE" -> FileHeaderInfo.USE;
      case "IGNORE" -> FileHeaderInfo.IGNORE;
      default ->
          throw new ApiException(
              "InvalidFileHeaderInfo", "the FileHeaderInfo must be NONE, USE or IGNORE");
    };
  }

  private static JsonInput json(JSONInput json) {
    return switch (upper(json.typeAsString())) {
      case "DOCUMENT" -> JsonInput.DOCUMENT;
      case "LINES" -> JsonInput.LINES;
      default -> throw new ApiException("InvalidJsonType", "the JSON type is DOCUMENT or LINES");
    };
  }

  private static Compression compression(@Nullable String name) {
    return switch (name == null ? "NONE" : upper(name)) {
      case "NONE" -> Compression.NONE;
      case "GZIP" -> Compression.GZIP;
      case "BZIP2" -> Compression.BZIP2;
      case "ZSTD" -> Compression.ZSTD;
      default ->
          throw new ApiException(
              "InvalidCompressionFormat",
              "the CompressionType must be NONE, GZIP or BZIP2 (or ZSTD, which S3 does not know)");
    };
  }

  private static OutputFormat output(@Nullable OutputSerialization output) {
    if (output == null) {
      throw missing("OutputSerialization");
    }
    CSVOutput csv = output.csv();
    JSONOutput json = output.json();
    if (csv != null && json != null) {
      throw conflict("OutputSerialization");
    } else if (csv != null) {
      CsvOutput usual = CsvOutput.DEFAULT;
      return new CsvOutput(
          orElse(csv.fieldDelimiter(), usual.fieldDelimiter()),
          orElse(csv.recordDelimiter(), usual.recordDelimiter()),
          character("QuoteCharacter", csv.quoteCharacter(), usual.quote()),
          character("QuoteEscapeCharacter", csv.quoteEscapeCharacter(), usual.quoteEscape()),
          quoteFields(csv.quoteFieldsAsString()));
    } else if (json != null) {
      return new JsonOutput(orElse(json.recordDelimiter(), JsonOutput.DEFAULT.recordDelimiter()));
    }
    throw missing("CSV or JSON in OutputSerialization");
  }

  private static @Nullable QuoteFields quoteFields(@Nullable String name) {
    if (name == null) {
      return null;
    }
    return switch (upper(name)) {
      case "ALWAYS" -> QuoteFields.ALWAYS;
      case "ASNEEDED" -> QuoteFields.ASNEEDED;
      default ->
          throw new ApiException("InvalidQuoteFields", "QuoteFields must be ALWAYS or ASNEEDED");
    };
  }

  private static char character(String name, @Nullable String text, char usual) {
    if (text == null || text.isEmpty()) {
      return usual;
    } else if (text.length() > 1) {
      throw new ApiException("InvalidRequestParameter", name + " must be one character");
    }
    return text.charAt(0);
  }

  /** S3 takes the names of values in any case. */
  private static String upper(@Nullable String name) {
    return String.valueOf(name).toUpperCase(Locale.ROOT);
  }

  private static String orElse(@Nullable String text, String usual) {
    return text == null ? usual : text;
  }

  private static @Nullable String orNone(@Nullable String text) {
    return text == null || text.isEmpty() ? null : text;
  }
}
