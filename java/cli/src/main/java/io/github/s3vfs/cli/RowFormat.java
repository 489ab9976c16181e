package io.github.s3vfs.cli;

import java.io.PrintStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the rows of one query. Not thread-safe. */
interface RowFormat {
  /** The forms there are. */
  enum Mode {
    /** Columns below each other, for people. */
    TABLE,
    /** RFC 4180, with a header; NULL is empty, a BLOB is hexadecimal. */
    CSV,
    /** An array of objects; a BLOB is a string, hexadecimal. */
    JSON;

    RowFormat rows(PrintStream out, List<String> columns) {
      return switch (this) {
        case TABLE -> new TableRows(out, columns);
        case CSV -> new CsvRows(out, columns);
        case JSON -> new JsonRows(out, columns);
      };
    }
  }

  /** A row: null, numbers, strings and byte arrays. */
  void row(List<@Nullable Object> values);

  /** There are no more. */
  void end();
}
