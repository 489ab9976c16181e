package io.github.s3vfs.select;

/** What a value of a row is. */
public enum SelectType {
  /** No value. */
  NULL,
  /** True or false. */
  BOOL,
  /** An integer of 64 bits. */
  INT,
  /** A floating-point number of 64 bits. */
  FLOAT,
  /** A decimal number. */
  DECIMAL,
  /** Text. */
  STRING,
  /** An instant with an offset. */
  TIMESTAMP,
  /** An array or object of JSON, from {@code *}; as text it is JSON. */
  JSON
}
