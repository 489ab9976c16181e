package io.github.s3vfs.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A failure as a caller of JDBC sees it.
 *
 * @param exception what was thrown
 * @param text its message and those of its causes
 */
public record Failure(Exception exception, String text) {

  /** Something that fails. */
  public interface Action {
    /** Does it. */
    void run() throws Exception;
  }

  /** The failure of opening a URL, which leaves no file in the working directory. */
  public static Failure ofOpening(String url) throws IOException {
    return ofSql(() -> DriverManager.getConnection(url).close());
  }

  /** The SQLException of an action that leaves no file in the working directory. */
  public static Failure ofSql(Action action) throws IOException {
    Failure failure = of(action);
    assertTrue(failure.exception instanceof SQLException, () -> "not an SQLException: " + failure);
    return failure;
  }

  /** The failure of an action that leaves no file in the working directory. */
  public static Failure of(Action action) throws IOException {
    Set<Path> before = files();
    Exception exception = assertThrows(Exception.class, action::run);
    assertEquals(before, files(), "files in the working directory");
    StringBuilder text = new StringBuilder();
    for (Throwable t = exception; t != null; t = t.getCause()) {
      text.append(t.getMessage()).append('\n');
    }
    return new Failure(exception, text.toString());
  }

  private static Set<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(""))) {
      return files.collect(Collectors.toCollection(TreeSet::new));
    }
  }

  /** The kind of the library's exception among the causes, or null. */
  public @Nullable ErrorKind kind() {
    for (Throwable t = exception; t != null; t = t.getCause()) {
      if (t instanceof S3VfsException e) {
        return e.kind();
      }
    }
    return null;
  }

  /** Asserts that the message has all these parts. */
  public Failure names(String... parts) {
    for (String part : parts) {
      assertTrue(
          text.contains(part), () -> "expected '" + part + "' in the message of " + exception);
    }
    return this;
  }

  /** Asserts the kind. */
  public Failure is(ErrorKind kind) {
    assertEquals(kind, kind(), text);
    return this;
  }
}
