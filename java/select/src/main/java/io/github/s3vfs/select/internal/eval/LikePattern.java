package io.github.s3vfs.select.internal.eval;

import io.github.s3vfs.select.SelectError;
import io.github.s3vfs.select.SelectException;
import io.github.s3vfs.select.internal.io.ByteSink;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A compiled pattern of LIKE: {@code %}, {@code _}, {@code [a-z]} and {@code [^a-z]}. */
final class LikePattern {
  private enum Shape {
    EXACT,
    PREFIX,
    SUFFIX,
    CONTAINS,
    GENERAL
  }

  /** One code point of the text, or with {@code any} and no ranges a {@code %}. */
  private static final class Step {
    private final boolean percent;
    private final boolean negated;
    private final int[] ranges;

    Step(boolean percent, boolean negated, int... ranges) {
      this.percent = percent;
      this.negated = negated;
      this.ranges = ranges;
    }

    boolean percent() {
      return percent;
    }

    boolean matches(int codePoint) {
      for (int i = 0; i < ranges.length; i += 2) {
        if (codePoint >= ranges[i] && codePoint <= ranges[i + 1]) {
          return !negated;
        }
      }
      return negated;
    }
  }

  private static final Step PERCENT = new Step(true, false);
  private static final Step ONE = new Step(false, true);

  private final Shape shape;
  private final byte[] literal;
  private final Step[] steps;

  private LikePattern(Shape shape, byte[] literal, Step... steps) {
    this.shape = shape;
    this.literal = literal;
    this.steps = steps;
  }

  /** Compiles a pattern; the escape is a code point, or negative for none. */
  static LikePattern of(byte[] b, int start, int end, int escape) {
    List<Step> steps = new ArrayList<>();
    ByteSink literal = new ByteSink(16);
    boolean simple = true;
    int at = start;
    while (at < end) {
      int next = Text.next(b, at, end);
      int c = Text.codePoint(b, at, next);
      int closing = c == '[' && c != escape ? closing(b, next, end, escape) : -1;
      if (c == escape) {
        if (next == end) {
          throw new SelectException(
              SelectError.LIKE_INVALID_INPUTS,
              "the pattern of LIKE ends with its escape character");
        }
        at = next;
        next = Text.next(b, at, end);
        steps.add(single(Text.codePoint(b, at, next)));
        literal.put(b, at, next);
      } else if (c == '%') {
        if (steps.isEmpty() || !steps.get(steps.size() - 1).percent()) {
          steps.add(PERCENT);
        }
      } else if (c == '_') {
        steps.add(ONE);
        simple = false;
      } else if (closing >= 0) {
        steps.add(set(b, next, closing, escape));
        next = closing + 1;
        simple = false;
      } else {
        steps.add(single(c));
        literal.put(b, at, next);
      }
      at = next;
    }
    byte[] text = Arrays.copyOf(literal.array(), literal.length());
    return new LikePattern(shape(steps, simple), text, steps.toArray(Step[]::new));
  }

  private static Step single(int c) {
    return new Step(false, false, c, c);
  }

  /** Where a set ends; -1 if it does not, so that the bracket is one. */
  private static int closing(byte[] b, int from, int end, int escape) {
    int at = from;
    while (at < end) {
      int next = Text.next(b, at, end);
      if (Text.codePoint(b, at, next) == escape) {
        next = next < end ? Text.next(b, next, end) : next;
      } else if (b[at] == ']' && at > from) {
        return at;
      }
      at = next;
    }
    return -1;
  }

  private static Step set(byte[] b, int from, int end, int escape) {
    boolean negated = b[from] == '^' && from + 1 < end;
    List<Integer> ranges = new ArrayList<>();
    int at = negated ? from + 1 : from;
    boolean range = false;
    while (at < end) {
      int next = Text.next(b, at, end);
      int c = Text.codePoint(b, at, next);
      boolean dash = c == '-' && !ranges.isEmpty() && next < end && !range && c != escape;
      if (c == escape && next < end) {
        at = next;
        next = Text.next(b, at, end);
        c = Text.codePoint(b, at, next);
      }
      if (dash) {
        range = true;
      } else if (range) {
        ranges.set(ranges.size() - 1, c);
        range = false;
      } else {
        ranges.add(c);
        ranges.add(c);
      }
      at = next;
    }
    return new Step(false, negated, ranges.stream().mapToInt(Integer::intValue).toArray());
  }

  private static Shape shape(List<Step> steps, boolean simple) {
    long percents = steps.stream().filter(Step::percent).count();
    boolean first = !steps.isEmpty() && steps.get(0).percent();
    boolean last = !steps.isEmpty() && steps.get(steps.size() - 1).percent();
    if (!simple) {
      return Shape.GENERAL;
    } else if (percents == 0) {
      return Shape.EXACT;
    } else if (percents == 1 && last) {
      return Shape.PREFIX;
    } else if (percents == 1 && first) {
      return Shape.SUFFIX;
    }
    return percents == 2 && first && last ? Shape.CONTAINS : Shape.GENERAL;
  }

  boolean matches(byte[] b, int start, int end) {
    int length = literal.length;
    return switch (shape) {
      case EXACT -> end - start == length && equal(b, start);
      case PREFIX -> end - start >= length && equal(b, start);
      case SUFFIX -> end - start >= length && equal(b, end - length);
      case CONTAINS -> contains(b, start, end);
      case GENERAL -> general(b, start, end);
    };
  }

  private boolean equal(byte[] b, int at) {
    for (int i = 0; i < literal.length; i++) {
      if (b[at + i] != literal[i]) {
        return false;
      }
    }
    return true;
  }

  private boolean contains(byte[] b, int start, int end) {
    byte first = literal[0];
    int last = end - literal.length;
    for (int at = start; at <= last; at++) {
      if (b[at] == first && equal(b, at)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Goes back to the last {@code %} only, which is enough: each other step takes one code point.
   */
  private boolean general(byte[] b, int start, int end) {
    int at = start;
    int step = 0;
    int retryStep = -1;
    int retryAt = start;
    while (true) {
      Step wanted = step < steps.length ? steps[step] : null;
      if (wanted != null && wanted.percent()) {
        retryStep = ++step;
        retryAt = at;
        continue;
      }
      int next = advance(wanted, b, at, end);
      if (next >= 0) {
        if (wanted == null) {
          return true;
        }
        at = next;
        step++;
      } else if (retryStep < 0 || retryAt >= end) {
        return false;
      } else {
        retryAt = Text.next(b, retryAt, end);
        at = retryAt;
        step = retryStep;
      }
    }
  }

  /** Behind the code point that a step takes; at the end of the steps only the end fits. */
  private static int advance(@Nullable Step wanted, byte[] b, int at, int end) {
    if (wanted == null) {
      return at == end ? at : -1;
    } else if (at >= end) {
      return -1;
    }
    int next = Text.next(b, at, end);
    return wanted.matches(Text.codePoint(b, at, next)) ? next : -1;
  }
}
