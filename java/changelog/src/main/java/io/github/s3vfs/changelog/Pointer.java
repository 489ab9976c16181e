package io.github.s3vfs.changelog;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Names a row of another table: 128 bits as 26 digits of Crockford's base32. In a table it is a
 * TEXT with a {@code ^} in front of the digits.
 *
 * @param digits 26 of them, in upper case
 */
public record Pointer(String digits) {
  /** https://www.crockford.com/base32.html: no I, L, O, U. */
  private static final Pattern DIGITS = Pattern.compile("[0-9A-HJKMNP-TV-Z]{26}");

  /**
   * Checks the digits; those in lower case become upper case.
   *
   * @throws IllegalArgumentException if they are not 26 digits of base32
   */
  public Pointer {
    digits = digits.toUpperCase(Locale.ROOT);
    if (!DIGITS.matcher(digits).matches()) {
      throw new IllegalArgumentException("'" + digits + "' is not 26 digits of base32");
    }
  }

  /**
   * Reads the form with a {@code ^}.
   *
   * @param text as {@link #toString} gives it
   * @return the pointer
   * @throws IllegalArgumentException if it is not of that form
   */
  public static Pointer parse(String text) {
    if (!text.startsWith("^")) {
      throw new IllegalArgumentException("'" + text + "' does not begin with ^");
    }
    return new Pointer(text.substring(1));
  }

  /** The form that is in tables. */
  @Override
  public String toString() {
    return "^" + digits;
  }
}
