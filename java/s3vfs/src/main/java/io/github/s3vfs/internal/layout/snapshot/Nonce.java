package io.github.s3vfs.internal.layout.snapshot;

import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * 128 random bits.
 *
 * @param high the first 8 bytes
 * @param low the last 8 bytes
 */
record Nonce(long high, long low) {
  private static final SecureRandom RANDOM = new SecureRandom();

  /** No nonce: that of version 0. */
  static final Nonce ZERO = new Nonce(0, 0);

  /** Length in bytes. */
  static final int LENGTH = 16;

  /** One that nobody else has. */
  static Nonce fresh() {
    return new Nonce(RANDOM.nextLong(), RANDOM.nextLong());
  }

  /** The bits in which two differ; one of them and that give the other one. */
  Nonce xor(Nonce other) {
    return new Nonce(high ^ other.high, low ^ other.low);
  }

  /** 32 hexadecimal digits. */
  @Override
  public String toString() {
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(high) + hex.toHexDigits(low);
  }

  /**
   * Of 32 hexadecimal digits.
   *
   * @throws IllegalArgumentException if it is something else
   */
  static Nonce parse(String text) {
    if (text.length() != 2 * LENGTH) {
      throw new IllegalArgumentException("not a nonce: " + text);
    }
    return new Nonce(
        HexFormat.fromHexDigitsToLong(text, 0, 16), HexFormat.fromHexDigitsToLong(text, 16, 32));
  }
}
