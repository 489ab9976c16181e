package io.github.s3vfs.blob;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Where the parameters of a statement stand (https://sqlite.org/lang_expr.html#varparam). Pure. */
final class ZeroblobSql {
  private static final String PARAMETER = "(\\?\\d*|[:@$][\\w$:\\x80-\\uffff]+)";

  /** What hides parameters, one in zeroblob(), and any other one. */
  private static final Pattern TOKEN =
      Pattern.compile(
          "'[^']*+'|\"[^\"]*+\"|`[^`]*+`|\\[[^\\]]*+\\]|--[^\\n]*+|/\\*(?s:.*?)\\*/"
              + "|(?<![\\w$])(?i:zeroblob)\\s*\\(\\s*"
              + PARAMETER
              + "\\s*\\)|"
              + PARAMETER);

  private ZeroblobSql() {}

  /** Whether a parameter stands as {@code zeroblob(?)} in SQL, wherever it does. */
  static boolean isLength(String sql, int parameter) {
    Map<String, Integer> names = new HashMap<>();
    int most = 0;
    boolean found = false;
    for (Matcher token = TOKEN.matcher(sql); token.find(); ) {
      String inside = token.group(1);
      String name = inside != null ? inside : token.group(2);
      if (name == null) {
        continue;
      }
      Integer number = number(name, names);
      if (number == null) {
        number = most + 1;
        names.put(name, number);
      }
      most = Math.max(most, number);
      if (number == parameter) {
        if (inside == null) {
          return false;
        }
        found = true;
      }
    }
    return found;
  }

  /** That of one which is numbered, or was named before. */
  private static @Nullable Integer number(String name, Map<String, Integer> names) {
    if (name.equals("?")) {
      return null;
    }
    return name.charAt(0) == '?' && name.length() < 10
        ? Integer.valueOf(name.substring(1))
        : names.get(name);
  }
}
