package io.github.s3vfs.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** RFC 4180, with a header. NULL is an empty field, an empty string is quoted. */
final class CsvRows implements RowFormat {
  private final PrintStream out;

  CsvRows(PrintStream out, List<String> columns) {
    this.out = out;
    write(new ArrayList<>(columns));
  }

  @Override
  public void row(List<@Nullable Object> values) {
    write(values);
  }

  @Override
  public void end() {}

  private void write(List<? extends @Nullable Object> values) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < values.size(); i++) {
      line.append(i == 0 ? "" : ",").append(field(values.get(i)));
    }
    out.print(line.append("\r\n"));
  }

  private static String field(@Nullable Object value) {
    if (value == null) {
      return "";
    }
    String text =
        value instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : value.toString();
    boolean quoted =
        text.isEmpty()
            || text.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return quoted ? '"' + text.replace("\"", "\"\"") + '"' : text;
  }
}
