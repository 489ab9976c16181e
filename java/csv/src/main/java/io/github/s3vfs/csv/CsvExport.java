package io.github.s3vfs.csv;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.transfer.ObjectLocation;
import io.github.s3vfs.transfer.S3Objects;
import io.github.s3vfs.transfer.UploadOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.CharBuffer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.IntFunction;

/**
 * The rows of a query as CSV, written while they are read: memory is needed for one row, a buffer
 * and, for an object, the parts of its upload, however many rows there are.
 *
 * <pre>{@code
 * CsvExport.query(connection, "SELECT * FROM fruit").to(Path.of("fruit.csv"));
 * }</pre>
 *
 * <p>Numbers are written with all their digits, REAL so that the same number is read back. NULL is
 * an empty field without quotes, or the text that the format has for it; empty text has quotes.
 *
 * <p>An export fails as a whole: then there is no file, no object and no unfinished upload, and
 * what was there before is as it was, except for the objects of an export in parts. It ends with an
 * {@link java.io.InterruptedIOException} when its thread is interrupted, whose status stays set,
 * and with whatever the {@link CsvProgress} throws.
 *
 * <p>Immutable; but a query can be run by one thread at a time, and a {@link ResultSet} once.
 */
public final class CsvExport {
  private final ExportQuery query;
  private final CsvExportOptions options;
  private final CsvProgress progress;

  private CsvExport(ExportQuery query, CsvExportOptions options, CsvProgress progress) {
    this.query = query;
    this.options = options;
    this.progress = progress;
  }

  private static CsvExport of(ExportQuery query) {
    return new CsvExport(query, CsvExportOptions.DEFAULT, CsvProgress.NONE);
  }

  /**
   * The rows of a query.
   *
   * @param connection of any driver; its transactions are the caller's
   * @param sql one statement that gives rows; SQLite would not run what is behind it, and that is
   *     refused
   * @return the export, which has not begun yet
   */
  public static CsvExport query(Connection connection, String sql) {
    Objects.requireNonNull(connection, "connection");
    Objects.requireNonNull(sql, "sql");
    return of(ExportQuery.of(connection, sql));
  }

  /**
   * The rows of a statement.
   *
   * @param statement with its parameters set; it stays open
   * @return the export, which has not begun yet
   */
  public static CsvExport of(PreparedStatement statement) {
    Objects.requireNonNull(statement, "statement");
    return of(ExportQuery.of(statement));
  }

  /**
   * The rows that are left of a result.
   *
   * @param rows from behind the current one; stays open
   * @return the export, which has not begun yet
   */
  public static CsvExport of(ResultSet rows) {
    Objects.requireNonNull(rows, "rows");
    return of(consumer -> consumer.take(rows));
  }

  /**
   * With other options.
   *
   * @param newOptions how the rows are written
   * @return the changed export
   */
  public CsvExport options(CsvExportOptions newOptions) {
    return new CsvExport(query, Objects.requireNonNull(newOptions, "options"), progress);
  }

  /**
   * With somebody who is told how far it is, and may end it.
   *
   * @param newProgress is told
   * @return the changed export
   */
  public CsvExport progress(CsvProgress newProgress) {
    return new CsvExport(query, options, Objects.requireNonNull(newProgress, "progress"));
  }

  /**
   * Writes to a stream. What was written when it fails stays there.
   *
   * @param target is flushed, and stays open
   * @return what was written
   * @throws CsvException for a statement that gives no rows, for bytes that are refused, or for a
   *     character that the charset lacks
   * @throws IOException what the stream failed with
   * @throws SQLException what the query failed with
   */
  public CsvExportResult to(OutputStream target) throws IOException, SQLException {
    return run(new StreamDestination(target), Long.MAX_VALUE);
  }

  /**
   * Writes a file. What was there is replaced when everything is written, and stays if it fails.
   *
   * @param file its directory must exist
   * @return what was written
   * @throws CsvException as {@link #to(OutputStream)}
   * @throws IOException what the file system failed with
   * @throws SQLException what the query failed with
   */
  public CsvExportResult to(Path file) throws IOException, SQLException {
    return run(new FileDestination(number -> file), Long.MAX_VALUE);
  }

  /**
   * Writes files of a bounded size, each with the header. They are put in their places together,
   * when everything is written.
   *
   * @param directory must exist
   * @param pattern their names, with <code>{part}</code> for the number: 00001, 00002, ...
   * @param maxTextBytes of a file, before it is compressed; a row that is larger gets one of its
   *     own
   * @return what was written; one file at least
   * @throws CsvException as {@link #to(OutputStream)}
   * @throws S3VfsException {@code INVALID} for a pattern without its place, or a bound below 1
   * @throws IOException what the file system failed with
   * @throws SQLException what the query failed with
   */
  public CsvExportResult toParts(Path directory, String pattern, long maxTextBytes)
      throws IOException, SQLException {
    PartNames names = new PartNames(pattern);
    return run(
        new FileDestination(number -> directory.resolve(names.name(number))), bound(maxTextBytes));
  }

  /**
   * Writes an S3 object. It appears when everything is written; until then, and if it fails, what
   * was there stays.
   *
   * @param objects through which it is reached
   * @param location where it is to be
   * @return what was written
   * @throws CsvException as {@link #to(OutputStream)}
   * @throws S3VfsException what S3 failed with. At {@code UNAVAILABLE} it is not known whether the
   *     object was written
   * @throws SQLException what the query failed with
   */
  public CsvExportResult to(S3Objects objects, ObjectLocation location)
      throws IOException, SQLException {
    return to(objects, location, UploadOptions.DEFAULT);
  }

  /**
   * As {@link #to(S3Objects, ObjectLocation)}, with options.
   *
   * @param objects through which it is reached
   * @param location where it is to be
   * @param upload how it is stored. Content-Type and Content-Encoding are set where they are not
   * @return what was written
   * @throws CsvException as there
   * @throws S3VfsException as there; {@code CONFLICT} if a condition does not hold
   * @throws SQLException what the query failed with
   */
  public CsvExportResult to(S3Objects objects, ObjectLocation location, UploadOptions upload)
      throws IOException, SQLException {
    return S3Work.of(
        () ->
            run(
                new ObjectDestination(objects, number -> location, upload, options),
                Long.MAX_VALUE));
  }

  /**
   * Writes S3 objects of a bounded size, each with the header. They appear when all are uploaded,
   * one right after the other. If S3 fails in between, those that have appeared are deleted; if
   * anything fails before, what was there stays.
   *
   * @param objects through which they are reached
   * @param bucket its name
   * @param pattern their keys, with <code>{part}</code> for the number: 00001, 00002, ...
   * @param maxTextBytes of an object, before it is compressed; a row that is larger gets one of its
   *     own
   * @param upload how they are stored. Content-Type and Content-Encoding are set where they are not
   * @return what was written; one object at least
   * @throws CsvException as {@link #to(OutputStream)}
   * @throws S3VfsException as {@link #to(S3Objects, ObjectLocation)}; {@code INVALID} for a pattern
   *     without its place, or a bound below 1
   * @throws SQLException what the query failed with
   */
  public CsvExportResult toParts(
      S3Objects objects, String bucket, String pattern, long maxTextBytes, UploadOptions upload)
      throws IOException, SQLException {
    PartNames names = new PartNames(pattern);
    IntFunction<ObjectLocation> locations =
        number -> new ObjectLocation(bucket, names.name(number));
    return S3Work.of(
        () -> run(new ObjectDestination(objects, locations, upload, options), bound(maxTextBytes)));
  }

  private static long bound(long maxTextBytes) {
    if (maxTextBytes < 1) {
      throw new S3VfsException(
          ErrorKind.INVALID, "parts of at most " + maxTextBytes + " bytes are not possible");
    }
    return maxTextBytes;
  }

  private CsvExportResult run(Destination destination, long maxTextBytes)
      throws IOException, SQLException {
    List<CsvExportResult> results = new ArrayList<>();
    query.run(rows -> results.add(write(rows, destination, maxTextBytes)));
    return results.get(0);
  }

  private CsvExportResult write(ResultSet rows, Destination destination, long maxTextBytes)
      throws IOException, SQLException {
    List<String> names = names(rows.getMetaData());
    RecordFormatter formatter = new RecordFormatter(options);
    CharBuffer header = options.header() ? formatter.header(names) : CharBuffer.allocate(0);
    PartedOutput output = new PartedOutput(options, destination, maxTextBytes, header);
    Pace pace = new Pace(progress, "the export");
    try {
      while (rows.next()) {
        long number = pace.rows() + 1;
        output.row(formatter.row(rows, names, number), number);
        pace.row(output::bytes);
      }
      pace.end(output::bytes);
      List<CsvExportResult.Part> parts = output.complete();
      return new CsvExportResult(pace.rows(), output.bytes(), parts);
    } catch (IOException | SQLException | RuntimeException | Error e) {
      output.abort(e);
      throw e;
    }
  }

  private static List<String> names(ResultSetMetaData columns) throws SQLException {
    List<String> names = new ArrayList<>();
    for (int i = 1; i <= columns.getColumnCount(); i++) {
      names.add(columns.getColumnLabel(i));
    }
    return names;
  }
}
