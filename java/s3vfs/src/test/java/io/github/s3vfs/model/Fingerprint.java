package io.github.s3vfs.model;

import java.util.Arrays;

/**
 * A 64-bit hash of a state in which nonces are numbered by their first occurrence, so that states
 * that differ only in the values of nonces are one. Among ten million states two have the same
 * fingerprint with a probability of about one in 400,000; such a state would not be visited.
 */
final class Fingerprint {
  private static final int OLD = 8;

  private long hash;
  private int[] numbers = new int[256];
  private int known;
  private int lastWrite;

  /**
   * Begins a new one.
   *
   * @param lastWrite the number of the last write of the head, which others are compared with
   */
  void reset(int lastWrite) {
    this.lastWrite = lastWrite;
    hash = 0x9e37_79b9_7f4a_7c15L;
    known = 0;
    Arrays.fill(numbers, 0);
  }

  long value() {
    return hash;
  }

  Fingerprint add(int value) {
    long mixed = (hash ^ value) * 0xff51_afd7_ed55_8ccdL;
    hash = mixed ^ mixed >>> 32;
    return this;
  }

  Fingerprint add(Enum<?> value) {
    return add(value.name().hashCode());
  }

  Fingerprint flag(boolean value) {
    return add(value ? 1 : 0);
  }

  /** Adds a nonce; those up to {@link State#LAST_FIXED_NONCE} are not renumbered. */
  Fingerprint nonce(int nonce) {
    if (nonce <= State.LAST_FIXED_NONCE) {
      return add(-1 - nonce);
    }
    if (nonce >= numbers.length) {
      numbers = Arrays.copyOf(numbers, 2 * nonce);
    }
    if (numbers[nonce] == 0) {
      numbers[nonce] = ++known;
    }
    return add(numbers[nonce]);
  }

  /**
   * Adds a set of nonces, of which only those count that were added before: the others are known to
   * nobody any more, so that they cannot come back.
   */
  Fingerprint knownOf(int[] nonces) {
    int sum = 0;
    for (int nonce : nonces) {
      if (nonce < numbers.length && numbers[nonce] != 0) {
        sum += numbers[nonce] * 0x9e37_79b1 | 1;
      }
    }
    return add(sum);
  }

  Fingerprint segment(Segment segment) {
    return add(segment.epoch()).nonce(segment.nonce()).add(segment.part());
  }

  Fingerprint head(Head head) {
    nonce(head.uuid()).nonce(head.nonce()).add(head.epoch()).add(head.floor()).nonce(head.claim());
    // What is older will not be written again: it does not matter how old.
    add(Math.min(lastWrite - head.write(), OLD)).add(head.oldest()).add(head.version());
    for (Version version : head.history()) {
      version.fingerprint(this);
    }
    return this;
  }
}
