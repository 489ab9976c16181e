package io.github.s3vfs.table.spi;

import java.nio.charset.StandardCharsets;

/**
 * A value of SQLite.
 *
 * @param type its storage class
 * @param number of an INTEGER
 * @param real of a REAL
 * @param bytes of a TEXT, in UTF-8, or a BLOB
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record SqlValue(Type type, long number, double real, byte[] bytes) {
  private static final byte[] NONE = {};

  /** Storage classes. */
  public enum Type {
    /** A signed integer of 64 bits. */
    INTEGER,
    /** A floating-point number of 64 bits. */
    REAL,
    /** A text. */
    TEXT,
    /** Bytes. */
    BLOB,
    /** Nothing. */
    NULL
  }

  /** NULL. */
  public static final SqlValue NULL = new SqlValue(Type.NULL, 0, 0, NONE);

  /**
   * An integer.
   *
   * @param number its value
   * @return the value
   */
  public static SqlValue of(long number) {
    return new SqlValue(Type.INTEGER, number, 0, NONE);
  }

  /**
   * A floating-point number.
   *
   * @param real its value
   * @return the value
   */
  public static SqlValue of(double real) {
    return new SqlValue(Type.REAL, 0, real, NONE);
  }

  /**
   * A text.
   *
   * @param text its characters
   * @return the value
   */
  public static SqlValue of(String text) {
    return text(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * A text.
   *
   * @param utf8 its bytes; not copied
   * @return the value
   */
  public static SqlValue text(byte[] utf8) {
    return new SqlValue(Type.TEXT, 0, 0, utf8);
  }

  /**
   * Bytes.
   *
   * @param bytes not copied
   * @return the value
   */
  public static SqlValue blob(byte[] bytes) {
    return new SqlValue(Type.BLOB, 0, 0, bytes);
  }

  /**
   * A TEXT as characters.
   *
   * @return what is no UTF-8 is replaced
   */
  public String text() {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
