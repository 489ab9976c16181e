package io.github.s3vfs.csv;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;

/** Names of parts, from a pattern with a place for their number. */
final class PartNames {
  static final String PLACE = "{part}";

  private final String pattern;

  PartNames(String pattern) {
    if (!pattern.contains(PLACE)) {
      throw new S3VfsException(
          ErrorKind.INVALID, "the pattern " + Excerpt.of(pattern) + " lacks " + PLACE);
    }
    this.pattern = pattern;
  }

  String name(int number) {
    return pattern.replace(PLACE, String.format("%05d", number));
  }
}
