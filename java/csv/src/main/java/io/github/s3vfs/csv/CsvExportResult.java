package io.github.s3vfs.csv;

import java.util.List;

/**
 * What an export has written. Immutable.
 *
 * @param rows of the query, without headers
 * @param bytes that are stored, in all parts: compressed, if they are
 * @param parts the files or objects, in the order of the rows
 */
public record CsvExportResult(long rows, long bytes, List<Part> parts) {
  /** Copies the list. */
  public CsvExportResult {
    parts = List.copyOf(parts);
  }

  /**
   * One file or object.
   *
   * @param name the file, {@code s3://bucket/key}, or "" for a stream
   * @param rows without the header
   * @param bytes that are stored: compressed, if they are
   */
  public record Part(String name, long rows, long bytes) {}
}
