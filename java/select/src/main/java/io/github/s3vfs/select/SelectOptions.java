package io.github.s3vfs.select;

import java.util.Objects;

/**
 * How an object is read and rows are written. Immutable.
 *
 * @param input the format of the object
 * @param compression of the object
 * @param output the format of {@link SelectRows#writeTo}
 * @param scanRange which part of the object is read
 * @param dialect whose ways a query has
 * @param limits bounds of memory and time
 * @param pushdown whether the store is asked to run the query
 */
public record SelectOptions(
    InputFormat input,
    Compression compression,
    OutputFormat output,
    ScanRange scanRange,
    Dialect dialect,
    SelectLimits limits,
    Pushdown pushdown) {
  /** CSV without header to CSV, all of it, in AWS's dialect. */
  public static final SelectOptions DEFAULT =
      new SelectOptions(
          CsvInput.DEFAULT,
          Compression.NONE,
          CsvOutput.DEFAULT,
          ScanRange.ALL,
          Dialect.AWS,
          SelectLimits.DEFAULT,
          Pushdown.OFF);

  /** Checks that nothing is null. */
  public SelectOptions {
    Objects.requireNonNull(input, "input");
    Objects.requireNonNull(compression, "compression");
    Objects.requireNonNull(output, "output");
    Objects.requireNonNull(scanRange, "scanRange");
    Objects.requireNonNull(dialect, "dialect");
    Objects.requireNonNull(limits, "limits");
    Objects.requireNonNull(pushdown, "pushdown");
  }

  /**
   * With another format of the object.
   *
   * @param newInput the format
   * @return the new options
   */
  public SelectOptions withInput(InputFormat newInput) {
    return new SelectOptions(newInput, compression, output, scanRange, dialect, limits, pushdown);
  }

  /**
   * With another compression.
   *
   * @param newCompression of the object
   * @return the new options
   */
  public SelectOptions withCompression(Compression newCompression) {
    return new SelectOptions(input, newCompression, output, scanRange, dialect, limits, pushdown);
  }

  /**
   * With another format of what is written.
   *
   * @param newOutput the format
   * @return the new options
   */
  public SelectOptions withOutput(OutputFormat newOutput) {
    return new SelectOptions(input, compression, newOutput, scanRange, dialect, limits, pushdown);
  }

  /**
   * With another part of the object.
   *
   * @param newRange which records
   * @return the new options
   */
  public SelectOptions withScanRange(ScanRange newRange) {
    return new SelectOptions(input, compression, output, newRange, dialect, limits, pushdown);
  }

  /**
   * In another dialect.
   *
   * @param newDialect whose ways
   * @return the new options
   */
  public SelectOptions withDialect(Dialect newDialect) {
    return new SelectOptions(input, compression, output, scanRange, newDialect, limits, pushdown);
  }

  /**
   * With other limits.
   *
   * @param newLimits bounds
   * @return the new options
   */
  public SelectOptions withLimits(SelectLimits newLimits) {
    return new SelectOptions(input, compression, output, scanRange, dialect, newLimits, pushdown);
  }

  /**
   * With or without asking the store.
   *
   * @param newPushdown whether it is asked
   * @return the new options
   */
  public SelectOptions withPushdown(Pushdown newPushdown) {
    return new SelectOptions(input, compression, output, scanRange, dialect, limits, newPushdown);
  }
}
