package io.github.s3vfs.select;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Queries over text. */
final class Queries {
  static final SelectOptions CSV = SelectOptions.DEFAULT;
  static final SelectOptions HEADER = CSV.withInput(CsvInput.WITH_HEADER);
  static final SelectOptions DOCUMENT = CSV.withInput(JsonInput.DOCUMENT);
  static final SelectOptions LINES = CSV.withInput(JsonInput.LINES);

  private Queries() {}

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static String run(String query, String data, SelectOptions options) {
    return Conformance.run(query, bytes(data), options);
  }

  static String csv(String query, String data) {
    return run(query, data, CSV);
  }

  /** The one value of an expression. */
  static String value(String expression) {
    String line = csv("select " + expression + " from s3object", "1,2,3\n");
    return line.endsWith("\n") ? line.substring(0, line.length() - 1) : line;
  }

  /** All rows as text; null is NULL. */
  static List<List<@Nullable String>> rows(String query, byte[] data, SelectOptions options) {
    List<List<@Nullable String>> all = new ArrayList<>();
    try (SelectRows rows = S3Select.query(query, ObjectSource.of(data), options)) {
      while (rows.next()) {
        List<@Nullable String> row = new ArrayList<>();
        for (int i = 0; i < rows.columnCount(); i++) {
          row.add(rows.getString(i));
        }
        all.add(row);
      }
    }
    return all;
  }

  /** The error that something ends with. */
  static SelectException failure(Runnable work) {
    try {
      work.run();
    } catch (SelectException e) {
      return e;
    }
    throw new AssertionError("did not fail");
  }
}
