package io.github.s3vfs.csv;

import io.github.s3vfs.transfer.ObjectInfo;
import io.github.s3vfs.transfer.ObjectLocation;
import io.github.s3vfs.transfer.ReadOptions;
import io.github.s3vfs.transfer.S3Objects;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * CSV into a table of SQLite, while it is read: memory is needed for one record and a few buffers,
 * however many there are; for a new table, also for the first 1000 records.
 *
 * <pre>{@code
 * CsvImport.into(connection, "fruit").from(Path.of("fruit.csv"));
 * }</pre>
 *
 * <p>Without {@link CsvImportOptions#commitEvery} an import is all or nothing: a transaction of its
 * own if the connection is in autocommit mode, otherwise a part of the transaction that is there,
 * which the caller commits. It ends with an {@link java.io.InterruptedIOException} when its thread
 * is interrupted, whose status stays set, and with whatever the {@link CsvProgress} throws; the
 * table is then as it was, and so it is for bad input.
 *
 * <p>Immutable; but its connection can be used by one thread at a time.
 */
public final class CsvImport {
  /** Also aws-chunked, which some clients leave there. */
  private static final Pattern READ_ENCODINGS =
      Pattern.compile(
          "\\s*((gzip|x-gzip|identity|aws-chunked)\\s*(,\\s*|$))*", Pattern.CASE_INSENSITIVE);

  private final Connection connection;
  private final @Nullable String schema;
  private final String table;
  private final CsvImportOptions options;
  private final CsvProgress progress;

  private CsvImport(
      Connection connection,
      @Nullable String schema,
      String table,
      CsvImportOptions options,
      CsvProgress progress) {
    this.connection = Objects.requireNonNull(connection, "connection");
    this.schema = schema;
    this.table = Objects.requireNonNull(table, "table");
    this.options = Objects.requireNonNull(options, "options");
    this.progress = Objects.requireNonNull(progress, "progress");
  }

  /**
   * Into a table.
   *
   * @param connection to SQLite
   * @param table its name, without quotes
   * @return the import, which has not begun yet
   */
  public static CsvImport into(Connection connection, String table) {
    return new CsvImport(connection, null, table, CsvImportOptions.DEFAULT, CsvProgress.NONE);
  }

  /**
   * Into a table of an attached database, or of {@code temp}.
   *
   * @param connection to SQLite
   * @param schema under which the database is attached
   * @param table its name, without quotes
   * @return the import, which has not begun yet
   */
  public static CsvImport into(Connection connection, String schema, String table) {
    Objects.requireNonNull(schema, "schema");
    return new CsvImport(connection, schema, table, CsvImportOptions.DEFAULT, CsvProgress.NONE);
  }

  /**
   * With other options.
   *
   * @param newOptions how the source is read
   * @return the changed import
   */
  public CsvImport options(CsvImportOptions newOptions) {
    return new CsvImport(connection, schema, table, newOptions, progress);
  }

  /**
   * With somebody who is told how far it is, and may end it.
   *
   * @param newProgress is told
   * @return the changed import
   */
  public CsvImport progress(CsvProgress newProgress) {
    return new CsvImport(connection, schema, table, options, newProgress);
  }

  /**
   * Reads a stream.
   *
   * @param source read to its end, not closed
   * @return what was done
   * @throws CsvException for what is no CSV or does not fit the table, with line and column
   * @throws io.github.s3vfs.S3VfsException {@code INVALID} for commitEvery on a connection that is
   *     in a transaction, and for a transaction that was begun by SQL and not by setAutoCommit
   * @throws IOException what the stream failed with
   * @throws SQLException what SQLite failed with
   */
  public CsvImportResult from(InputStream source) throws IOException, SQLException {
    return from(source, () -> {});
  }

  /**
   * Reads a file, which must not change meanwhile.
   *
   * @param file is only read
   * @return what was done
   * @throws CsvException as {@link #from(InputStream)}; and if the file has changed
   * @throws io.github.s3vfs.S3VfsException as there
   * @throws IOException what the file system failed with
   * @throws SQLException what SQLite failed with
   */
  public CsvImportResult from(Path file) throws IOException, SQLException {
    BasicFileAttributes before = Files.readAttributes(file, BasicFileAttributes.class);
    try (InputStream source = Files.newInputStream(file)) {
      return from(source, () -> checkUnchanged(file, before));
    }
  }

  /**
   * Reads an S3 object: one version of it, whatever becomes of it meanwhile. Compression is found
   * out by its bytes; a Content-Encoding other than gzip is an error. For a part of an object, or
   * other options, pass what {@link S3Objects#open(ObjectLocation, ReadOptions)} gives to {@link
   * #from(InputStream)}.
   *
   * @param objects through which it is reached
   * @param location where it is
   * @return what was done
   * @throws CsvException as {@link #from(InputStream)}
   * @throws io.github.s3vfs.S3VfsException {@code NOT_FOUND} if there is none, {@code CONFLICT} if
   *     it was replaced or deleted meanwhile; or what else S3 failed with
   * @throws SQLException what SQLite failed with
   */
  public CsvImportResult from(S3Objects objects, ObjectLocation location)
      throws IOException, SQLException {
    ObjectInfo info = objects.stat(location);
    String encoding = info.contentEncoding();
    if (encoding != null && !READ_ENCODINGS.matcher(encoding).matches()) {
      throw new CsvException(
          location + " has the Content-Encoding " + Excerpt.of(encoding) + ", which is not read");
    }
    return S3Work.of(
        () -> {
          try (InputStream source = objects.open(info, ReadOptions.DEFAULT)) {
            return from(source);
          }
        });
  }

  private static void checkUnchanged(Path file, BasicFileAttributes before) throws IOException {
    BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
    if (now.size() != before.size()
        || !now.lastModifiedTime().equals(before.lastModifiedTime())
        || !Objects.equals(now.fileKey(), before.fileKey())) {
      throw new CsvException(file + " has changed while it was read");
    }
  }

  /** Looks at the source once more, before the transaction is committed. */
  @FunctionalInterface
  private interface LastCheck {
    void run() throws IOException;
  }

  private CsvImportResult from(InputStream source, LastCheck check)
      throws IOException, SQLException {
    SourceInput input = new SourceInput(source);
    try (InputStream text = input.text(options.compression())) {
      return from(input, text, check);
    }
  }

  private CsvImportResult from(SourceInput input, InputStream content, LastCheck check)
      throws IOException, SQLException {
    CsvFormat format = options.format();
    DecodedText text = new DecodedText(content, format.charset(), options.nulCharacters());
    RecordReader records = new RecordReader(text, format, options.maxFieldChars());
    Pace pace = new Pace(progress, "the import");
    ImportRun run = new ImportRun(connection, schema, table, options, records, pace, input::bytes);
    ImportTransaction transaction = new ImportTransaction(connection, options.commitEvery() > 0);
    try {
      run.run(transaction);
      check.run();
      transaction.end();
    } catch (IOException | SQLException | RuntimeException | Error e) {
      transaction.undo(e);
      throw e;
    }
    return run.result();
  }
}
