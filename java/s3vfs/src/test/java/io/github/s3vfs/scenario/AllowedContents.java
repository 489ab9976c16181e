package io.github.s3vfs.scenario;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * What a table may hold: one content, or several while it is not known which of the commits that
 * failed have taken place.
 */
final class AllowedContents {
  private Set<SortedMap<Integer, String>> contents;
  private int version;

  AllowedContents(SortedMap<Integer, String> content) {
    contents = Set.of(content);
  }

  List<SortedMap<Integer, String>> all() {
    return List.copyOf(contents);
  }

  /** Changes with every commit, whether it succeeded or failed. */
  int version() {
    return version;
  }

  boolean isKnown() {
    return contents.size() == 1;
  }

  /** A commit succeeded. */
  void becomeOneOf(List<SortedMap<Integer, String>> after) {
    contents = new LinkedHashSet<>(after);
    version++;
  }

  /** A commit failed: the old content or the new one. */
  void mayBecomeOneOf(List<SortedMap<Integer, String>> after) {
    Set<SortedMap<Integer, String>> both = new LinkedHashSet<>(contents);
    both.addAll(after);
    contents = both;
    version++;
  }

  /** A commit that had failed has taken place now, or has not. */
  void settle() {
    version++;
  }

  /** Something was read: it stays so. */
  void only(List<SortedMap<Integer, String>> these) {
    contents = new LinkedHashSet<>(these);
  }

  /** The contents of a list after a change. */
  static List<SortedMap<Integer, String>> changed(
      List<SortedMap<Integer, String>> before, UnaryOperator<SortedMap<Integer, String>> change) {
    return before.stream().map(change).toList();
  }

  /**
   * Those contents of which a query gives a result.
   *
   * @throws AssertionError if there are none
   */
  static <C> List<C> giving(List<C> contents, Function<C, String> query, String result) {
    List<C> matching = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    for (C content : contents) {
      String mine = query.apply(content);
      expected.add(shortened(mine));
      if (mine.equals(result)) {
        matching.add(content);
      }
    }
    if (matching.isEmpty()) {
      fail("read " + shortened(result) + " where one of " + expected + " is allowed");
    }
    return matching;
  }

  private static String shortened(String text) {
    return text.length() + ":" + text.hashCode() + ":" + text.replaceAll("([a-z]{6})[a-z]+", "$1");
  }
}
