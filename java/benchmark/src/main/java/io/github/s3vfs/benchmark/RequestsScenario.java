package io.github.s3vfs.benchmark;

import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.testkit.AccountSnapshot;
import io.github.s3vfs.testkit.Fault;
import io.github.s3vfs.testkit.RequestMatch;
import io.github.s3vfs.testkit.S3TestServer;
import io.github.s3vfs.transfer.S3Databases;
import io.github.s3vfs.transfer.SerializedDatabase;
import java.io.InputStream;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;

/**
 * How many requests an operation costs, how many of them must wait for each other, and how long it
 * takes. All numbers come from the server's account.
 *
 * <p>The work is done four times: to warm up the JVM; with no added latency and with 20 ms added to
 * every request, for the wall clock; and with 60 ms added to one half of the requests and 90 ms to
 * the other, for the counts: requests that are sent together then overlap in the account, and those
 * that queue for connections do not go in step (see {@link DependentChain}).
 */
final class RequestsScenario {
  private static final String BUCKET = "bucket";
  private static final int ROWS = 20_000;
  private static final int BLOB_BYTES = 200;
  private static final int UPDATES = 100;
  private static final int LEAST_IN_FLIGHT = 16;
  private static final Duration LATENCY = Duration.ofMillis(20);
  private static final Duration COUNTING_LATENCY = Duration.ofMillis(60);

  /** After this a block cannot be one of a transaction that is being rolled back. */
  private static final long SETTLED_MILLIS = 2_500;

  /** How long the server must be idle until an operation is taken to have ended. */
  private static final long IDLE_MILLIS = 100;

  private final String scenario;
  private final String layout;
  private final List<BenchmarkResult> results = new ArrayList<>();
  private int vfsCount;

  RequestsScenario(String scenario, String layout) {
    this.scenario = scenario;
    this.layout = layout;
  }

  /** A measured operation. */
  private record Measured(AccountSnapshot account, long millis) {}

  /** An operation on S3. */
  private interface Operation {
    void run() throws Exception;
  }

  List<BenchmarkResult> run() throws Exception {
    try (S3TestServer server = S3TestServer.builder().inMemory().start()) {
      server.createBucket(BUCKET);
      new Pass(server, "warm-up", Duration.ZERO, false, false).run();
      new Pass(server, "plain", Duration.ZERO, true, false).run();
      new Pass(server, "slow", LATENCY, true, false).run();
      server
          .faults()
          .add(RequestMatch.any().probability(0.5), new Fault.Delay(COUNTING_LATENCY.dividedBy(2)));
      new Pass(server, "counted", COUNTING_LATENCY, false, true).run();
    }
    return results;
  }

  /** The whole work, once. */
  private final class Pass {
    private final S3TestServer server;
    private final String key;
    private final Duration latency;
    private final boolean clocked;
    private final boolean counted;
    private final Random random = new Random(1);

    Pass(S3TestServer server, String key, Duration latency, boolean clocked, boolean counted) {
      this.server = server;
      this.key = key;
      this.latency = latency;
      this.clocked = clocked;
      this.counted = counted;
    }

    void run() throws Exception {
      server.account().reset();
      server.faults().latency(latency);
      try (S3Vfs vfs = newVfs()) {
        Measured m = measure(() -> createAndInsert(vfs));
        report("create and insert", m, blocks() + 30, "blocks + 30", 20);
      }
      // What was stored a moment ago is asked for once more before it is read again.
      Thread.sleep(SETTLED_MILLIS);
      lookups();
      updates();
      try (S3Vfs vfs = newVfs()) {
        Measured m = measure(() -> query(vfs, "SELECT sum(length(v)) FROM t"));
        report("cold full scan", m, blocks() + 6, "blocks + 6", 0);
        reportInFlight("cold full scan", m);
      }
      try (S3Vfs vfs = newVfs()) {
        Measured m = measure(() -> serialize(vfs));
        report("serialize", m, blocks() + 6, "blocks + 6", 0);
        reportInFlight("serialize", m);
      }
    }

    private void lookups() throws Exception {
      String sql = "SELECT v FROM t WHERE id = 12345";
      try (S3Vfs vfs = newVfs()) {
        report("cold point lookup", measure(() -> query(vfs, sql)), 7, "7", 5);
      }
      try (S3Vfs vfs = newVfs();
          Connection connection = connect(vfs, "")) {
        query(connection, sql);
        // What the open learnt may serve a transaction within its first second.
        Thread.sleep(1_100);
        report("warm point lookup", measure(() -> query(connection, sql)), 2, "2", 1);
      }
      try (S3Vfs vfs = newVfs();
          Connection connection = connect(vfs, "&max_staleness_ms=600000")) {
        query(connection, sql);
        Measured m = measure(() -> query(connection, sql));
        report("warm point lookup within max_staleness_ms", m, 0, "0", 0);
      }
    }

    private void updates() throws Exception {
      try (S3Vfs vfs = newVfs();
          Connection connection = connect(vfs, "")) {
        query(connection, "SELECT sum(length(v)) FROM t");
        Measured first = measure(() -> update(connection, 1));
        report("first one-row update of a process, autocommit", first);
        Measured one = measure(() -> update(connection, 1));
        report("one-row update, autocommit, pages cached", one, 12, "12", 8);
        connection.setAutoCommit(false);
        Map<String, byte[]> before = server.objects(BUCKET).snapshot();
        Measured many =
            measure(
                () -> {
                  update(connection, UPDATES);
                  connection.commit();
                });
        int dirty = dirtyBlocks(before, server.objects(BUCKET).snapshot());
        String text = "dirty blocks (" + dirty + ") x 2 + 14";
        report("100 random updates, one transaction", many, 2L * dirty + 14, text, 10);
      }
    }

    private S3Vfs newVfs() {
      return S3Vfs.builder()
          .name("bench" + vfsCount++)
          .bucket(BUCKET)
          .endpoint(server.endpoint())
          .region(Region.of(server.region()))
          .pathStyle(true)
          .credentialsProvider(
              StaticCredentialsProvider.create(
                  AwsBasicCredentials.create(server.accessKeyId(), server.secretAccessKey())))
          .register();
    }

    private Connection connect(S3Vfs vfs, String parameters) throws SQLException {
      return DriverManager.getConnection(
          "jdbc:sqlite:file:" + key + "?vfs=" + vfs.name() + "&layout=" + layout + parameters);
    }

    private void createAndInsert(S3Vfs vfs) throws SQLException {
      try (Connection connection = connect(vfs, "&page_size=4096");
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, k INT, v BLOB)");
        connection.setAutoCommit(false);
        try (PreparedStatement insert =
            connection.prepareStatement("INSERT INTO t VALUES (?, ?, ?)")) {
          for (int row = 1; row <= ROWS; row++) {
            insert.setInt(1, row);
            insert.setInt(2, random.nextInt(1_000_000));
            insert.setBytes(3, blob());
            insert.executeUpdate();
          }
        }
        connection.commit();
      }
    }

    private void update(Connection connection, int rows) throws SQLException {
      try (PreparedStatement update =
          connection.prepareStatement("UPDATE t SET v = ? WHERE id = ?")) {
        for (int i = 0; i < rows; i++) {
          update.setBytes(1, blob());
          update.setInt(2, 1 + random.nextInt(ROWS));
          update.executeUpdate();
        }
      }
    }

    private byte[] blob() {
      byte[] bytes = new byte[BLOB_BYTES];
      random.nextBytes(bytes);
      return bytes;
    }

    private void query(S3Vfs vfs, String sql) throws SQLException {
      try (Connection connection = connect(vfs, "")) {
        query(connection, sql);
      }
    }

    private void query(Connection connection, String sql) throws SQLException {
      try (Statement statement = connection.createStatement();
          ResultSet result = statement.executeQuery(sql)) {
        if (!result.next() || result.getObject(1) == null) {
          throw new IllegalStateException("no row: " + sql);
        }
      }
    }

    private void serialize(S3Vfs vfs) throws Exception {
      try (SerializedDatabase database =
              S3Databases.of(vfs).serialize(new S3Location(BUCKET, key));
          InputStream in = database.inputStream()) {
        in.transferTo(OutputStream.nullOutputStream());
      }
    }

    private int blocks() {
      return server.objects(BUCKET).keys(key + "/").size();
    }

    /** Blocks of the database whose bytes are other ones than before. */
    private int dirtyBlocks(Map<String, byte[]> before, Map<String, byte[]> after) {
      return (int)
          after.entrySet().stream()
              .filter(object -> object.getKey().startsWith(key + "/"))
              .filter(object -> !Arrays.equals(object.getValue(), before.get(object.getKey())))
              .count();
    }

    private Measured measure(Operation operation) throws Exception {
      long[] nanos = new long[1];
      AccountSnapshot account =
          server
              .account()
              .measure(
                  () -> {
                    long start = System.nanoTime();
                    operation.run();
                    nanos[0] = System.nanoTime() - start;
                    awaitIdle();
                  });
      return new Measured(account, nanos[0] / 1_000_000);
    }

    /** What was fetched ahead and not waited for counts as well. */
    private void awaitIdle() throws InterruptedException {
      long idleSince = System.nanoTime();
      while (System.nanoTime() - idleSince < IDLE_MILLIS * 1_000_000) {
        if (server.account().inFlight() > 0) {
          idleSince = System.nanoTime();
        }
        Thread.sleep(5);
      }
    }

    /**
     * @param requests the most there should be
     * @param text the same in words
     * @param chain the most there should be, or 0 if there is no target
     */
    private void report(String operation, Measured m, long requests, String text, int chain) {
      if (counted) {
        long count = m.account().count();
        add(operation + ": requests", "requests", count, "at most " + text, count <= requests);
        long longest = DependentChain.length(m.account());
        if (chain > 0 || requests == 0) {
          add(operation + ": chain", "round trips", longest, "at most " + chain, longest <= chain);
        } else {
          results.add(result(operation + ": chain", "round trips", longest));
        }
        reportQueueing(operation, m);
      }
      reportClock(operation, m);
    }

    /** Of an operation without targets. */
    private void report(String operation, Measured m) {
      if (counted) {
        results.add(result(operation + ": requests", "requests", m.account().count()));
        long longest = DependentChain.length(m.account());
        results.add(result(operation + ": chain", "round trips", longest));
        reportQueueing(operation, m);
      }
      reportClock(operation, m);
    }

    private void reportQueueing(String operation, Measured m) {
      long queued = m.account().longestDependentChain();
      results.add(result(operation + ": chain, queueing for connections", "round trips", queued));
    }

    private void reportClock(String operation, Measured m) {
      if (clocked) {
        String measure = operation + ": wall clock, " + latency.toMillis() + " ms per request";
        results.add(result(measure, "ms", m.millis()));
      }
    }

    private void reportInFlight(String operation, Measured m) {
      if (counted) {
        long most = m.account().maxInFlight();
        String target = "at least " + LEAST_IN_FLIGHT;
        add(operation + ": most in flight", "requests", most, target, most >= LEAST_IN_FLIGHT);
      }
    }

    private void add(String measure, String unit, long value, String target, boolean met) {
      results.add(new BenchmarkResult(scenario, layout, measure, unit, value, target, met));
    }

    private BenchmarkResult result(String measure, String unit, long value) {
      return new BenchmarkResult(scenario, layout, measure, unit, value, null, null);
    }
  }
}
