package io.github.s3vfs.transfer;

/**
 * What is done with a source that is compressed by gzip, by its Content-Encoding or its first
 * bytes. Other compressions are always refused, if the Content-Encoding names them.
 */
public enum GzipPolicy {
  /** Refused: {@code UNSUPPORTED}. */
  REFUSE,
  /**
   * The header becomes a gzip member of its own in front of it, which RFC 1952 (2.2) allows. All
   * sources must be compressed then.
   */
  OWN_MEMBER,
  /** Not looked for: the bytes of the header go in front of those of the source. */
  IGNORE
}
