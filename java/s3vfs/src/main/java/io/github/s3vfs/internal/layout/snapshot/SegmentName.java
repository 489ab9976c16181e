package io.github.s3vfs.internal.layout.snapshot;

import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The name of a segment (docs/FORMAT.md).
 *
 * @param epoch of the head that its version was made from
 * @param nonce of the commit
 * @param part 0 to 65535, of the segments of a commit
 */
record SegmentName(long epoch, Nonce nonce, int part) {
  /** Behind the database's key, in front of all segments. */
  static final String PREFIX = "/s/";

  /** How much longer an object's key is than the database's. */
  static final int SUFFIX_LENGTH = PREFIX.length() + 16 + 1 + 2 * Nonce.LENGTH + 1 + 4;

  /** The most segments of one commit. */
  static final int MAX_PARTS = 1 << 16;

  /** The object's key. */
  String key(String database) {
    HexFormat hex = HexFormat.of();
    return database
        + PREFIX
        + hex.toHexDigits(epoch)
        + "-"
        + nonce
        + "-"
        + hex.toHexDigits((short) part);
  }

  /**
   * Of an object's key, or null if it is none of a segment.
   *
   * @param database the key of the database
   */
  static @Nullable SegmentName parse(String database, String key) {
    String prefix = database + PREFIX;
    String[] parts = key.startsWith(prefix) ? key.substring(prefix.length()).split("-", -1) : null;
    if (parts == null || parts.length != 3) {
      return null;
    }
    try {
      SegmentName name =
          new SegmentName(
              HexFormat.fromHexDigitsToLong(parts[0]),
              Nonce.parse(parts[1]),
              HexFormat.fromHexDigits(parts[2]));
      return name.epoch() >= 0 && name.key(database).equals(key) ? name : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
