package io.github.s3vfs.scenario;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.ref.WeakReference;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.function.Consumer;

/** An application that has the library in a class loader of its own, as a web application has. */
final class Application {
  private final URLClassLoader loader;

  /**
   * @param classPath what the application has of its own; the rest is that of this program
   */
  Application(String name, List<String> classPath) throws Exception {
    List<URL> urls = new ArrayList<>();
    for (String entry : classPath) {
      urls.add(Path.of(entry).toUri().toURL());
    }
    loader = new URLClassLoader(name, urls.toArray(URL[]::new), Application.class.getClassLoader());
    Thread.currentThread().setContextClassLoader(loader);
  }

  private Class<?> driver() throws ClassNotFoundException {
    return Class.forName("io.github.s3vfs.jdbc.S3VfsDriver", true, loader);
  }

  WeakReference<ClassLoader> reference() {
    return new WeakReference<>(loader);
  }

  /** A connection of this application's driver. */
  Connection connect(String url) throws Exception {
    return ((Driver) driver().getConstructor().newInstance()).connect(url, new Properties());
  }

  /**
   * Registers the VFS "s3" for this program's connections, which may name the endpoint; no driver
   * refers to the application.
   */
  void registerWithoutDriver(URI endpoint) throws Exception {
    Class<?> vfs = Class.forName("io.github.s3vfs.S3Vfs", true, loader);
    vfs.getMethod("allowEndpoint", URI.class)
        .invoke(vfs.getMethod("install").invoke(null), endpoint);
  }

  /** The application does what the manual tells it to, and is closed. */
  void end() throws Exception {
    driver().getMethod("deregister").invoke(null);
    close();
  }

  /** The application does nothing, and its container takes its drivers away and closes it. */
  void endByContainer() throws Exception {
    ((Runnable) own("DriverRemoval")).run();
    close();
  }

  /** Opens a value of each connection, and refers to it as long as its classes are there. */
  @SuppressWarnings("unchecked")
  void leaveBlobsOpen(Connection... connections) throws Exception {
    Consumer<Connection> leave = (Consumer<Connection>) own("ForgottenBlob");
    for (Connection connection : connections) {
      leave.accept(connection);
    }
  }

  /** An object of a class beside the driver, which is made the application's own. */
  private Object own(String name) throws Exception {
    try (InputStream code =
        Application.class.getResourceAsStream("/io/github/s3vfs/jdbc/" + name + ".class")) {
      return MethodHandles.privateLookupIn(driver(), MethodHandles.lookup())
          .defineClass(code.readAllBytes())
          .getConstructor()
          .newInstance();
    }
  }

  private void close() throws IOException {
    Thread.currentThread().setContextClassLoader(Application.class.getClassLoader());
    loader.close();
  }

  /** What goes wrong in using a connection, or "nothing". */
  static String failure(Connection connection) {
    try {
      Sql.execute(connection, "SELECT count(*) FROM t");
      return "nothing";
    } catch (SQLException e) {
      return e.getMessage();
    }
  }
}
