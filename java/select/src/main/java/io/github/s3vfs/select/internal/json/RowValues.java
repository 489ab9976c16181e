package io.github.s3vfs.select.internal.json;

import io.github.s3vfs.select.internal.eval.Expr;
import io.github.s3vfs.select.internal.eval.Numbers;
import io.github.s3vfs.select.internal.eval.Step;
import io.github.s3vfs.select.internal.eval.Value;
import io.github.s3vfs.select.internal.io.ByteSink;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The values of one row: those at the paths of a query, and for {@code *} all members. */
final class RowValues {
  /** The name of a row that is no object. */
  private static final byte[] ROW = {'_', '1'};

  private final JsonBytes json;
  private final JsonSkipper skipper;
  private final PathTree paths = new PathTree();
  private final ByteSink scratch = new ByteSink(64);

  private boolean star;

  /** Whether the row is one. */
  private boolean object;

  /**
   * Whether arrays and objects at the paths are kept, as JSON, and a row that is no object is what
   * it is for {@code *}, a member {@code _1}.
   */
  private boolean nested;

  private final List<String> names = new ArrayList<>();
  private final List<Slot> members = new ArrayList<>();
  private final Map<String, Integer> known = new HashMap<>();
  private int count;

  RowValues(JsonBytes json, JsonSkipper skipper) {
    this.json = json;
    this.skipper = skipper;
  }

  Slot slot(List<Step> path) {
    return paths.slot(path);
  }

  /** The row if it is no object, otherwise the value of a path. */
  Expr rowOr(List<Step> path) {
    Slot row = paths.slot(List.of());
    Slot member = paths.slot(path);
    return new Expr() {
      @Override
      public Value eval() {
        return object ? member.value : row.value;
      }
    };
  }

  void wantStar() {
    star = true;
  }

  void keepNested() {
    nested = true;
  }

  int starCount() {
    return count;
  }

  Value starValue(int index) {
    return members.get(index).value;
  }

  String starName(int index) {
    return names.get(index);
  }

  /** Takes the value that is the row. */
  void read(int depth) {
    paths.reset();
    count = 0;
    known.clear();
    object = json.peekToken() == '{';
    if (!star) {
      PathTree row = nested && !object ? paths.member(ROW, 0, ROW.length) : null;
      value(row == null ? paths : row, depth);
    } else if (object) {
      object(paths, depth, true);
    } else {
      held(paths, depth, "_1");
    }
  }

  /** Whether the string that was read last is a key, without regard to case. */
  boolean isKey(int start, byte[] wanted, @Nullable String text) {
    if (!json.escaped()) {
      return PathTree.sameKey(json.array(), start, json.position(), wanted, text);
    }
    scratch.truncate(0);
    JsonEscapes.unescape(json.array(), start, json.position(), scratch);
    return PathTree.sameKey(scratch.array(), 0, scratch.length(), wanted, text);
  }

  private void value(PathTree node, int depth) {
    int c = json.peekToken();
    switch (c) {
      case '{' -> {
        boolean held = hold(node.slot());
        if (node.hasKeys()) {
          object(node, depth, false);
        } else {
          skipper.skip(depth);
        }
        nested(node.slot(), held);
      }
      case '[' -> {
        boolean held = hold(node.slot());
        if (node.hasIndexes()) {
          array(node, depth);
        } else {
          skipper.skip(depth);
        }
        nested(node.slot(), held);
      }
      default -> scalar(c, node.slot(), depth);
    }
  }

  /** Answers whether it holds: what is around it may hold already, then it does not. */
  private boolean hold(@Nullable Slot slot) {
    boolean holds = nested && slot != null && !json.isHeld();
    if (holds) {
      json.hold();
    }
    return holds;
  }

  private void nested(@Nullable Slot slot, boolean held) {
    if (held && slot != null) {
      int start = json.unhold();
      slot.text.truncate(0);
      slot.text.put(json.array(), start, json.position());
      slot.value.setNested(slot.text.array(), 0, slot.text.length());
    } else if (slot != null) {
      slot.value.setNull();
    }
  }

  private void object(PathTree node, int depth, boolean all) {
    enter(depth);
    if (json.peekToken() != '}') {
      member(node, depth, all);
      while (json.peekToken() == ',') {
        json.advance();
        member(node, depth, all);
      }
    }
    json.expect('}');
  }

  private void enter(int depth) {
    if (depth >= json.maxDepth()) {
      throw json.tooDeep();
    }
    json.advance();
  }

  private void member(PathTree node, int depth, boolean all) {
    json.string();
    int start = json.release();
    byte[] key = json.array();
    int end = json.position();
    if (json.escaped()) {
      scratch.truncate(0);
      JsonEscapes.unescape(key, start, end, scratch);
      key = scratch.array();
      start = 0;
      end = scratch.length();
    }
    PathTree child = node.member(key, start, end);
    String name =
        all ? new String(key, start, end - start, java.nio.charset.StandardCharsets.UTF_8) : "";
    json.advance();
    json.expect(':');
    if (child != null) {
      child.reset();
    }
    if (all) {
      held(child, depth + 1, name);
    } else if (child != null) {
      value(child, depth + 1);
    } else {
      skipper.skip(depth + 1);
    }
  }

  private void array(PathTree node, int depth) {
    enter(depth);
    if (json.peekToken() != ']') {
      int index = 0;
      element(node, depth, index++);
      while (json.peekToken() == ',') {
        json.advance();
        element(node, depth, index++);
      }
    }
    json.expect(']');
  }

  private void element(PathTree node, int depth, int index) {
    PathTree child = node.element(index);
    if (child != null) {
      value(child, depth + 1);
    } else {
      skipper.skip(depth + 1);
    }
  }

  private void scalar(int c, @Nullable Slot slot, int depth) {
    if (slot == null) {
      skipper.skip(depth);
      return;
    }
    switch (c) {
      case '"' -> {
        json.string();
        string(slot, json.release(), json.position(), json.escaped());
        json.advance();
      }
      case 't' -> {
        json.word("true");
        slot.value.setBool(true);
      }
      case 'f' -> {
        json.word("false");
        slot.value.setBool(false);
      }
      case 'n' -> {
        json.word("null");
        slot.value.setNull();
      }
      default -> {
        if (c != '-' && (c < '0' || c > '9')) {
          throw json.unexpected("a value");
        }
        json.number();
        int start = json.release();
        Numbers.parse(json.array(), start, json.position(), slot.value);
      }
    }
  }

  private void string(Slot slot, int start, int end, boolean escaped) {
    slot.text.truncate(0);
    if (escaped) {
      JsonEscapes.unescape(json.array(), start, end, slot.text);
    } else {
      slot.text.put(json.array(), start, end);
    }
    slot.value.setString(slot.text.array(), 0, slot.text.length());
  }

  /** Takes a member of the row for {@code *}, and for the paths in it. */
  private void held(@Nullable PathTree child, int depth, String name) {
    Integer before = known.get(name);
    int index = before == null ? count++ : before;
    known.put(name, index);
    if (index == members.size()) {
      members.add(new Slot());
      names.add(name);
    } else {
      names.set(index, name);
    }
    Slot slot = members.get(index);
    int c = json.peekToken();
    json.hold();
    if (child != null) {
      value(child, depth);
    } else {
      skipper.skip(depth);
    }
    int start = json.unhold();
    int end = json.position();
    byte[] raw = json.array();
    switch (c) {
      case '"' -> string(slot, start + 1, end - 1, true);
      case 't' -> slot.value.setBool(true);
      case 'f' -> slot.value.setBool(false);
      case 'n' -> slot.value.setNull();
      case '{', '[' -> {
        slot.text.truncate(0);
        slot.text.put(raw, start, end);
        slot.value.setNested(slot.text.array(), 0, slot.text.length());
      }
      default -> Numbers.parse(raw, start, end, slot.value);
    }
  }
}
