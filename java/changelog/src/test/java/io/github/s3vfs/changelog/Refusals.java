package io.github.s3vfs.changelog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.function.Executable;

/** Asserts what is refused. */
final class Refusals {
  private Refusals() {}

  /** Fails unless it is refused with a kind, and exactly these columns. */
  static ChangelogException assertRefused(
      ChangelogException.Kind kind, List<String> columns, Executable what) {
    ChangelogException e = assertThrows(ChangelogException.class, what);
    assertEquals(kind, e.kind(), e.getMessage());
    assertEquals(columns, e.columns(), e.getMessage());
    return e;
  }
}
