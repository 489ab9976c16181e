package io.github.s3vfs.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.S3Location;
import io.github.s3vfs.internal.store.InMemoryObjectStore;
import io.github.s3vfs.internal.store.InMemoryObjectStore.Request;
import io.github.s3vfs.internal.vfs.MemoryVfs;
import io.github.s3vfs.internal.vfs.SharedDatabase;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Exactly how many requests it takes to read a database in the layout {@code snapshot} that has
 * nothing in memory, when it is so large that the page map does not fit into the head.
 */
class ColdReadCostTest {
  private static final int ROWS = 100_000;
  private static final String SUM = "SELECT sum(id * (k & 65535) + length(filler)) FROM t";
  private static final S3Location DATABASE = new S3Location("bucket", "db");
  private static final InMemoryObjectStore STORE = new InMemoryObjectStore("bucket");

  /** Bytes of all objects. */
  private static long stored;

  private final MemoryVfs vfs = new MemoryVfs(STORE, STORE);

  @TempDir static Path directory;

  @BeforeAll
  static void store() throws Exception {
    Path file = directory.resolve("db.sqlite");
    Random random = new Random(3);
    try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + file)) {
      Sql.execute(c, "CREATE TABLE t(id INTEGER PRIMARY KEY, k INT, filler BLOB)", "BEGIN");
      try (PreparedStatement insert =
          c.prepareStatement("INSERT INTO t VALUES (?, ?, randomblob(300))")) {
        for (int i = 0; i < ROWS; i++) {
          insert.setInt(1, i);
          insert.setInt(2, random.nextInt());
          insert.executeUpdate();
        }
      }
      Sql.execute(c, "CREATE INDEX t_k ON t(k)", "COMMIT");
    }
    try (MemoryVfs elsewhere = new MemoryVfs(STORE, STORE)) {
      deserialize(elsewhere, file);
    }
    for (String key : STORE.keys()) {
      byte[] object = STORE.peek(key);
      stored += object == null ? 0 : object.length;
    }
  }

  private static void deserialize(MemoryVfs vfs, Path file) throws IOException {
    try (SharedDatabase database = vfs.vfs().acquire(DATABASE);
        InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      database.exclusively(() -> database.volume().replace(in));
    }
  }

  @AfterEach
  void close() {
    vfs.close();
  }

  /** Opens the database: sqlite-jdbc reads the first page. */
  private Connection open(String parameters) throws SQLException {
    STORE.resetCounts();
    Connection c = vfs.connect("db", parameters);
    // The head, the inner pages with the schema, and the map.
    assertEquals(3, STORE.count(Request.GET));
    return c;
  }

  @Test
  void aLookupByTheKeyAsksForTheHeadAndTheLeaf() throws Exception {
    try (Connection c = open("")) {
      Sql.value(c, "SELECT length(filler) FROM t WHERE id = 77777");
      assertEquals(3 + 1 + 1, STORE.requests());
    }
  }

  @Test
  void aLookupByAnIndexAsksForTheLeafOfTheIndexToo() throws Exception {
    String k;
    try (Connection c = vfs.connect("db", "")) {
      k = Sql.value(c, "SELECT k FROM t WHERE id = 55555");
    }
    try (MemoryVfs fresh = new MemoryVfs(STORE, STORE);
        Connection c = fresh.connect("db", "")) {
      STORE.resetCounts();
      Sql.value(c, "SELECT length(filler) FROM t WHERE k = " + k);
      assertEquals(1 + 1 + 1, STORE.requests());
    }
  }

  @Test
  void randomLookupsHaveNothingFetchedAhead() throws Exception {
    Random random = new Random(5);
    int lookups = 200;
    try (Connection c = open("&max_staleness_ms=60000")) {
      for (int i = 0; i < lookups; i++) {
        Sql.value(c, "SELECT length(filler) FROM t WHERE id = " + random.nextInt(ROWS));
      }
      assertTrue(STORE.count(Request.GET) <= 3 + lookups, STORE.count(Request.GET) + " GETs");
    }
  }

  @Test
  void aScanFetchesEverythingOnceInLargeRequests() throws Exception {
    try (Connection c = open("&max_staleness_ms=60000")) {
      Sql.value(c, "SELECT sum(length(filler)) FROM t");
      long received = vfs.vfs().stats().bytesReceived();
      assertTrue(received <= stored, received + " of " + stored);
      long gets = STORE.count(Request.GET);
      assertTrue(gets <= stored / (1 << 20) * 3 / 2 + 20, gets + " GETs for " + stored);
      long pages = Long.parseLong(Sql.value(c, "PRAGMA page_count"));
      long upcalls = vfs.vfs().stats().upcalls();
      assertTrue(upcalls <= pages / 10, upcalls + " calls into Java for " + pages + " pages");
    }
  }

  @Test
  void aShortScanFetchesNoMoreAheadThanTheConnectionSays() throws Exception {
    long limit = 1 << 20;
    try (Connection c = open("&max_staleness_ms=60000")) {
      assertEquals(String.valueOf(limit), Sql.value(c, "PRAGMA s3_read_ahead_bytes = " + limit));
      long before = vfs.vfs().stats().bytesReceived();
      long needed =
          Long.parseLong(Sql.value(c, "SELECT sum(length(filler) + 20) FROM t WHERE id < 20000"));
      long received = vfs.vfs().stats().bytesReceived() - before;
      // Groups have more at both ends.
      assertTrue(received <= needed + limit + (256 << 10), received + " for " + needed);
      assertEquals("0", Sql.value(c, "PRAGMA s3_read_ahead_bytes = 0"));
      long gets = STORE.count(Request.GET);
      Sql.value(c, "SELECT sum(length(filler)) FROM t WHERE id BETWEEN 60000 AND 60500");
      long leaves = 501 * 320 / 4096 + 2;
      assertTrue(STORE.count(Request.GET) - gets <= leaves, "GETs of " + leaves + " leaves");
      assertTrue(STORE.count(Request.GET) - gets >= leaves / 4, "something was fetched ahead");
    }
  }

  /** What is fetched ahead is known as pages of a version that is not the newest any more. */
  @Test
  void aScanReadsItsVersionWhileOthersCommit() throws Exception {
    InMemoryObjectStore own = new InMemoryObjectStore("bucket");
    Random random = new Random(8);
    try (MemoryVfs writer = new MemoryVfs(own, own);
        MemoryVfs reader = new MemoryVfs(own, own)) {
      deserialize(writer, directory.resolve("db.sqlite"));
      try (Connection w = writer.connect("db", "")) {
        for (int round = 0; round < 6; round++) {
          // The reader's process commits itself, too: then it knows exactly what has changed.
          boolean mine = round % 2 == 1;
          try (MemoryVfs fresh = new MemoryVfs(own, own);
              Connection r = (mine ? fresh : reader).connect("db", "");
              Connection other = fresh.connect("db", "")) {
            String before = Sql.value(w, SUM);
            long sum = 0;
            try (var statement = r.createStatement();
                var rows = statement.executeQuery("SELECT id, k, length(filler) FROM t")) {
              for (int i = 0; rows.next(); i++) {
                if (i == 3_000 || i == 40_000) {
                  Sql.execute(
                      mine ? other : w,
                      "UPDATE t SET k = k + 1 + abs(random() % 9) WHERE id % 50 = "
                          + random.nextInt(50));
                }
                sum += rows.getLong(1) * (rows.getLong(2) & 0xffff) + rows.getLong(3);
              }
            }
            assertEquals(before, Long.toString(sum), "round " + round);
            assertEquals(Sql.value(w, SUM), Sql.value(r, SUM), "round " + round);
          }
        }
      }
    }
  }

  @Test
  void aCommitLeavesTheInnerPagesWhereTheHeadKnowsThem() throws Exception {
    InMemoryObjectStore own = new InMemoryObjectStore("bucket");
    try (MemoryVfs writer = new MemoryVfs(own, own)) {
      deserialize(writer, directory.resolve("db.sqlite"));
      try (Connection c = writer.connect("db", "")) {
        // So many scattered pages that the changes of the map become a run.
        Sql.execute(c, "UPDATE t SET k = k + 1 WHERE id % 100 = 7");
      }
    }
    try (MemoryVfs reader = new MemoryVfs(own, own)) {
      own.resetCounts();
      try (Connection c = reader.connect("db", "&max_staleness_ms=60000")) {
        Sql.value(c, "SELECT length(filler) FROM t WHERE id = 77777");
        long gets = own.count(Request.GET);
        assertTrue(gets <= 8, gets + " GETs");
      }
    }
  }
}
