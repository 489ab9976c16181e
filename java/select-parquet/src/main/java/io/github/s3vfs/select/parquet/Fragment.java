package io.github.s3vfs.select.parquet;

import io.github.s3vfs.select.SelectError;
import io.github.s3vfs.select.SelectException;
import io.github.s3vfs.select.internal.eval.JsonText;
import io.github.s3vfs.select.internal.eval.Value;
import io.github.s3vfs.select.internal.io.ByteSink;

/** The values of a field within one record, as JSON with commas between them. */
final class Fragment {
  private static final byte[] NULL = {'n', 'u', 'l', 'l'};

  private final ByteSink text = new ByteSink(64);
  private final int maxBytes;
  private int count;

  Fragment(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  void clear() {
    text.truncate(0);
    count = 0;
  }

  boolean isEmpty() {
    return count == 0;
  }

  /** The text; valid until it changes. */
  ByteSink text() {
    return text;
  }

  /** Another value follows, by {@link #text}. */
  ByteSink next() {
    if (count++ > 0) {
      text.put(',');
    }
    return text;
  }

  void add(Value value) {
    JsonText.value(value, next());
    check();
  }

  /** Appends what another one has: as it is, as a list, or NULL if it is empty. */
  void put(Fragment other, boolean list) {
    if (list) {
      text.put('[');
    } else if (other.isEmpty()) {
      text.put(NULL);
    }
    text.put(other.text.array(), 0, other.text.length());
    if (list) {
      text.put(']');
    }
    check();
  }

  private void check() {
    if (text.length() > maxBytes) {
      throw new SelectException(
          SelectError.OVER_MAX_RECORD_SIZE,
          "a nested value of more than " + maxBytes + " bytes of JSON, which is the limit");
    }
  }

  /** The values as one. */
  void value(boolean list, Value out) {
    if (list) {
      int start = text.length();
      text.put('[');
      text.put(text.array(), 0, start);
      text.put(']');
      out.setNested(text.array(), start, text.length());
    } else if (count == 0) {
      out.setNull();
    } else {
      out.setNested(text.array(), 0, text.length());
    }
  }
}
