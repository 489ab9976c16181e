package io.github.s3vfs.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An array of objects, one on a line. */
final class JsonRows implements RowFormat {
  private final PrintStream out;
  private final List<String> names = new ArrayList<>();
  private boolean some;

  JsonRows(PrintStream out, List<String> columns) {
    this.out = out;
    for (String column : columns) {
      String name = column;
      for (int i = 1; names.contains(name); i++) {
        name = column + ":" + i;
      }
      names.add(name);
    }
    out.print("[");
  }

  @Override
  public void row(List<@Nullable Object> values) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      object.put(names.get(i), values.get(i));
    }
    out.print((some ? ",\n" : "") + Json.of(object));
    some = true;
  }

  @Override
  public void end() {
    out.println("]");
  }
}
