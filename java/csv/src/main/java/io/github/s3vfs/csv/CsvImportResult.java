package io.github.s3vfs.csv;

import java.util.List;

/**
 * What an import has done. Immutable.
 *
 * @param rows that were inserted, or have replaced others
 * @param ignored rows that {@link Conflict#IGNORE} has left out
 * @param bad rows that were left out
 * @param firstBadRows the first 100 of them
 * @param bytes that were read from the source: compressed, if it is
 * @param tableCreated whether the table was created
 */
public record CsvImportResult(
    long rows,
    long ignored,
    long bad,
    List<BadRow> firstBadRows,
    long bytes,
    boolean tableCreated) {
  /** Copies the list. */
  public CsvImportResult {
    firstBadRows = List.copyOf(firstBadRows);
  }
}
