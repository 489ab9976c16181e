package io.github.s3vfs.select.internal.eval;

/** What a value is. */
public enum Kind {
  /** Nothing is known, or nothing is there. */
  NULL,
  /** True or false. */
  BOOL,
  /** 64 bits. */
  INT,
  /** IEEE 754, 64 bits. */
  DOUBLE,
  /** Decimal digits. */
  DECIMAL,
  /** Text as bytes of UTF-8. */
  STRING,
  /** An instant with an offset. */
  TIMESTAMP,
  /** An array or object of JSON, in its bytes; an expression takes it for NULL. */
  NESTED
}
