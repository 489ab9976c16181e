package io.github.s3vfs.select.internal.csv;

import java.util.ArrayList;
import java.util.List;

/** The rules of CSV with the default options in the simplest way, over characters. */
final class ReferenceCsv {
  private ReferenceCsv() {}

  static List<List<String>> read(String text) {
    List<List<String>> rows = new ArrayList<>();
    for (String line : text.split("\n", -1)) {
      String record = line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
      if (!record.isEmpty() && !record.startsWith("#")) {
        rows.add(fields(record));
      }
    }
    return rows;
  }

  private static List<String> fields(String record) {
    List<String> fields = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    boolean quoted = false;
    int opened = 0;
    for (int i = 0; i < record.length(); i++) {
      char c = record.charAt(i);
      if (c == '\\' && i + 1 < record.length()) {
        field.append(record.charAt(++i));
      } else if (c == '"' && quoted && i + 1 < record.length() && record.charAt(i + 1) == '"') {
        field.append('"');
        i++;
      } else if (c == '"') {
        quoted = !quoted;
        opened = field.length();
      } else if (c == ',' && !quoted) {
        add(fields, field);
      } else {
        field.append(c);
      }
    }
    if (quoted) {
      field.insert(opened, '"');
    }
    add(fields, field);
    return fields;
  }

  private static void add(List<String> fields, StringBuilder field) {
    String name = "_" + (fields.size() + 1);
    fields.add(field.length() == 0 ? name : name + "=" + field);
    field.setLength(0);
  }
}
