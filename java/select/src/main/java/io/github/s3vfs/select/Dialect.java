package io.github.s3vfs.select;

/**
 * Which engine's ways a query has where they differ. docs/SELECT.md lists the differences; what is
 * not there is the same in both.
 */
public enum Dialect {
  /** Amazon S3 Select: LIMIT counts rows that are returned. */
  AWS,
  /** Ceph's s3select: LIMIT counts rows that are read. */
  CEPH
}
