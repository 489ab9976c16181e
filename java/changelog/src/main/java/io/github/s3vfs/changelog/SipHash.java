package io.github.s3vfs.changelog;

/**
 * SipHash-1-3 with a result of 128 bits, or the first half of it (https://131002.net/siphash): who
 * does not know the key cannot make two rows that look the same. Not thread-safe.
 */
final class SipHash {
  private final long key0;
  private final long key1;
  private long second;

  SipHash(long key0, long key1) {
    this.key0 = key0;
    this.key1 = key1;
  }

  /** The first 64 bits; {@link #second} has the others. */
  long hash(byte[] bytes, int length) {
    long v0 = key0 ^ 0x736f6d6570736575L;
    long v1 = key1 ^ 0x646f72616e646f6dL ^ 0xee;
    long v2 = key0 ^ 0x6c7967656e657261L;
    long v3 = key1 ^ 0x7465646279746573L;
    int whole = length & ~7;
    long last = (long) length << 56;
    for (int i = whole; i < length; i++) {
      last |= (bytes[i] & 0xffL) << (8 * (i - whole));
    }
    long first = 0;
    // A round for each word, three behind the last one, and three more for the other half.
    int rounds = whole + 8 + 3 * 8 + 3 * 8;
    for (int at = 0; at < rounds; at += 8) {
      boolean isWord = at <= whole;
      long word = at < whole ? StateLog.longAt(bytes, at) : isWord ? last : 0;
      v3 ^= word;
      if (at == whole + 8) {
        v2 ^= 0xee;
      } else if (at == whole + 4 * 8) {
        first = v0 ^ v1 ^ v2 ^ v3;
        v1 ^= 0xdd;
      }
      v0 += v1;
      v1 = Long.rotateLeft(v1, 13) ^ v0;
      v0 = Long.rotateLeft(v0, 32);
      v2 += v3;
      v3 = Long.rotateLeft(v3, 16) ^ v2;
      v0 += v3;
      v3 = Long.rotateLeft(v3, 21) ^ v0;
      v2 += v1;
      v1 = Long.rotateLeft(v1, 17) ^ v2;
      v2 = Long.rotateLeft(v2, 32);
      v0 ^= word;
    }
    second = v0 ^ v1 ^ v2 ^ v3;
    return first;
  }

  /**
   * Two words of a number, by which it is known: no other number has one of them. Cheaper than the
   * other one.
   */
  long hash(long number) {
    second = mixed(number + key1, 0xff51afd7ed558ccdL, 0xc4ceb9fe1a85ec53L);
    return mixed(number ^ key0, 0xbf58476d1ce4e5b9L, 0x94d049bb133111ebL);
  }

  /** Each step can be undone. */
  private static long mixed(long number, long odd1, long odd2) {
    long x = (number ^ (number >>> 31)) * odd1;
    x = (x ^ (x >>> 29)) * odd2;
    return x ^ (x >>> 32);
  }

  /** The last 64 bits of the result of the last call. */
  long second() {
    return second;
  }
}
