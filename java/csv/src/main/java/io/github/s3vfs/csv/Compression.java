package io.github.s3vfs.csv;

/** Whether what is read is compressed. */
public enum Compression {
  /** By gzip, if it begins as that does, whatever its name or Content-Encoding says. */
  AUTO,
  /** Not. */
  NONE,
  /** By gzip; anything else is an error. */
  GZIP
}
