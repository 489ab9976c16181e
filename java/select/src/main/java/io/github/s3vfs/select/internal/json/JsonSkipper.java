package io.github.s3vfs.select.internal.json;

import java.util.BitSet;

/** Goes over values that nobody asks for, and checks them. */
final class JsonSkipper {
  private final JsonBytes json;
  private final BitSet objects = new BitSet();

  JsonSkipper(JsonBytes json) {
    this.json = json;
  }

  /** Takes a scalar without looking at it; the first byte is known. */
  private void skipScalar(int c) {
    switch (c) {
      case '"' -> json.skipString();
      case 't' -> json.word("true");
      case 'f' -> json.word("false");
      case 'n' -> json.word("null");
      default -> {
        if (c != '-' && (c < '0' || c > '9')) {
          throw json.unexpected("a value");
        }
        json.number();
        json.release();
      }
    }
  }

  /** Takes a value of any depth without a call for each level. */
  void skip(int depthAround) {
    int depth = 0;
    while (true) {
      int c = json.peekToken();
      if (c == '{' || c == '[') {
        if (depthAround + depth >= json.maxDepth()) {
          throw json.tooDeep();
        }
        json.advance();
        objects.set(depth++, c == '{');
        int first = json.peekToken();
        if (first != (c == '{' ? '}' : ']')) {
          if (c == '{') {
            skipKey();
          }
          continue;
        }
      } else {
        skipScalar(c);
      }
      depth = close(depth);
      if (depth == 0) {
        return;
      }
    }
  }

  /** Takes what closes, up to the next value; 0 if all is closed. */
  private int close(int from) {
    int depth = from;
    while (depth > 0) {
      boolean object = objects.get(depth - 1);
      int c = json.peekToken();
      if (c == (object ? '}' : ']')) {
        json.advance();
        depth--;
      } else if (c == ',') {
        json.advance();
        if (object) {
          skipKey();
        }
        return depth;
      } else {
        throw json.unexpected(object ? "',' or '}'" : "',' or ']'");
      }
    }
    return 0;
  }

  private void skipKey() {
    json.skipString();
    json.expect(':');
  }
}
