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

  /** So many steps are between two looks at the thread. */
  private static final int PAUSE = 1 << 20;

  private static final Step PERCENT = new Step(true, false);
  private static final Step ONE = new Step(false, true);

  private final Shape shape;
  private final byte[] literal;
  private final Step[] steps;

  /** How many code points the steps from one on take at least. */
  private final int[] least;

  /** The step behind the last {@code %}; 0 if there is none. */
  private final int tail;

  private LikePattern(Shape shape, byte[] literal, Step... steps) {
    this.shape = shape;
    this.literal = literal;
    this.steps = steps;
    this.least = new int[steps.length + 1];
    int behind = 0;
    for (int i = steps.length - 1; i >= 0; i--) {
      least[i] = least[i + 1] + (steps[i].percent() ? 0 : 1);
      behind = behind == 0 && steps[i].percent() ? i + 1 : behind;
    }
    this.tail = behind;
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
    return same(b, at) == literal.length;
  }

  /** How many bytes are those of the literal. */
  private int same(byte[] b, int at) {
    int i = 0;
    while (i < literal.length && b[at + i] == literal[i]) {
      i++;
    }
    return i;
  }

  private boolean contains(byte[] b, int start, int end) {
    byte first = literal[0];
    int last = end - literal.length;
    int work = 0;
    for (int at = start; at <= last; at++) {
      if (b[at] == first) {
        int same = same(b, at);
        if (same == literal.length) {
          return true;
        }
        work = pausing(work + same);
      }
    }
    return false;
  }

  /** Now and then looks whether the thread was interrupted. */
  private static int pausing(int work) {
    if (work < PAUSE) {
      return work;
    } else if (Thread.currentThread().isInterrupted()) {
      throw new SelectException(SelectError.INTERRUPTED, "interrupted in LIKE");
    }
    return 0;
  }

  /**
   * Goes back to the last {@code %} only, which is enough: each other step takes one code point.
   * Behind the last of all, the steps fit at the end of the text or nowhere.
   */
  private boolean general(byte[] b, int start, int end) {
    int at = start;
    int step = 0;
    int retryStep = -1;
    int retryAt = start;
    int retryLeft = -1;
    int work = 0;
    while (true) {
      work = pausing(work + 1);
      Step wanted = step < steps.length ? steps[step] : null;
      if (wanted != null && wanted.percent()) {
        int left = retryLeft < 0 ? Text.length(b, at, end) : retryLeft - (step - retryStep);
        step++;
        if (left < least[step]) {
          return false;
        } else if (step == tail) {
          at = Text.skip(b, at, end, left - least[step]);
          retryStep = -1;
        } else {
          retryStep = step;
          retryAt = at;
          retryLeft = left;
        }
        continue;
      }
      int next = advance(wanted, b, at, end);
      if (next >= 0) {
        if (wanted == null) {
          return true;
        }
        at = next;
        step++;
      } else if (retryStep < 0 || --retryLeft < least[retryStep]) {
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
