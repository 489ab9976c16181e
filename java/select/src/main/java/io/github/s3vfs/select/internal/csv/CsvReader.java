package io.github.s3vfs.select.internal.csv;

import io.github.s3vfs.select.CsvInput;
import io.github.s3vfs.select.Dialect;
import io.github.s3vfs.select.FileHeaderInfo;
import io.github.s3vfs.select.SelectError;
import io.github.s3vfs.select.SelectException;
import io.github.s3vfs.select.internal.eval.Expr;
import io.github.s3vfs.select.internal.eval.RowSource;
import io.github.s3vfs.select.internal.eval.Step;
import io.github.s3vfs.select.internal.eval.Value;
import io.github.s3vfs.select.internal.io.ByteInput;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows of CSV. Fields are found for a batch of records at a time, and decoded when asked for. */
public final class CsvReader implements RowSource {
  /** Largest number of a column. */
  private static final int MAX_COLUMN = 1 << 20;

  private static final int HEADER_BUFFER = 16 << 10;

  private final CsvScanner scanner;
  private final RecordBuffer batch;
  private final List<String> header;
  private final Value star = new Value();

  /** The record that is read, in the batch. */
  private int record = -1;

  private long before;

  private CsvReader(CsvScanner scanner, List<String> header) {
    this.scanner = scanner;
    this.batch = scanner.batch();
    this.header = header;
  }

  /**
   * The first record of an object, which has the names of its columns.
   *
   * @param names of the columns; empty if they are not used
   * @param end behind it, in bytes
   */
  public record Header(List<String> names, long end) {}

  /** In place of where to skip to: the first byte of an object. */
  public static final long FIRST = -1;

  /**
   * Opens the records of an input.
   *
   * @param input the bytes
   * @param skipTo the first record begins here or behind, in bytes of the input; 0 if it begins
   *     with the first byte; {@link #FIRST} if that is of the object, too
   * @param until how many bytes of the input are in the range; a record that begins behind is not
   *     read
   * @param names of the columns; those of an input from the first byte on are read
   */
  public static CsvReader open(
      ByteInput input,
      CsvInput options,
      Dialect dialect,
      int maxRecordBytes,
      long skipTo,
      long until,
      List<String> names) {
    return open(input, options, dialect, maxRecordBytes, skipTo, until, names, CsvScanner.BUFFER);
  }

  /** With another size of the array in which records are found. */
  static CsvReader open(
      ByteInput input,
      CsvInput options,
      Dialect dialect,
      int maxRecordBytes,
      long skipTo,
      long until,
      List<String> names,
      int bufferBytes) {
    CsvScanner scanner =
        new CsvScanner(input, CsvFormat.of(options, dialect), maxRecordBytes, until, bufferBytes);
    if (skipTo == FIRST) {
      return new CsvReader(scanner, header(scanner, options).names());
    } else if (skipTo > 0) {
      scanner.skipToRecord(skipTo);
    }
    return new CsvReader(scanner, names);
  }

  /** The names in the first record; it is read as all others are. */
  public static Header header(
      ByteInput input, CsvInput options, Dialect dialect, int maxRecordBytes) {
    CsvScanner scanner =
        new CsvScanner(
            input, CsvFormat.of(options, dialect), maxRecordBytes, Long.MAX_VALUE, HEADER_BUFFER);
    return header(scanner, options);
  }

  private static Header header(CsvScanner scanner, CsvInput options) {
    scanner.skipMark();
    if (options.fileHeaderInfo() == FileHeaderInfo.NONE) {
      return new Header(List.of(), 0);
    }
    List<String> names = scanner.takeRecord();
    return new Header(
        options.fileHeaderInfo() == FileHeaderInfo.USE ? names : List.of(), scanner.offset());
  }

  /** How many bytes in front of a range must be seen to know where its first record begins. */
  public static int lookBack(CsvInput options) {
    return options.recordDelimiter().getBytes(StandardCharsets.UTF_8).length;
  }

  @Override
  public boolean next() {
    if (++record < batch.records) {
      return true;
    }
    before += batch.records;
    record = 0;
    return scanner.load();
  }

  @Override
  public long number() {
    return before + record + 1;
  }

  /** Puts a field of this record into a cell. */
  void field(int column, Value out) {
    int first = batch.firsts[record];
    int index = first + column;
    if (index >= batch.firsts[record + 1]) {
      out.setMissing();
      return;
    }
    int start = column == 0 ? batch.starts[record] : batch.ends[index - 1] + 1;
    int end = batch.ends[index];
    if (start >= end) {
      out.setNull();
    } else {
      out.setField(scanner.bytes(), start, end);
    }
  }

  @Override
  public @Nullable Expr column(List<Step> path) {
    String name = path.size() == 1 ? path.get(0).key() : null;
    if (name == null) {
      return null;
    }
    int index = header.indexOf(name);
    if (index < 0 && name.length() > 1 && name.length() < 12 && name.charAt(0) == '_') {
      index = number(name);
    }
    return index < 0 ? null : new Column(index);
  }

  /** The index that {@code _N} stands for; -1 if it is a name. */
  private static int number(String name) {
    long number = 0;
    for (int i = 1; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      number = number * 10 + c - '0';
    }
    if (number < 1 || number > MAX_COLUMN) {
      throw new SelectException(
          SelectError.INVALID_COLUMN_INDEX,
          "there is no column " + name + ": they are _1 to _" + MAX_COLUMN);
    }
    return (int) number - 1;
  }

  @Override
  public boolean isJson() {
    return false;
  }

  @Override
  public void wantStar() {
    // All fields are found in any case.
  }

  @Override
  public int starCount() {
    return batch.firsts[record + 1] - batch.firsts[record];
  }

  @Override
  public Value starValue(int index) {
    field(index, star);
    return star;
  }

  @Override
  public String starName(int index) {
    return index < header.size() ? header.get(index) : "_" + (index + 1);
  }

  @Override
  public long bytesRead() {
    return scanner.bytesRead();
  }

  @Override
  public void close() {
    scanner.close();
  }

  private final class Column extends Expr {
    private final int index;
    private final Value value = new Value();

    Column(int index) {
      this.index = index;
    }

    @Override
    public Value eval() {
      field(index, value);
      return value;
    }
  }
}
