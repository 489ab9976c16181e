package io.github.s3vfs.benchmark;

import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.testkit.AccountSnapshot;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;

/** The whole work of {@link RequestsScenario}, once, on one database. */
final class RequestsPass implements AutoCloseable {
  private static final String BUCKET = RequestsScenario.BUCKET;
  private static final int ROWS = 20_000;
  private static final int BLOB_BYTES = 200;
  private static final int UPDATES = 100;
  private static final int LEAST_IN_FLIGHT = 16;
  private static final String LOOKUP = "SELECT v FROM t WHERE id = 12345";
  private static final String SCAN = "SELECT sum(length(v)) FROM t";

  /** After this a block cannot be one of a transaction that is being rolled back. */
  private static final long SETTLED_MILLIS = 2_500;

  /** What an open learnt may serve a transaction for that long. */
  private static final long OPEN_SERVES_MILLIS = 1_100;

  /** How long the server must be idle until an operation is taken to have ended. */
  private static final long IDLE_MILLIS = 100;

  private final S3TestServer server;
  private final String layout;
  private final boolean blocks;
  private final String key;
  private final Random random = new Random(1);
  private final List<Measured> results = new ArrayList<>();
  private int vfsCount;

  RequestsPass(S3TestServer server, String layout, String key) {
    this.server = server;
    this.layout = layout;
    this.blocks = layout.equals(Benchmark.BLOCKS);
    this.key = key;
  }

  /**
   * A measured operation.
   *
   * @param leastInFlight how many requests should be under way at once; 0 if there is no target
   */
  record Measured(
      String operation, AccountSnapshot account, long millis, Target target, int leastInFlight) {}

  /** An operation on S3. */
  private interface Operation {
    void run() throws Exception;
  }

  List<Measured> run() throws Exception {
    try (S3Vfs vfs = newVfs()) {
      AccountSnapshot[] account = new AccountSnapshot[1];
      long millis = measure(account, () -> createAndInsert(vfs));
      Target target = blocks ? plusBlocks(30, 20) : Target.of(12, 12);
      results.add(new Measured("create and insert", account[0], millis, target, 0));
    }
    // What was stored a moment ago is asked for once more before it is read again.
    Thread.sleep(SETTLED_MILLIS);
    lookups();
    scans();
    updates();
    if (!blocks) {
      try (S3Vfs vfs = newVfs()) {
        measure("cold full scan after the updates", Target.NONE, () -> query(vfs, SCAN));
      }
    }
    return results;
  }

  private Target plusBlocks(long more, long chain) {
    return new Target(objects() + more, "blocks + " + more, chain);
  }

  private Target target(Target ofBlocks, Target ofSnapshot) {
    return blocks ? ofBlocks : ofSnapshot;
  }

  private void lookups() throws Exception {
    try (S3Vfs vfs = newVfs()) {
      Target target = target(Target.of(7, 5), Target.of(5, 5));
      measure("cold point lookup", target, () -> query(vfs, LOOKUP));
    }
    try (S3Vfs vfs = newVfs();
        Connection connection = connect(vfs, "")) {
      query(connection, LOOKUP);
      Thread.sleep(OPEN_SERVES_MILLIS);
      Target target = target(Target.of(2, 1), Target.of(1, 1));
      measure("warm point lookup", target, () -> query(connection, LOOKUP));
    }
    try (S3Vfs vfs = newVfs();
        Connection connection = connect(vfs, "&max_staleness_ms=600000")) {
      query(connection, LOOKUP);
      measure(
          "warm point lookup within max_staleness_ms",
          Target.of(0, 0),
          () -> query(connection, LOOKUP));
    }
  }

  private void updates() throws Exception {
    try (S3Vfs vfs = newVfs();
        Connection connection = connect(vfs, "")) {
      query(connection, SCAN);
      Thread.sleep(OPEN_SERVES_MILLIS);
      measure(
          "first one-row update of a process, autocommit",
          target(Target.NONE, Target.of(4, 4)),
          () -> update(connection, 1));
      measure(
          "one-row update, autocommit, pages cached",
          target(Target.of(12, 8), Target.of(4, 4)),
          () -> update(connection, 1));
      connection.setAutoCommit(false);
      Map<String, byte[]> before = server.objects(BUCKET).snapshot();
      AccountSnapshot[] account = new AccountSnapshot[1];
      long millis =
          measure(
              account,
              () -> {
                update(connection, UPDATES);
                connection.commit();
              });
      int dirty = dirtyObjects(before, server.objects(BUCKET).snapshot());
      String text = "dirty blocks (" + dirty + ") x 2 + 14";
      Target target = target(new Target(2L * dirty + 14, text, 10), Target.of(4, 4));
      results.add(
          new Measured("100 random updates, one transaction", account[0], millis, target, 0));
      measure(
          "100 random updates, rolled back",
          target(Target.NONE, Target.of(3, 3)),
          () -> {
            update(connection, UPDATES);
            connection.rollback();
          });
    }
    if (!blocks) {
      optimistic();
    }
  }

  private void optimistic() throws Exception {
    try (S3Vfs vfs = newVfs();
        Connection connection = connect(vfs, "&writer=optimistic")) {
      query(connection, SCAN);
      Thread.sleep(OPEN_SERVES_MILLIS);
      measure(
          "one-row update, autocommit, pages cached, optimistic",
          Target.of(3, 3),
          () -> update(connection, 1));
    }
  }

  private void scans() throws Exception {
    try (S3Vfs vfs = newVfs()) {
      Target target = target(plusBlocks(6, 0), Target.of(8, 5));
      measure("cold full scan", target, LEAST_IN_FLIGHT, () -> query(vfs, SCAN));
    }
    try (S3Vfs vfs = newVfs()) {
      Target target = target(plusBlocks(6, 0), Target.NONE);
      measure("serialize", target, LEAST_IN_FLIGHT, () -> serialize(vfs, key));
    }
  }

  /** Bytes of all objects of a database of text, in percent of its file. */
  long storedPercentOfText() throws Exception {
    String text = key + "-text";
    long bytes;
    try (S3Vfs vfs = newVfs();
        Connection connection = connect(vfs, text, "")) {
      TextRows.fill(connection, ROWS);
      bytes = serialize(vfs, text);
    }
    long stored =
        server.objects(BUCKET).snapshot().entrySet().stream()
            .filter(object -> object.getKey().startsWith(text + "/"))
            .mapToLong(object -> object.getValue().length)
            .sum();
    return 100 * stored / bytes;
  }

  private S3Vfs newVfs() {
    return S3Vfs.builder()
        .name("bench-" + layout + key + vfsCount++)
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
    return connect(vfs, key, parameters);
  }

  private Connection connect(S3Vfs vfs, String database, String parameters) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:sqlite:file:" + database + "?vfs=" + vfs.name() + "&layout=" + layout + parameters);
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

  private static void query(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      if (!result.next() || result.getObject(1) == null) {
        throw new IllegalStateException("no row: " + sql);
      }
    }
  }

  private static long serialize(S3Vfs vfs, String database) throws Exception {
    try (SerializedDatabase file = S3Databases.of(vfs).serialize(new S3Location(BUCKET, database));
        InputStream in = file.inputStream()) {
      return in.transferTo(OutputStream.nullOutputStream());
    }
  }

  private int objects() {
    return server.objects(BUCKET).keys(key + "/").size();
  }

  /** Objects of the database whose bytes are other ones than before. */
  private int dirtyObjects(Map<String, byte[]> before, Map<String, byte[]> after) {
    return (int)
        after.entrySet().stream()
            .filter(object -> object.getKey().startsWith(key + "/"))
            .filter(object -> !Arrays.equals(object.getValue(), before.get(object.getKey())))
            .count();
  }

  private void measure(String operation, Target target, Operation run) throws Exception {
    measure(operation, target, 0, run);
  }

  private void measure(String operation, Target target, int leastInFlight, Operation run)
      throws Exception {
    AccountSnapshot[] account = new AccountSnapshot[1];
    long millis = measure(account, run);
    results.add(new Measured(operation, account[0], millis, target, blocks ? leastInFlight : 0));
  }

  /** Milliseconds, without the wait for what was fetched ahead and not waited for. */
  private long measure(AccountSnapshot[] account, Operation operation) throws Exception {
    long[] nanos = new long[1];
    account[0] =
        server
            .account()
            .measure(
                () -> {
                  long start = System.nanoTime();
                  operation.run();
                  nanos[0] = System.nanoTime() - start;
                  awaitIdle();
                });
    return nanos[0] / 1_000_000;
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

  @Override
  public void close() {
    server.faults().latency(java.time.Duration.ZERO);
  }
}
