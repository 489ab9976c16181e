package io.github.s3vfs.changelog;

import org.jspecify.annotations.Nullable;

/** A value does not fit a type. Without a stack: it is the fate of a cell, not of the program. */
final class BadValue extends Exception {
  private static final long serialVersionUID = 1;

  BadValue(String message) {
    super(message, null, false, false);
  }

  static BadValue of(LogicalType type, @Nullable Object value) {
    return new BadValue("type " + type + " from value " + shown(value));
  }

  /** For people: with its class, and not very long. */
  static String shown(@Nullable Object value) {
    if (value == null) {
      return "NULL";
    }
    if (value instanceof byte[] bytes) {
      return "a BLOB of " + bytes.length + " bytes";
    }
    String text = value.toString();
    String cut = text.length() <= 100 ? text : text.substring(0, 100) + "...";
    return value instanceof Number || value instanceof RowBytes.NoText ? cut : "'" + cut + "'";
  }
}
