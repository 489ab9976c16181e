package io.github.s3vfs.select.parquet;

import io.github.s3vfs.select.CsvOutput;
import io.github.s3vfs.select.ObjectSource;
import io.github.s3vfs.select.OutputFormat;
import io.github.s3vfs.select.ParquetInput;
import io.github.s3vfs.select.S3Select;
import io.github.s3vfs.select.SelectException;
import io.github.s3vfs.select.SelectOptions;
import io.github.s3vfs.select.SelectRows;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Queries over Parquet, as text. */
final class Queries {
  static final SelectOptions PARQUET = SelectOptions.DEFAULT.withInput(ParquetInput.DEFAULT);

  private Queries() {}

  static String run(String query, byte[] data) {
    return run(query, data, CsvOutput.DEFAULT);
  }

  static String run(String query, byte[] data, OutputFormat output) {
    return run(query, ObjectSource.of(data), PARQUET.withOutput(output));
  }

  static String run(String query, ObjectSource source, SelectOptions options) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (SelectRows rows = S3Select.query(query, source, options)) {
      rows.writeTo(out);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  static SelectException failure(Runnable work) {
    try {
      work.run();
    } catch (SelectException e) {
      return e;
    }
    throw new AssertionError("did not fail");
  }
}
