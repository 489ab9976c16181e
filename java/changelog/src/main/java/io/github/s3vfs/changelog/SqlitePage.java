package io.github.s3vfs.changelog;

/** Numbers in pages of SQLite (https://www.sqlite.org/fileformat2.html). */
final class SqlitePage {
  private SqlitePage() {}

  static int u16(byte[] page, int at) {
    return (page[at] & 0xff) << 8 | (page[at + 1] & 0xff);
  }

  static long u32(byte[] page, int at) {
    return (long) u16(page, at) << 16 | u16(page, at + 2);
  }

  /** A varint: up to nine bytes, seven bits in each but the ninth. */
  static long varint(byte[] page, int at) {
    long value = 0;
    for (int i = 0; i < 8; i++) {
      byte each = page[at + i];
      value = value << 7 | (each & 0x7f);
      if (each >= 0) {
        return value;
      }
    }
    return value << 8 | (page[at + 8] & 0xff);
  }

  /** How many bytes a varint takes. */
  static int varintLength(byte[] page, int at) {
    int length = 1;
    while (length < 9 && page[at + length - 1] < 0) {
      length++;
    }
    return length;
  }

  /** The most bytes of a payload that are all on the leaf of a table, or the page of an index. */
  static long most(int usable, boolean table) {
    return table ? usable - 35 : (usable - 12) * 64L / 255 - 23;
  }

  /** How many bytes of a payload are there, and not on overflow pages. */
  static long local(long payload, int usable, boolean table) {
    long most = most(usable, table);
    if (payload <= most) {
      return payload;
    }
    long least = (usable - 12) * 32L / 255 - 23;
    long fitting = least + (payload - least) % (usable - 4);
    return fitting <= most ? fitting : least;
  }
}
