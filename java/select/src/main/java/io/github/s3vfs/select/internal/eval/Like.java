package io.github.s3vfs.select.internal.eval;

import io.github.s3vfs.select.SelectError;
import io.github.s3vfs.select.SelectException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** LIKE: the whole text, case-sensitive. A pattern is compiled again only if it is another one. */
public final class Like extends Predicate {
  private final Place place;
  private final Expr text;
  private final Expr pattern;
  private final @Nullable Expr escape;
  private byte[] compiledFrom = new byte[0];
  private int compiledEscape = -1;
  private @Nullable LikePattern compiled;

  /** Without escape, that is null. */
  public Like(Place place, Expr text, Expr pattern, @Nullable Expr escape) {
    this.place = place;
    this.text = text;
    this.pattern = pattern;
    this.escape = escape;
  }

  @Override
  public int test() {
    LikePattern now = compiled;
    if (now == null || !pattern.constant() || escape != null) {
      now = compile();
      if (now == null) {
        return -1;
      }
    }
    Value value = text.eval();
    if (value.isNull()) {
      return -1;
    }
    check(value);
    return now.matches(value.bytes, value.start, value.end) ? 1 : 0;
  }

  private @Nullable LikePattern compile() {
    Value value = pattern.eval();
    if (value.isNull()) {
      return null;
    }
    check(value);
    int escapeCharacter = -1;
    if (escape != null) {
      Value character = escape.eval();
      if (character.isNull()) {
        return null;
      }
      check(character);
      escapeCharacter = escapeCharacter(character);
    }
    LikePattern before = compiled;
    if (before != null
        && escapeCharacter == compiledEscape
        && Arrays.equals(
            compiledFrom, 0, compiledFrom.length, value.bytes, value.start, value.end)) {
      return before;
    }
    compiledFrom = Arrays.copyOfRange(value.bytes, value.start, value.end);
    compiledEscape = escapeCharacter;
    LikePattern made = LikePattern.of(compiledFrom, 0, compiledFrom.length, escapeCharacter);
    compiled = made;
    return made;
  }

  private static int escapeCharacter(Value value) {
    if (value.start == value.end || Text.next(value.bytes, value.start, value.end) != value.end) {
      throw new SelectException(
          SelectError.LIKE_INVALID_INPUTS,
          "ESCAPE takes one character, not '" + value.text() + "'");
    }
    return Text.codePoint(value.bytes, value.start, value.end);
  }

  private void check(Value value) {
    if (value.kind != Kind.STRING) {
      throw place.of(
          0,
          Value.mismatch(
              "like expression takes strings, and this is a " + Comparing.name(value.kind)));
    }
  }

  @Override
  public boolean constant() {
    return constants(text, pattern) && (escape == null || escape.constant());
  }
}
