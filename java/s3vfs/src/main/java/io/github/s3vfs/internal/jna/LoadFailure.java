package io.github.s3vfs.internal.jna;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Says why a native library does not load, and what helps. */
final class LoadFailure {
  /**
   * What the loaders of glibc, musl and macOS say of a library on a file system that is mounted
   * with noexec.
   */
  private static final Pattern NO_EXEC =
      Pattern.compile(
          "failed to map segment|Operation not permitted|file system sandbox blocked mmap",
          Pattern.CASE_INSENSITIVE);

  /** Who loads native libraries of its own. */
  private static final String[] LOADERS = {
    "com.sun.jna.Native",
    "org.sqlite.SQLiteJDBCLoader",
    "software.amazon.awssdk.crt.CRT",
    "com.github.luben.zstd.util.Native"
  };

  private LoadFailure() {}

  /** Something that loads a native library. */
  interface Step<T> {
    /** Loads it. */
    T run() throws Exception;
  }

  /**
   * Runs something that loads a native library.
   *
   * @param what names it in messages
   * @param directoryProperty the system property that names the directory it is unpacked into
   * @param otherwise what helps if neither that property nor a flag of the JVM does, or ""
   * @throws S3VfsException {@code UNSUPPORTED}, saying all of this
   */
  static <T> T explain(String what, String directoryProperty, String otherwise, Step<T> step) {
    try {
      return step.run();
    } catch (S3VfsException e) {
      throw e;
    } catch (Exception | LinkageError e) {
      throw because(
          what + " does not load: " + reason(e), help(e, directoryProperty, otherwise), e);
    }
  }

  /**
   * A failure on this platform.
   *
   * @param help what helps, or ""
   */
  static S3VfsException because(String reason, String help, @Nullable Throwable cause) {
    return new S3VfsException(
        ErrorKind.UNSUPPORTED,
        reason
            + (help.isEmpty() ? "" : ". " + help)
            + ". This is "
            + HostPlatform.describe()
            + ", Java "
            + Runtime.version().feature(),
        cause);
  }

  /** The text of the innermost failure; JNA's first attempt is the one that tells. */
  private static String reason(Throwable failure) {
    Throwable t = failure;
    while (t.getCause() != null) {
      t = t.getCause();
    }
    Throwable[] attempts = t.getSuppressed();
    return String.valueOf((attempts.length == 0 ? t : attempts[0]).toString());
  }

  private static String help(Throwable failure, String directoryProperty, String otherwise) {
    String text = texts(failure);
    if (text.contains("IllegalCallerException")) {
      return "Start Java with --enable-native-access=" + nativeAccess();
    }
    if (NO_EXEC.matcher(text).find()) {
      return "The directory seems to be on a file system mounted with noexec; name another one by"
          + " -D"
          + directoryProperty
          + "=/path";
    }
    return otherwise;
  }

  /** Messages of a failure and all its causes. */
  private static String texts(Throwable failure) {
    StringBuilder text = new StringBuilder();
    for (Throwable t = failure; t != null; t = t.getCause()) {
      text.append(t).append('\n');
    }
    return text.toString();
  }

  /** The modules that load native libraries, as the flag of the JVM wants them. */
  private static String nativeAccess() {
    TreeSet<String> modules = new TreeSet<>();
    for (String loader : LOADERS) {
      modules.add(module(loader));
    }
    return String.join(",", modules);
  }

  private static String module(String className) {
    try {
      Class<?> type = Class.forName(className, false, LoadFailure.class.getClassLoader());
      return type.getModule().isNamed() ? type.getModule().getName() : "ALL-UNNAMED";
    } catch (ClassNotFoundException e) {
      return "ALL-UNNAMED";
    }
  }
}
