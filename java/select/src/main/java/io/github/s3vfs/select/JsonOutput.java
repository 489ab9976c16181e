package io.github.s3vfs.select;

import java.util.Objects;

/**
 * JSON as output: one object a row.
 *
 * @param recordDelimiter behind each row
 */
public record JsonOutput(String recordDelimiter) implements OutputFormat {
  /** One object a line. */
  public static final JsonOutput DEFAULT = new JsonOutput("\n");

  /** Checks that nothing is null. */
  public JsonOutput {
    Objects.requireNonNull(recordDelimiter, "recordDelimiter");
  }
}
