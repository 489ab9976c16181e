package io.github.s3vfs.scenario;

import java.lang.ref.WeakReference;
import java.net.URI;
import java.net.URLClassLoader;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * A program that is no user of the library, but runs applications that are, each in a class loader
 * of its own.
 *
 * <ul>
 *   <li>{@code reload ROUNDS SECONDS URL CLASSPATH...}: starts and ends applications one after the
 *       other, on a thread that stays, and waits so long for their class loaders to be collected.
 *       Some leave values of this program's connections open, and refer to them
 *   <li>{@code reload-on-threads ...}: the same, each on a thread that ends with it
 *   <li>{@code beside URL CLASSPATH...}: two at a time, which want the same name for their VFS
 *   <li>{@code forget URL CLASSPATH...}: one that only registers its VFS and is dropped
 * </ul>
 */
public final class Applications {
  private final String url;
  private final List<String> classPath;
  private final List<WeakReference<ClassLoader>> loaders = new ArrayList<>();

  /** Connections of this program through the VFS of an application. */
  private final List<Connection> orphans = new ArrayList<>();

  /** Local databases of this program, of which applications have opened values. */
  private final List<Connection> locals = new ArrayList<>();

  /** A field, for an executor that nobody refers to ends its thread. */
  private ExecutorService thread = Executors.newSingleThreadExecutor(Applications::daemon);

  private Applications(String url, List<String> classPath) {
    this.url = url;
    this.classPath = classPath;
  }

  /** Arguments: see above. */
  public static void main(String[] arguments) throws Exception {
    List<String> all = List.of(arguments);
    boolean reload = all.get(0).startsWith("reload");
    int url = reload ? 3 : 1;
    Applications applications =
        new Applications(all.get(url), all.subList(url + 1, arguments.length));
    if (reload) {
      loadSharedRuntime();
      applications.reload(Integer.parseInt(all.get(1)), all.get(0).equals("reload"));
      applications.waitUntilCollected(Integer.parseInt(all.get(2)));
      applications.useOrphans();
    } else if (all.get(0).equals("beside")) {
      applications.beside();
    } else {
      applications.forget();
    }
  }

  /** As the manual says: it keeps the class loader on whose behalf it is loaded. */
  private static void loadSharedRuntime() {
    try {
      Class.forName("software.amazon.awssdk.crt.CRT");
    } catch (ClassNotFoundException e) {
      System.out.println("not shared: " + e.getMessage());
    }
  }

  private void reload(int rounds, boolean oneThread) throws Exception {
    for (int i = 0; i < rounds; i++) {
      int round = i;
      if (!oneThread) {
        thread.shutdown();
        thread = Executors.newSingleThreadExecutor(Applications::daemon);
      }
      System.out.println("rows: " + thread.submit(() -> round(round)).get());
    }
    if (!oneThread) {
      thread.shutdown();
    }
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "application");
    thread.setDaemon(true);
    return thread;
  }

  /** Answers the number of rows in the database. */
  private String round(int round) throws Exception {
    Application application = new Application("application" + round, classPath);
    loaders.add(application.reference());
    String rows;
    try (Connection connection = application.connect(url)) {
      Sql.execute(connection, "CREATE TABLE IF NOT EXISTS t(x)", "INSERT INTO t VALUES ('one')");
      rows = Sql.value(connection, "SELECT count(*) FROM t");
    }
    // Fails in an upcall, without anyone who asks why.
    try (Connection none = DriverManager.getConnection(url.replace("/bucket/", "/no-bucket/"))) {
      System.out.println("opened: " + none);
    } catch (SQLException e) {
      // as it should
    }
    if (round % 10 == 0) {
      Connection orphan = DriverManager.getConnection(url);
      System.out.println("before: " + Application.failure(orphan));
      orphans.add(orphan);
      application.leaveBlobsOpen(orphan, local());
    } else if (round % 10 == 1) {
      application.leaveBlobsOpen(local());
    }
    if (round % 2 == 0) {
      application.end();
    } else {
      application.endByContainer();
    }
    return rows;
  }

  private Connection local() throws SQLException {
    Connection local = DriverManager.getConnection("jdbc:sqlite::memory:");
    locals.add(local);
    Sql.execute(local, "CREATE TABLE t(x)", "INSERT INTO t VALUES ('one')");
    return local;
  }

  private void waitUntilCollected(int seconds) throws InterruptedException {
    forgetRecords();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (left() > 0 && System.nanoTime() < end) {
      System.gc();
      TimeUnit.MILLISECONDS.sleep(200);
    }
    System.out.println("left: " + left());
  }

  private long left() {
    return loaders.stream().filter(loader -> loader.get() != null).count();
  }

  /** The JDK keeps the class of the record whose methods it made last; let that be another one. */
  private static void forgetRecords() {
    Pair a = new Pair("", 1);
    Pair b = new Pair("", 2);
    if (a.equals(b) || a.hashCode() == b.hashCode() || a.toString().equals(b.toString())) {
      throw new IllegalStateException();
    }
  }

  private record Pair(String text, int number) {}

  private void useOrphans() throws SQLException {
    Set<String> failures = new TreeSet<>();
    for (Connection orphan : orphans) {
      failures.add(Application.failure(orphan));
      orphan.close();
    }
    System.out.println("after: " + failures);
    for (Connection local : locals) {
      Sql.execute(local, "BEGIN", "COMMIT"); // refused while a blob is open for writing
      System.out.println("local: " + Application.failure(local));
      local.close();
    }
  }

  private void beside() throws Exception {
    Application first = new Application("first", classPath);
    Application second = new Application("second", classPath);
    try (Connection connection = first.connect(url)) {
      Sql.execute(connection, "CREATE TABLE t(x)");
      try (Connection taken = second.connect(url)) {
        System.out.println("second: " + taken);
      } catch (SQLException e) {
        System.out.println("second: " + e.getMessage());
      }
      System.out.println("first: " + Application.failure(connection));
    }
    first.end();
    try (Connection connection = second.connect(url)) {
      System.out.println("second alone: " + Application.failure(connection));
    }
    second.end();
  }

  private void forget() throws Exception {
    registerByOne();
    try (Connection orphan = DriverManager.getConnection(url)) {
      Sql.execute(orphan, "CREATE TABLE t(x)");
      waitUntilCollected(3);
      System.out.println("after: " + Application.failure(orphan));
    }
    ((URLClassLoader) loaders.get(0).get()).close();
    try (Connection orphan = DriverManager.getConnection(url)) {
      System.out.println("closed: " + Application.failure(orphan));
    } catch (SQLException e) {
      System.out.println("closed: " + e.getMessage());
    }
  }

  private void registerByOne() throws Exception {
    Application application = new Application("forgotten", classPath);
    application.registerWithoutDriver(URI.create(url.replaceFirst(".*&endpoint=", "")));
    loaders.add(application.reference());
    Thread.currentThread().setContextClassLoader(Applications.class.getClassLoader());
  }
}
