package io.github.s3vfs.internal.layout.blocks;

/**
 * Names of block objects: {@code {prefix}/{n:010d}} (docs/FORMAT.md, "Layout blocks").
 *
 * @param prefix the key of the file: that of the database, or of its journal
 */
record BlockNames(String prefix) {

  /** The largest block number that ten digits hold. */
  static final long MAX_INDEX = 9_999_999_999L;

  private static final int DIGITS = 10;

  /** The key of a block. */
  String key(long index) {
    String number = Long.toString(index);
    return prefix + "/" + "0".repeat(Math.max(0, DIGITS - number.length())) + number;
  }

  /** What all keys of this file begin with. */
  String directory() {
    return prefix + "/";
  }

  /** The number of the block with this key, or -1 if the key is not of this file. */
  long index(String key) {
    int start = prefix.length() + 1;
    if (key.length() != start + DIGITS || !key.startsWith(directory())) {
      return -1;
    }
    long index = 0;
    for (int i = start; i < key.length(); i++) {
      int digit = key.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      index = index * 10 + digit;
    }
    return index;
  }
}
