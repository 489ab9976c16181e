package io.github.s3vfs.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Columns below each other, as wide as the first rows need. */
final class TableRows implements RowFormat {
  /** So many rows are looked at before the first is written. */
  private static final int LOOKED_AT = 500;

  private static final String BETWEEN = "  ";

  private final PrintStream out;
  private final List<List<String>> waiting = new ArrayList<>();
  private final int[] widths;
  private boolean began;

  TableRows(PrintStream out, List<String> columns) {
    this.out = out;
    this.widths = new int[columns.size()];
    List<String> header = columns.stream().map(TableRows::shown).toList();
    waiting.add(header);
    widen(header);
  }

  @Override
  public void row(List<@Nullable Object> values) {
    List<String> texts = new ArrayList<>();
    values.forEach(each -> texts.add(text(each)));
    if (began) {
      write(texts);
      return;
    }
    waiting.add(texts);
    widen(texts);
    if (waiting.size() > LOOKED_AT) {
      begin();
    }
  }

  @Override
  public void end() {
    if (!began) {
      begin();
    }
  }

  private void begin() {
    began = true;
    write(waiting.get(0));
    List<String> line = new ArrayList<>();
    for (int width : widths) {
      line.add("-".repeat(width));
    }
    write(line);
    waiting.subList(1, waiting.size()).forEach(this::write);
    waiting.clear();
  }

  private void widen(List<String> texts) {
    for (int i = 0; i < widths.length; i++) {
      widths[i] = Math.max(widths[i], width(texts.get(i)));
    }
  }

  private static int width(String text) {
    return text.codePointCount(0, text.length());
  }

  private void write(List<String> texts) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String text = texts.get(i);
      line.append(text);
      if (i + 1 < widths.length) {
        line.append(" ".repeat(Math.max(0, widths[i] - width(text)))).append(BETWEEN);
      }
    }
    out.println(line);
  }

  private static String text(@Nullable Object value) {
    return value == null
        ? "NULL"
        : value instanceof byte[] bytes
            ? "x'" + HexFormat.of().formatHex(bytes) + "'"
            : shown(value.toString());
  }

  /** Nothing that moves the cursor, or more. */
  private static String shown(String text) {
    StringBuilder shown = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\n' -> shown.append("\\n");
        case '\r' -> shown.append("\\r");
        case '\t' -> shown.append("\\t");
        default -> {
          if (Character.isISOControl(c)) {
            shown.append(String.format("\\x%02x", (int) c));
          } else {
            shown.append(c);
          }
        }
      }
    }
    return shown.toString();
  }
}
