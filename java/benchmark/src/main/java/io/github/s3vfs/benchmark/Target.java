package io.github.s3vfs.benchmark;

import org.jspecify.annotations.Nullable;

/**
 * What an operation should cost at most.
 *
 * @param requests how many
 * @param text the same in words; null if there is no target
 * @param chain how many must wait for each other; 0 if there is no target
 */
record Target(long requests, @Nullable String text, long chain) {
  static final Target NONE = new Target(0, null, 0);

  static Target of(long requests, long chain) {
    return new Target(requests, "" + requests, chain);
  }
}
