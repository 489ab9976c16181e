package io.github.s3vfs.cli;

import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.jdbc.S3VfsDriver;
import io.github.s3vfs.transfer.S3Databases;
import io.github.s3vfs.transfer.S3Objects;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Properties;
import software.amazon.awssdk.crt.CRT;
import software.amazon.awssdk.crt.CrtRuntimeException;

/** The VFS that a command works through. Closing it closes its clients. */
final class Store implements AutoCloseable {
  private final S3Vfs vfs;
  private final boolean holds;

  Store(S3Vfs.Builder settings) {
    this.vfs = settings.register();
    this.holds = hold();
  }

  /**
   * Has the client's runtime give answers also while the process is ending: what was begun is
   * undone then. Otherwise it gives none from the moment on when the JVM tells it.
   */
  private static boolean hold() {
    try {
      CRT.acquireShutdownRef();
      return true;
    } catch (CrtRuntimeException | LinkageError e) {
      return false; // the first request says why it does not load
    }
  }

  S3Vfs vfs() {
    return vfs;
  }

  S3Objects objects() {
    return S3Objects.of(vfs);
  }

  S3Databases databases() {
    return S3Databases.of(vfs);
  }

  /**
   * Opens a database.
   *
   * @param parameters of the URL, as in {@code mode=ro&version=3}
   */
  Connection connect(S3Location location, String parameters) throws SQLException {
    String path =
        URLEncoder.encode("/" + location.path(), StandardCharsets.UTF_8)
            .replace("+", "%20")
            .replace("%2F", "/");
    String url = "jdbc:sqlite:file:" + path + "?vfs=" + vfs.name() + "&" + parameters;
    return Objects.requireNonNull(new S3VfsDriver().connect(url, new Properties()));
  }

  @Override
  public void close() {
    try {
      vfs.close();
    } finally {
      if (holds) {
        CRT.releaseShutdownRef();
      }
    }
  }
}
