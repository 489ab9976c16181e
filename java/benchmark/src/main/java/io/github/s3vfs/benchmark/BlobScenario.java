package io.github.s3vfs.benchmark;

import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.blob.SqliteBlob;
import io.github.s3vfs.blob.SqliteBlobChannel;
import io.github.s3vfs.blob.Zeroblob;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * One part of a large value by a VFS that has nothing in memory: by incremental BLOB I/O, by {@code
 * substr}, and by loading the whole. Without {@code auto_vacuum} SQLite reads all that is before
 * it.
 */
final class BlobScenario {
  private static final int MIB = 1 << 20;
  private static final int MEBIBYTES = 64;

  private static final int LARGE_MEBIBYTES = 1024;

  /** SQLite's limit for a value is 1,000,000,000 bytes unless something else is said. */
  private static final String LIMIT = "&limit_length=2000000000";

  /** Of the part in the middle that is read. */
  private static final double MOST_MEBIBYTES = 2;

  private static final double MOST_SENT = 1.5;
  private static final int PAGE = 65_536;

  private final Bench bench;
  private final String layout;
  private final Results results;
  private final int mebibytes;

  BlobScenario(Bench bench, String scenario, String layout) {
    this.bench = bench;
    this.layout = layout;
    this.results = new Results(scenario, layout);
    this.mebibytes = bench.options().large() ? LARGE_MEBIBYTES : MEBIBYTES;
  }

  /** Something that is done with the one value. */
  private interface Use {
    void of(Connection connection) throws Exception;
  }

  List<BenchmarkResult> run() throws Exception {
    String mapped = layout + "/blob-mapped";
    String plain = layout + "/blob-plain";
    fill(mapped, "INCREMENTAL");
    fill(plain, "NONE");
    String value = mebibytes + " MiB: ";
    String part = value + "1 MiB in its middle, ";
    List<Cost> read = report(part + "read by SqliteBlob", mapped, this::readPart);
    if (bench.store().counted()) {
      Spread received = Spread.of(read, cost -> cost.bytes() / (double) MIB);
      results.atMost(part + "read by SqliteBlob: received", "MiB", received, MOST_MEBIBYTES);
    }
    received(part + "read by substr", mapped, this::substr);
    if (!bench.options().large()) { // it would have to be in the heap, twice
      received(part + "read by loading the value", mapped, this::load);
    }
    received(part + "read by SqliteBlob, without auto_vacuum", plain, this::readPart);
    write(part + "written by SqliteBlob", mapped);
    received(value + "all of it, by SqliteBlob", mapped, BlobScenario::readAll);
    return results.list();
  }

  private void received(String what, String path, Use use) throws Exception {
    List<Cost> costs = report(what, path, use);
    if (bench.store().counted()) {
      results.add(what + ": received", "MiB", Spread.of(costs, c -> c.bytes() / (double) MIB));
    }
  }

  private List<Cost> report(String what, String path, Use use) throws Exception {
    measure(path, use); // for the JVM to warm up
    List<Cost> costs = Rounds.SHORT.run(round -> measure(path, use));
    results.add(what + ": time", "ms", Cost.millis(costs));
    if (bench.store().counted()) {
      Spread roundTrips = Spread.of(costs, Cost::roundTrips);
      results.add(what + ": dependent round trips", "round trips", roundTrips);
    }
    return costs;
  }

  private Cost measure(String path, Use use) throws Exception {
    try (S3Vfs vfs = bench.store().vfs(layout).register()) {
      return measure(vfs, path, use);
    }
  }

  private Cost measure(S3Vfs vfs, String path, Use use) throws Exception {
    return bench
        .store()
        .measure(
            () -> {
              try (Connection connection =
                  DriverManager.getConnection(bench.store().url(vfs, path) + LIMIT)) {
                use.of(connection);
              }
            });
  }

  private void write(String what, String path) throws Exception {
    List<Double> sent = new ArrayList<>();
    List<Cost> costs =
        Rounds.SHORT.run(
            round -> {
              try (S3Vfs vfs = bench.store().vfs(layout).register()) {
                Cost cost = measure(vfs, path, connection -> writePart(connection, round));
                sent.add(vfs.stats().bytesSent() / (double) MIB);
                return cost;
              }
            });
    results.atMost(what + ": sent", "MiB", Spread.of(sent, each -> each), MOST_SENT);
    results.add(what + ": received", "MiB", Spread.of(costs, c -> c.bytes() / (double) MIB));
    results.add(what + ": time", "ms", Cost.millis(costs));
  }

  private void fill(String path, String vacuum) throws Exception {
    bench
        .store()
        .unlimited(
            () -> {
              try (S3Vfs vfs = bench.store().vfs(layout).register();
                  Connection c = DriverManager.getConnection(bench.store().url(vfs, path) + LIMIT);
                  Statement s = c.createStatement()) {
                s.execute("PRAGMA page_size = " + PAGE);
                s.execute("PRAGMA auto_vacuum = " + vacuum);
                s.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, b BLOB)");
                c.setAutoCommit(false);
                fill(c);
                c.commit();
              }
            });
  }

  /** With what cannot be compressed. */
  private void fill(Connection connection) throws Exception {
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO t(b) VALUES (zeroblob(?))")) {
      Zeroblob.of((long) mebibytes * MIB).setOn(insert, 1);
      insert.executeUpdate();
    }
    Random random = new Random(1);
    try (SqliteBlobChannel blob = open(connection, true)) {
      for (int i = 0; i < mebibytes; i++) {
        write(blob, random);
      }
    }
  }

  private static void write(SqliteBlobChannel blob, Random random) throws Exception {
    byte[] bytes = new byte[MIB];
    random.nextBytes(bytes);
    int written = blob.write(ByteBuffer.wrap(bytes));
    if (written != MIB) {
      throw new IllegalStateException(written + " bytes");
    }
  }

  private static SqliteBlobChannel open(Connection connection, boolean writable)
      throws SQLException {
    return SqliteBlob.open(connection, "main", "t", "b", 1, writable);
  }

  private long middle() {
    return (long) mebibytes * MIB / 2;
  }

  private void readPart(Connection connection) throws Exception {
    try (SqliteBlobChannel blob = open(connection, false)) {
      blob.position(middle()).readFully(ByteBuffer.allocateDirect(MIB));
    }
  }

  private void writePart(Connection connection, int round) throws Exception {
    try (SqliteBlobChannel blob = open(connection, true)) {
      write(blob.position(middle()), new Random(1_000 + round));
    }
  }

  private static void readAll(Connection connection) throws Exception {
    ByteBuffer buffer = ByteBuffer.allocateDirect(MIB);
    try (SqliteBlobChannel blob = open(connection, false)) {
      while (blob.read(buffer.clear()) > 0) {
        // the next part
      }
    }
  }

  private void substr(Connection connection) throws SQLException {
    expect(connection, "SELECT substr(b, " + (middle() + 1) + ", " + MIB + ") FROM t", MIB);
  }

  private void load(Connection connection) throws SQLException {
    expect(connection, "SELECT b FROM t", mebibytes * MIB);
  }

  private static void expect(Connection connection, String sql, int bytes) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      if (!result.next() || result.getBytes(1).length != bytes) {
        throw new IllegalStateException("not " + bytes + " bytes: " + sql);
      }
    }
  }
}
