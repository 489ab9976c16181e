package io.github.s3vfs.internal.jna;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What users are told of a native library that does not load. */
class LoadFailureTest {
  private static String message(Throwable failure) {
    S3VfsException told =
        assertThrows(
            S3VfsException.class,
            () ->
                LoadFailure.explain(
                    "the native library /tmp/x/libs3vfs.so",
                    "s3vfs.native.tmpdir",
                    "Or else.",
                    () -> {
                      if (failure instanceof Error e) {
                        throw e;
                      }
                      throw (Exception) failure;
                    }));
    assertEquals(ErrorKind.UNSUPPORTED, told.kind());
    assertSame(failure, told.getCause());
    String text = String.valueOf(told.getMessage());
    assertTrue(text.startsWith("the native library /tmp/x/libs3vfs.so does not load: "), text);
    assertTrue(text.contains("os.name=" + System.getProperty("os.name")), text);
    assertTrue(text.contains("os.arch=" + System.getProperty("os.arch")), text);
    return text;
  }

  /** glibc's words, musl's and macOS's; no test could mount such a file system everywhere. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/tmp/x/libs3vfs.so: failed to map segment from shared object",
        "/tmp/x/libs3vfs.so: failed to map segment from shared object: Operation not permitted",
        "Error loading shared library /tmp/x/libs3vfs.so: Operation not permitted",
        "dlopen(/tmp/x/libs3vfs.dylib, 1): no suitable image found.  Did find: /tmp/x/libs3vfs.dylib:"
            + " file system sandbox blocked mmap() of '/tmp/x/libs3vfs.dylib'"
      })
  void aFileSystemWithoutExecutionIsNamedWithTheProperty(String text) {
    String message = message(new UnsatisfiedLinkError(text));
    assertTrue(message.contains(text), message);
    assertTrue(message.contains("noexec"), message);
    assertTrue(message.contains("-Ds3vfs.native.tmpdir=/path"), message);
  }

  @Test
  void theFirstOfSeveralAttemptsIsTold() {
    UnsatisfiedLinkError all = new UnsatisfiedLinkError("a\nb\nc");
    all.addSuppressed(new UnsatisfiedLinkError("/tmp/x/libs3vfs.so: file too short"));
    all.addSuppressed(new UnsatisfiedLinkError("not in the class path"));
    String message = message(all);
    assertTrue(message.contains("file too short"), message);
    assertTrue(message.contains("Or else."), message);
    assertEquals(1, message.lines().count(), message);
  }

  @Test
  void aJvmThatRefusesNativeAccessIsNamedWithItsFlag() {
    String flag = "--enable-native-access=ALL-UNNAMED";
    SQLException inSqliteJdbc = new SQLException("Error opening connection");
    inSqliteJdbc.initCause(new IllegalCallerException("Illegal native access from unnamed module"));
    assertTrue(message(inSqliteJdbc).contains(flag), () -> message(inSqliteJdbc));
    // The second attempt to initialize a class of JNA's.
    NoClassDefFoundError again = new NoClassDefFoundError("Could not initialize class x.Native");
    again.initCause(
        new ExceptionInInitializerError(
            "Exception java.lang.IllegalCallerException: Illegal native access [in thread main]"));
    assertTrue(message(again).contains(flag), () -> message(again));
  }

  @Test
  void whatIsExplainedAlreadyStaysAsItIs() {
    S3VfsException known = new S3VfsException(ErrorKind.UNSUPPORTED, "known");
    assertSame(
        known,
        assertThrows(
            S3VfsException.class,
            () ->
                LoadFailure.explain(
                    "x",
                    "y",
                    "z",
                    () -> {
                      throw known;
                    })));
  }
}
