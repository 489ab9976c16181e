package io.github.s3vfs.select.internal.json;

import io.github.s3vfs.select.JsonInput;
import io.github.s3vfs.select.SelectLimits;
import io.github.s3vfs.select.internal.eval.Expr;
import io.github.s3vfs.select.internal.eval.RowSource;
import io.github.s3vfs.select.internal.eval.Step;
import io.github.s3vfs.select.internal.eval.Value;
import io.github.s3vfs.select.internal.io.ByteInput;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

/**
 * Rows of JSON: what lies at the path of FROM, and of arrays there each element. Arrays on the way
 * are gone through. Nothing of a row is kept but what a query touches.
 */
public final class JsonReader implements RowSource {
  /** An array or object around the rows. */
  private static final class Frame {
    final boolean object;

    /** The step that its members, or the values in its elements, are looked at for. */
    final int step;

    /** The only element that counts; -1 for all. */
    final int only;

    int count;

    Frame(boolean object, int step, int only) {
      this.object = object;
      this.step = step;
      this.only = only;
    }
  }

  private final JsonBytes json;
  private final JsonSkipper skipper;
  private final RowValues values;
  private final List<Step> from;

  /** Whether the path ends with an index: a row that is an array is one then. */
  private final boolean element;

  private final byte[][] keys;
  private final boolean lines;
  private long until;
  private final Deque<Frame> frames = new ArrayDeque<>();
  private boolean afterValue;

  /** Whether the value that was read last is within nothing, and has no end of its own. */
  private boolean afterScalar;

  private long number;

  private JsonReader(
      JsonBytes json, JsonInput options, List<Step> from, boolean element, long until) {
    this.json = json;
    this.skipper = new JsonSkipper(json);
    this.values = new RowValues(json, skipper);
    this.from = from;
    this.element = element;
    this.keys =
        from.stream()
            .map(step -> step.key() == null ? "" : step.key())
            .map(key -> key.getBytes(StandardCharsets.UTF_8))
            .toArray(byte[][]::new);
    this.lines = options.type() == JsonInput.Type.LINES;
    this.until = until;
  }

  /**
   * Opens the rows of an input.
   *
   * @param input the bytes
   * @param from the path of FROM
   * @param atStart whether the first byte is of the object's first line
   * @param until how many bytes of the input are in the range; a line that begins behind is not
   *     read
   */
  public static JsonReader open(
      ByteInput input,
      JsonInput options,
      SelectLimits limits,
      List<Step> from,
      boolean atStart,
      long until) {
    JsonBytes json = new JsonBytes(input, limits.maxRecordBytes(), limits.maxJsonDepth());
    JsonReader reader = new JsonReader(json, options, steps(from), isElement(from), until);
    if (!atStart) {
      reader.skipLine();
    } else if (json.peek() == 0xEF) {
      json.mark();
      for (int wanted : new int[] {0xEF, 0xBB, 0xBF}) {
        if (json.peek() != wanted) {
          throw json.unexpected("a value");
        }
        json.advance();
      }
      json.release();
      // The mark is of the first line.
      reader.until = Math.max(until, 4);
    }
    return reader;
  }

  /**
   * Without what is done in any case: to take all values of the input, and to go into one array
   * where no index says which element.
   */
  private static List<Step> steps(List<Step> from) {
    List<Step> steps = new ArrayList<>();
    int each = 0;
    for (int i = 1; i <= from.size(); i++) {
      if (i < from.size() && from.get(i).isEach()) {
        each++;
        continue;
      }
      boolean indexed = i < from.size() && from.get(i).index() >= 0;
      steps.addAll(Collections.nCopies(indexed ? each : Math.max(0, each - 1), Step.each()));
      if (i < from.size()) {
        steps.add(from.get(i));
      }
      each = 0;
    }
    return steps;
  }

  private static boolean isElement(List<Step> from) {
    return !from.isEmpty() && from.get(from.size() - 1).index() >= 0;
  }

  private void skipLine() {
    int c = json.peek();
    while (c >= 0 && c != '\n') {
      json.advance();
      c = json.peek();
    }
    if (c >= 0) {
      json.advance();
    }
  }

  @Override
  public boolean next() {
    while (true) {
      Frame frame = frames.peek();
      if (frame == null) {
        if (afterValue && lines) {
          endLine();
        } else if (afterScalar) {
          endScalar();
        }
        afterValue = false;
        if (!(lines ? startLine() : json.peekToken() >= 0)) {
          return false;
        }
        afterValue = true;
        afterScalar = json.peek() != '{' && json.peek() != '[';
        if (value(0)) {
          return true;
        }
      } else if (next(frame)) {
        return true;
      }
    }
  }

  /** Goes to the first byte of the next line that is not blank; false at the end of the range. */
  private boolean startLine() {
    while (json.offset() < until) {
      int c = blanks();
      if (c < 0) {
        return false;
      } else if (c != '\n') {
        return true;
      }
      json.advance();
    }
    return false;
  }

  private void endLine() {
    int c = blanks();
    if (c == '\n') {
      json.advance();
    } else if (c >= 0) {
      throw json.unexpected("the end of the line");
    }
  }

  /** Otherwise {@code 01} would be two values. */
  private void endScalar() {
    int before = json.peek();
    if (before >= 0 && before != ' ' && before != '\n' && before != '\t' && before != '\r') {
      throw json.unexpected("white space or the end of the input");
    }
    afterScalar = false;
  }

  private int blanks() {
    int c = json.peek();
    while (c == ' ' || c == '\t' || c == '\r') {
      json.advance();
      c = json.peek();
    }
    return c;
  }

  /** Goes on in an array or object; true if there is a row. */
  private boolean next(Frame frame) {
    int c = json.peekToken();
    if (c == (frame.object ? '}' : ']')) {
      json.advance();
      frames.pop();
      return false;
    }
    if (frame.count++ > 0) {
      if (c != ',') {
        throw json.unexpected(frame.object ? "',' or '}'" : "',' or ']'");
      }
      json.advance();
    }
    if (frame.object) {
      json.string();
      boolean wanted = isKey(frame.step);
      json.advance();
      json.expect(':');
      if (wanted) {
        return value(frame.step + 1);
      }
    } else if (frame.only < 0 || frame.only == frame.count - 1) {
      return frame.step < 0 ? row() : value(frame.step);
    }
    skipper.skip(frames.size());
    return false;
  }

  private boolean isKey(int step) {
    int start = json.release();
    if (from.get(step).isAny()) {
      return true;
    }
    return values.isKey(start, keys[step], from.get(step).key());
  }

  /** Takes a value at a step of FROM; true if it is a row. Otherwise it is taken, or entered. */
  private boolean value(int step) {
    int c = json.peekToken();
    boolean target = step == from.size();
    if (c == '[') {
      boolean indexed = !target && from.get(step).index() >= 0;
      boolean rows = target || (element && indexed && step + 1 == from.size());
      int next = rows ? -1 : indexed || from.get(step).isEach() ? step + 1 : step;
      enter(new Frame(false, next, indexed ? from.get(step).index() : -1));
      return false;
    } else if (target) {
      return row();
    } else if (from.get(step).isEach()) {
      return value(step + 1);
    } else if (c == '{' && from.get(step).index() < 0) {
      enter(new Frame(true, step, -1));
      return false;
    }
    skipper.skip(frames.size());
    return false;
  }

  private void enter(Frame frame) {
    if (frames.size() >= json.maxDepth()) {
      throw json.tooDeep();
    }
    json.advance();
    frames.push(frame);
  }

  private boolean row() {
    values.read(frames.size());
    number++;
    return true;
  }

  @Override
  public long number() {
    return number;
  }

  @Override
  public Expr column(List<Step> path) {
    return values.slot(path);
  }

  @Override
  public Expr rowOr(List<Step> path) {
    return values.rowOr(path);
  }

  @Override
  public boolean isJson() {
    return true;
  }

  @Override
  public void wantStar() {
    values.wantStar();
  }

  /**
   * Says before the first row that arrays and objects at paths are wanted, as JSON, and a row that
   * is no object as its member {@code _1}.
   */
  public void keepNested() {
    values.keepNested();
  }

  @Override
  public int starCount() {
    return values.starCount();
  }

  @Override
  public Value starValue(int index) {
    return values.starValue(index);
  }

  @Override
  public String starName(int index) {
    return values.starName(index);
  }

  @Override
  public long bytesRead() {
    return json.input().count();
  }

  @Override
  public void close() {
    json.input().close();
  }
}
