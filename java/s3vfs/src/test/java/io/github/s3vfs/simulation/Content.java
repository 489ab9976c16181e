package io.github.s3vfs.simulation;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Contents of databases: pages that say which commit has written them. */
final class Content {
  static final int PAGE = 512;
  static final byte[] NOTHING = new byte[0];

  /** Where the number of the commit is in page 1; SQLite's header is before it. */
  static final int COMMIT_OFFSET = 100;

  private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);
  private static final int MOST_PAGES = 120;

  private Content() {}

  /** What a commit makes of a content: some pages changed, some more, or fewer. */
  static byte[] changed(byte[] base, long commit, int largePages, SplittableRandom random) {
    int before = base.length / PAGE;
    int pages = before;
    int kind = random.nextInt(10);
    if (before == 0 || kind < 2) {
      boolean large = random.nextInt(100) < largePages;
      pages = Math.min(MOST_PAGES, before + 1 + random.nextInt(large ? 60 : 4));
    } else if (kind < 4) {
      pages = 1 + random.nextInt(before);
    }
    byte[] bytes = Arrays.copyOf(base, pages * PAGE);
    for (int page = before + 1; page <= pages; page++) {
      write(bytes, page, commit, random);
    }
    for (int i = random.nextInt(3); i > 0; i--) {
      write(bytes, 1 + random.nextInt(pages), commit, random);
    }
    header(bytes, base, commit, random);
    return bytes;
  }

  /** Another database. */
  static byte[] fresh(long commit, SplittableRandom random) {
    return changed(NOTHING, commit, 20, random);
  }

  private static void write(byte[] bytes, int page, long commit, SplittableRandom random) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes, (page - 1) * PAGE, PAGE);
    byte[] filler = new byte[random.nextInt(PAGE - 20)];
    random.nextBytes(filler);
    buffer.putLong(commit).putInt(page).put(filler);
    while (buffer.hasRemaining()) {
      buffer.put((byte) 0);
    }
  }

  private static void header(byte[] bytes, byte[] base, long commit, SplittableRandom random) {
    ByteBuffer header = ByteBuffer.wrap(bytes);
    int counter = base.length == 0 ? 1 : ByteBuffer.wrap(base).getInt(24) + 1;
    header.put(MAGIC).putShort((short) PAGE).put(new byte[] {1, 1, 0, 64, 32, 32});
    header.putInt(24, counter).putInt(28, bytes.length / PAGE);
    // SQLite before 3.7.0 leaves the size in the header alone.
    boolean old = bytes.length >= base.length && random.nextInt(10) == 0;
    header.putInt(92, old ? counter - 1 : counter);
    header.putLong(COMMIT_OFFSET, commit);
  }

  /** The commit that has made a content, by its first page. */
  static long commit(byte[] start) {
    return ByteBuffer.wrap(start).getLong(COMMIT_OFFSET);
  }

  /** Whether a page is the same in both. */
  static boolean isSame(byte[] a, byte[] b, int page) {
    int from = (page - 1) * PAGE;
    return from + PAGE <= a.length && from + PAGE <= b.length && isSame(a, from, b, from);
  }

  /** Whether there is the same page at two places. */
  static boolean isSame(byte[] a, int atA, byte[] b, int atB) {
    return Arrays.equals(a, atA, atA + PAGE, b, atB, atB + PAGE);
  }
}
