package io.github.s3vfs.csv;

/** Is told how far an export or import has come, in the thread that does it. */
@FunctionalInterface
public interface CsvProgress {
  /** Nobody is told. */
  CsvProgress NONE = (rows, bytes) -> {};

  /**
   * After every thousand rows, or more often if they have many bytes, and once at the end. An
   * exception ends the export or import, which then leaves nothing behind, and is thrown by it.
   *
   * @param rows written to CSV, or read from it
   * @param bytes stored, or read from the source: compressed, if it is
   */
  void update(long rows, long bytes);
}
