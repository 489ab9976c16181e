package io.github.s3vfs.select;

import java.util.Objects;

/**
 * JSON as input. The FROM clause says what a row is.
 *
 * @param type how values follow each other
 */
public record JsonInput(Type type) implements InputFormat {
  /** A document, or several with white space between them. */
  public static final JsonInput DOCUMENT = new JsonInput(Type.DOCUMENT);

  /** One value a line. */
  public static final JsonInput LINES = new JsonInput(Type.LINES);

  /** How values follow each other. */
  public enum Type {
    /** Values of any number of lines. */
    DOCUMENT,
    /** One value a line; blank lines are skipped. */
    LINES
  }

  /** Checks that nothing is null. */
  public JsonInput {
    Objects.requireNonNull(type, "type");
  }
}
