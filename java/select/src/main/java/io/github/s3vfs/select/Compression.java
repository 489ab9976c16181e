package io.github.s3vfs.select;

/** How the bytes of an object are compressed, as a whole. */
public enum Compression {
  /** Not at all. */
  NONE,
  /** RFC 1952; several members one after the other are read as one. */
  GZIP,
  /** bzip2; several streams one after the other are read as one. */
  BZIP2,
  /** Zstandard; several frames one after the other are read as one. */
  ZSTD
}
