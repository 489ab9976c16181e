package io.github.s3vfs.internal.jna;

import com.sun.jna.Function;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import io.github.s3vfs.S3VfsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Map;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteJDBCLoader;

/** Loads the native library into this process and into sqlite-jdbc's SQLite, and checks it. */
final class LibraryLoader {
  /** So that sqlite-jdbc's objects may be handed over. */
  private static final Map<String, Object> OPTIONS = Map.of(Library.OPTION_ALLOW_OBJECTS, true);

  private LibraryLoader() {}

  /**
   * Loads it. Each class loader has a copy of its own.
   *
   * @throws S3VfsException {@code UNSUPPORTED}, saying what is missing
   */
  static NativeLibrary load() {
    // These first, so that it is clear whose library does not load.
    LoadFailure.explain("JNA's native library", "jna.tmpdir", "", LibraryLoader::initializeJna);
    LoadFailure.explain(
        "sqlite-jdbc's native library", "org.sqlite.tmpdir", "", SQLiteJDBCLoader::initialize);
    try (LibraryFile file = LibraryFile.open()) {
      return load(file.path());
    }
  }

  private static int initializeJna() {
    return Native.POINTER_SIZE;
  }

  private static NativeLibrary load(Path file) {
    LibraryImage image = image(file);
    String what = "the native library " + file + " (" + image.kind() + ")";
    String directory = LibraryFile.DIRECTORY_PROPERTY;
    String otherwise = LibraryFile.NAME_ANOTHER;
    // Not left to SQLite, which tries other file names too and tells of the last one only.
    NativeLibrary library =
        LoadFailure.explain(
            what, directory, otherwise, () -> NativeLibrary.getInstance(file.toString(), OPTIONS));
    Function abi = function(library, S3VfsLibrary.ABI_FUNCTION, what);
    function(library, S3VfsLibrary.ENTRY_POINT, what);
    LoadFailure.explain(what, directory, otherwise, () -> loadExtension(file.toString()));
    int found = abi.invokeInt(new Object[0]);
    if (found != S3VfsLibrary.ABI) {
      throw LoadFailure.because(
          what
              + " is of another version of sqlite-s3vfs: it has ABI "
              + found
              + ", this jar needs "
              + S3VfsLibrary.ABI,
          LibraryFile.TAKE_THE_JARS,
          null);
    }
    return library;
  }

  /** Refuses a file that was cut off: to load it could end the process. */
  private static LibraryImage image(Path file) {
    try {
      LibraryImage image = LibraryImage.of(file);
      long length = Files.size(file);
      if (length < image.length()) {
        throw LoadFailure.because(
            "the native library "
                + file
                + " ("
                + image.kind()
                + ") was cut off: it has "
                + length
                + " bytes of at least "
                + image.length(),
            LibraryFile.NAME_ANOTHER,
            null);
      }
      return image;
    } catch (IOException e) {
      throw LoadFailure.because(
          "the native library " + file + " cannot be read: " + e, LibraryFile.NAME_ANOTHER, e);
    }
  }

  private static Function function(NativeLibrary library, String name, String what) {
    try {
      return library.getFunction(name);
    } catch (UnsatisfiedLinkError e) {
      throw LoadFailure.because(
          what + " is none of sqlite-s3vfs: it has no function " + name,
          LibraryFile.TAKE_THE_JARS,
          e);
    }
  }

  /** As a permanent extension it outlives this connection. */
  private static boolean loadExtension(String path) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.enableLoadExtension(true);
    try (Connection memory = config.createConnection("jdbc:sqlite::memory:");
        PreparedStatement load = memory.prepareStatement("SELECT load_extension(?, ?)")) {
      load.setString(1, path);
      load.setString(2, S3VfsLibrary.ENTRY_POINT);
      return load.execute();
    }
  }
}
