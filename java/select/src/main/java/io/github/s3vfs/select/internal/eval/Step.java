package io.github.s3vfs.select.internal.eval;

import org.jspecify.annotations.Nullable;

/**
 * A step of a path: a key, an index, or any key.
 *
 * @param key null for an index, {@code *} or {@code [*]}
 * @param index -1 for a key or {@code *}; -2 for {@code [*]}
 * @param quoted whether the key was in quotes
 */
public record Step(@Nullable String key, int index, boolean quoted) {
  /** A key. */
  public static Step key(String key, boolean quoted) {
    return new Step(key, -1, quoted);
  }

  /** An element of an array, from 0. */
  public static Step index(int index) {
    return new Step(null, index, false);
  }

  /** Whatever the key is. */
  public static Step any() {
    return new Step(null, -1, false);
  }

  /** Each element. */
  public static Step each() {
    return new Step(null, -2, false);
  }

  /** Whether it is {@code *}. */
  public boolean isAny() {
    return key == null && index == -1;
  }

  /** Whether it is {@code [*]}. */
  public boolean isEach() {
    return index == -2;
  }
}
