package io.github.s3vfs.select.parquet;

import io.github.s3vfs.select.SelectError;
import io.github.s3vfs.select.SelectException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Bytes of pages that were decompressed, with their limit. */
final class InputCount {
  private static final Pattern PARQUET_MR =
      Pattern.compile("parquet-mr version 1\\.(\\d{1,4})\\..*");

  private final String name;
  private final long most;
  private final boolean dependentPages;
  private long bytes;

  InputCount(String name, long most, @Nullable String createdBy) {
    this.name = name;
    this.most = most;
    Matcher matcher = PARQUET_MR.matcher(createdBy == null ? "" : createdBy);
    this.dependentPages = matcher.matches() && Integer.parseInt(matcher.group(1)) < 8;
  }

  /** Another page; ends the query if its thread was interrupted. */
  void add(int more) {
    if (Thread.currentThread().isInterrupted()) {
      throw new SelectException(SelectError.INTERRUPTED, name + ": interrupted");
    }
    bytes += more;
    if (bytes > most) {
      throw new SelectException(
          SelectError.OVER_MAX_INPUT_SIZE,
          name + ": more than " + most + " bytes, which is the limit");
    }
  }

  long bytes() {
    return bytes;
  }

  /** Whether the writer made pages that need the one before (PARQUET-246). */
  boolean hasDependentPages() {
    return dependentPages;
  }
}
