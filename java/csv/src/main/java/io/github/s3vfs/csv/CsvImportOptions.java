package io.github.s3vfs.csv;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How CSV is read into a table. Immutable.
 *
 * @param format what the file looks like
 * @param header what the first record is
 * @param columns the columns of the table that the fields go to, by their position; null for those
 *     that the header names, or all of the table. Not together with {@link HeaderUse#NAMES}
 * @param types what the fields of these columns become, by the name of the column; those of others
 *     by its declared type. In a table that is created, types of others are taken from the first
 *     1000 rows, or fewer if these are long: INTEGER or REAL if all of them are such numbers
 *     without quotes, otherwise TEXT
 * @param createTable whether the table is created if there is none
 * @param missingColumns whether columns of the table may be missing in the header; they get their
 *     default values
 * @param unknownColumns whether the header may name columns that the table does not have; their
 *     fields are left out
 * @param looseTypes whether text goes into columns of INTEGER and REAL, as SQLite permits;
 *     otherwise such a row is bad
 * @param conflict what happens to rows that are there already
 * @param badRows what happens to records that do not fit
 * @param commitEvery rows after which a transaction ends; 0 for one transaction, all or nothing
 * @param compression whether the source is compressed
 * @param maxFieldChars the longest field, in characters; a longer one ends the import, and so does
 *     a record of four times as many (or of a million, if that is more)
 * @param nulCharacters whether fields may have the character NUL; otherwise it ends the import, as
 *     a sign that the source is no text
 */
public record CsvImportOptions(
    CsvFormat format,
    HeaderUse header,
    @Nullable List<String> columns,
    Map<String, CsvType> types,
    boolean createTable,
    boolean missingColumns,
    boolean unknownColumns,
    boolean looseTypes,
    Conflict conflict,
    BadRows badRows,
    long commitEvery,
    Compression compression,
    int maxFieldChars,
    boolean nulCharacters) {

  /** A header with the names of all columns of a table that exists; all or nothing. */
  public static final CsvImportOptions DEFAULT = new Builder().build();

  private static final int MAX_FIELD_CHARS = 16 << 20;

  /**
   * Checks the options.
   *
   * @throws S3VfsException {@code INVALID}, naming the option
   */
  public CsvImportOptions {
    Objects.requireNonNull(format, "format");
    Objects.requireNonNull(header, "header");
    Objects.requireNonNull(conflict, "conflict");
    Objects.requireNonNull(badRows, "badRows");
    Objects.requireNonNull(compression, "compression");
    columns = columns == null ? null : List.copyOf(columns);
    types = Map.copyOf(types);
    check(columns == null || header != HeaderUse.NAMES, "columns and the names of the header");
    check(columns == null || !columns.isEmpty(), "no columns");
    check(commitEvery >= 0, "commitEvery=" + commitEvery);
    check(maxFieldChars >= 1, "maxFieldChars=" + maxFieldChars);
  }

  private static void check(boolean holds, String what) {
    if (!holds) {
      throw new S3VfsException(ErrorKind.INVALID, what + " is not possible");
    }
  }

  /**
   * The defaults, to be changed.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /** Collects options. Not thread-safe. */
  public static final class Builder {
    private CsvFormat format = CsvFormat.DEFAULT;
    private HeaderUse header = HeaderUse.NAMES;
    private @Nullable List<String> columns;
    private Map<String, CsvType> types = Map.of();
    private boolean createTable;
    private boolean missingColumns;
    private boolean unknownColumns;
    private boolean looseTypes;
    private Conflict conflict = Conflict.FAIL;
    private BadRows badRows = BadRows.FAIL;
    private long commitEvery;
    private Compression compression = Compression.AUTO;
    private int maxFieldChars = MAX_FIELD_CHARS;
    private boolean nulCharacters;

    private Builder() {}

    /** What the file looks like; {@link CsvFormat#DEFAULT}. */
    public Builder format(CsvFormat value) {
      format = value;
      return this;
    }

    /** What the first record is; {@link HeaderUse#NAMES}. */
    public Builder header(HeaderUse value) {
      header = value;
      return this;
    }

    /** The columns that the fields go to, by position; all of the table. */
    public Builder columns(List<String> value) {
      columns = value;
      return this;
    }

    /** What the fields of these columns become; by the declared type. */
    public Builder types(Map<String, CsvType> value) {
      types = value;
      return this;
    }

    /** Whether the table is created if there is none; false. */
    public Builder createTable(boolean value) {
      createTable = value;
      return this;
    }

    /** Whether columns of the table may be missing in the header; false. */
    public Builder missingColumns(boolean value) {
      missingColumns = value;
      return this;
    }

    /** Whether the header may name columns that the table does not have; false. */
    public Builder unknownColumns(boolean value) {
      unknownColumns = value;
      return this;
    }

    /** Whether text goes into columns of INTEGER and REAL; false. */
    public Builder looseTypes(boolean value) {
      looseTypes = value;
      return this;
    }

    /** What happens to rows that are there already; {@link Conflict#FAIL}. */
    public Builder conflict(Conflict value) {
      conflict = value;
      return this;
    }

    /** What happens to records that do not fit; {@link BadRows#FAIL}. */
    public Builder badRows(BadRows value) {
      badRows = value;
      return this;
    }

    /** Rows after which a transaction ends; 0, for one transaction. */
    public Builder commitEvery(long value) {
      commitEvery = value;
      return this;
    }

    /** Whether the source is compressed; {@link Compression#AUTO}. */
    public Builder compression(Compression value) {
      compression = value;
      return this;
    }

    /** The longest field, in characters; 16 Mi. */
    public Builder maxFieldChars(int value) {
      maxFieldChars = value;
      return this;
    }

    /** Whether fields may have the character NUL; false. */
    public Builder nulCharacters(boolean value) {
      nulCharacters = value;
      return this;
    }

    /**
     * The options.
     *
     * @return as they are now
     * @throws S3VfsException {@code INVALID}, naming the option
     */
    public CsvImportOptions build() {
      return new CsvImportOptions(
          format,
          header,
          columns,
          types,
          createTable,
          missingColumns,
          unknownColumns,
          looseTypes,
          conflict,
          badRows,
          commitEvery,
          compression,
          maxFieldChars,
          nulCharacters);
    }
  }
}
