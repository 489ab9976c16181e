package io.github.s3vfs.internal.readahead;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides what to fetch ahead of readers that go forward or backward.
 *
 * <p>It follows up to {@value #STREAMS} interleaved streams in each direction. An access that is at
 * most {@value #GAP} units ahead of a stream's last one continues that stream (tables that were
 * filled in order have interior pages between their leaves); any other access begins a stream in
 * place of the one that was used longest ago. A stream that has gone on often enough has proved
 * itself: its window starts at a first size and doubles each time it is refilled. It is refilled
 * when the reader is within half a window of its end, before the reader runs dry. A reader that has
 * jumped {@value #MANY_JUMPS} times since it last went on does not prove itself by a single step,
 * which may be chance. A random access therefore hardly ever causes a fetch.
 *
 * <p>What no forward stream takes may be a step backward: a scan in descending order, or a long
 * value in pages that were free, of which SQLite takes the nearest one.
 */
public final class SequentialReadAhead {

  /** How many interleaved scans are told apart. */
  static final int STREAMS = 4;

  /** How many units a stream may skip. */
  static final int GAP = 4;

  /** How many steps in a row make a stream, when nothing else is said. */
  static final int PROOF = 3;

  /** After so many jumps one step proves nothing. */
  static final int MANY_JUMPS = 8;

  /** What is left behind a window is fetched with it when it is so many times smaller. */
  private static final int REST = 8;

  /** How many units the first window has, when nothing else is said. */
  private static final int FIRST_WINDOW = 4;

  private static final long NONE = Long.MIN_VALUE / 2;

  private final Direction forward;

  /** Its units are the negative ones of the file. */
  private final Direction backward;

  /**
   * @param maxWindow the most units to have ahead of a reader; 0 fetches nothing ahead
   */
  public SequentialReadAhead(int maxWindow) {
    this(maxWindow, FIRST_WINDOW, PROOF);
  }

  /**
   * @param maxWindow the most units to have ahead of a reader; 0 fetches nothing ahead
   * @param firstWindow how many units a stream fetches ahead at first
   * @param proof how many forward steps in a row make a stream; backward at least {@value #PROOF}
   */
  public SequentialReadAhead(int maxWindow, int firstWindow, int proof) {
    this.forward = new Direction(maxWindow, firstWindow, proof);
    this.backward = new Direction(maxWindow, firstWindow, Math.max(proof, PROOF));
  }

  /**
   * Units to fetch now, {@code from} up to but not including {@code until}; may be empty.
   *
   * @param from first unit
   * @param until behind the last unit
   */
  public record Window(long from, long until) {
    static final Window EMPTY = new Window(0, 0);

    Window negative() {
      return isEmpty() ? EMPTY : new Window(1 - until, 1 - from);
    }

    /** Whether there is nothing to fetch. */
    public boolean isEmpty() {
      return from >= until;
    }
  }

  /** Takes note of an access and says what to fetch, never beyond {@code end} (exclusive). */
  public Window onAccess(long unit, long end) {
    return onAccess(unit, () -> end);
  }

  /** The same; the end is asked for only where something may be fetched. */
  public Window onAccess(long unit, LongSupplier end) {
    Window window = forward.onAccess(unit, end);
    if (window != null) {
      return window;
    }
    Window before = backward.onAccess(-unit, () -> 1);
    return before == null ? Window.EMPTY : before.negative();
  }

  /** The streams that go one way. */
  private static final class Direction {
    private final int maxWindow;
    private final int firstWindow;
    private final int proof;
    private final Stream[] streams = new Stream[STREAMS];
    private long clock;
    private int jumps;

    Direction(int maxWindow, int firstWindow, int proof) {
      this.maxWindow = maxWindow;
      this.firstWindow = firstWindow;
      this.proof = proof;
      for (int i = 0; i < STREAMS; i++) {
        streams[i] = new Stream();
      }
    }

    /** As the method of the class; null if no stream has gone on. */
    @Nullable Window onAccess(long unit, LongSupplier end) {
      clock++;
      Stream oldest = streams[0];
      for (Stream stream : streams) {
        if (unit == stream.last) {
          stream.used = clock;
          return Window.EMPTY;
        }
        if (unit > stream.last && unit <= stream.last + GAP) {
          return advance(stream, unit, end);
        }
        if (stream.used < oldest.used) {
          oldest = stream;
        }
      }
      oldest.begin(unit, clock);
      jumps++;
      return null;
    }

    private Window advance(Stream stream, long unit, LongSupplier lastUnit) {
      stream.last = unit;
      stream.used = clock;
      stream.steps++;
      if (stream.steps < Math.max(proof, jumps > MANY_JUMPS ? 2 : 1)) {
        return Window.EMPTY;
      }
      jumps = 0;
      long ahead = stream.fetchedUntil - (unit + 1);
      if (stream.window > 0 && ahead > stream.window / 2) {
        return Window.EMPTY;
      }
      long end = lastUnit.getAsLong();
      int window = Math.min(maxWindow, Math.max(firstWindow, stream.window * 2));
      long from = Math.max(unit + 1, stream.fetchedUntil);
      long until = Math.min(end, unit + 1 + window);
      if (end - until <= window / REST) {
        until = end;
      }
      if (from >= until) {
        return Window.EMPTY;
      }
      stream.window = window;
      stream.fetchedUntil = until;
      return new Window(from, until);
    }
  }

  private static final class Stream {
    long last = NONE;
    long used;
    int steps;
    int window;
    long fetchedUntil = NONE;

    void begin(long unit, long now) {
      last = unit;
      used = now;
      steps = 0;
      window = 0;
      fetchedUntil = NONE;
    }
  }
}
