package io.github.s3vfs.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.s3vfs.Layout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Random SQL on S3 and on a local file: the same rows, the same bytes. */
@Tag("any-store")
class RandomSqlTest {
  private static final boolean THOROUGH = Boolean.getBoolean("s3vfs.test.thorough");
  private static final int RUNS = Integer.getInteger("s3vfs.test.runs", THOROUGH ? 50 : 4);
  private static final int STATEMENTS = THOROUGH ? 400 : 150;

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource
  void givesTheSameRowsAndTheSameBytesAsALocalFile(Layout layout) throws Exception {
    long first = Long.getLong("s3vfs.test.seed", System.nanoTime());
    try (Bucket bucket = Bucket.open(b -> b.cacheSizeBytes(256 << 10).writeBufferBytes(48 << 10))) {
      for (int run = 0; run < RUNS; run++) {
        run(bucket, layout, first + run);
      }
    }
  }

  private void run(Bucket bucket, Layout layout, long seed) throws Exception {
    Random random = new Random(seed);
    int pageSize = 512 << random.nextInt(8);
    int blockSize = List.of(4095, 4096, 4097, 1000, 65536).get(random.nextInt(5));
    String mode = List.of("DELETE", "TRUNCATE", "PERSIST", "MEMORY", "OFF").get(random.nextInt(5));
    String what =
        "-Ds3vfs.test.seed="
            + seed
            + " "
            + layout
            + " page "
            + pageSize
            + " block "
            + blockSize
            + " "
            + mode;
    String key = "random/" + layout + seed;
    String parameters = "layout=" + layout + "&block_size=" + blockSize;
    Path file = directory.resolve(layout.toString() + seed + ".sqlite");
    List<String> setUp =
        List.of(
            "PRAGMA page_size = " + pageSize,
            "PRAGMA auto_vacuum = " + random.nextInt(3),
            "PRAGMA journal_mode = " + mode,
            "PRAGMA synchronous = " + random.nextInt(4),
            "PRAGMA cache_size = " + (2 + random.nextInt(50)));
    RandomSql sql = new RandomSql(random);
    boolean rollsBack = !mode.equals("OFF");
    for (int session = 0; session < 3; session++) {
      try (Connection s3 = bucket.connect(key, parameters);
          Connection local = DriverManager.getConnection("jdbc:sqlite:" + file)) {
        for (Connection c : List.of(s3, local)) {
          Sql.execute(c, setUp.toArray(new String[0]));
          if (session == 0) {
            Sql.execute(c, sql.schema().toArray(new String[0]));
          }
        }
        work(s3, local, sql, STATEMENTS / 3, rollsBack, what);
        compareRows(s3, local, what);
        Sql.assertIntact(s3);
      }
      Sql.assertSamePages(Files.readAllBytes(file), bucket.serialize(key), what);
    }
    bucket.databases().delete(Bucket.location(key));
    assertEquals(
        layout == Layout.BLOCKS ? List.of(key + "-lease") : List.of(),
        bucket.server().objects(Bucket.NAME).keys(key),
        what + ": the lease stays, and nothing else");
  }

  private static void work(
      Connection s3,
      Connection local,
      RandomSql sql,
      int statements,
      boolean rollsBack,
      String what)
      throws SQLException {
    for (int i = 0; i < statements || sql.inTransaction(); i++) {
      String statement = sql.next();
      if (!rollsBack && statement.startsWith("ROLLBACK")) {
        // journal_mode=OFF cannot roll back; SQLite leaves the database as it is, or damaged.
        statement = statement.equals("ROLLBACK") ? "COMMIT" : "SELECT 1";
      }
      String onLocal = run(local, statement);
      String onS3 = run(s3, statement);
      assertEquals(onLocal, onS3, () -> what);
    }
  }

  /** The error that a statement gives, or "". */
  private static String run(Connection connection, String statement) {
    try {
      Sql.execute(connection, statement);
      return "";
    } catch (SQLException e) {
      return e.getMessage();
    }
  }

  private static void compareRows(Connection s3, Connection local, String what)
      throws SQLException {
    for (String table : List.of("a", "b", "c", "d")) {
      String query = "SELECT * FROM " + table + " ORDER BY 1, 2";
      assertEquals(Sql.rows(local, query), Sql.rows(s3, query), what + " table " + table);
    }
  }
}
