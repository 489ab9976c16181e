package io.github.s3vfs.transfer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.Layout;
import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.scenario.Bucket;
import io.github.s3vfs.scenario.Sql;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The pages of versions, and which of them are not the same. */
class VersionPagesTest {
  private static final S3Location DB = Bucket.location("db");
  private static final int MOST = 1 << 16;

  private static Bucket bucket() {
    return Bucket.open(b -> b.layout(Layout.SNAPSHOT).retention(Duration.ofHours(1)));
  }

  private static long version(Connection connection) throws Exception {
    return Long.parseLong(String.valueOf(Sql.value(connection, "PRAGMA s3_database_version")));
  }

  @Test
  void everyPageThatIsNotTheSameIsNamed() throws Exception {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    int commits = Boolean.getBoolean("s3vfs.test.thorough") ? 2_000 : 150;
    try (Bucket bucket = bucket();
        Connection c = bucket.connect("db")) {
      Sql.execute(
          c,
          "PRAGMA page_size = 512",
          "CREATE TABLE t(id INTEGER PRIMARY KEY, v)",
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000)"
              + " INSERT INTO t SELECT i, zeroblob(300) FROM n");
      List<VersionPages> seen = new ArrayList<>();
      int known = 0;
      for (int i = 0; i < commits; i++) {
        Sql.execute(
            c,
            random.nextInt(50) == 0
                ? "DELETE FROM t WHERE id > " + (3_000 + random.nextInt(900))
                : "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10)"
                    + " INSERT OR REPLACE INTO t SELECT abs(random()) % 4000, randomblob(290) FROM n");
        if (random.nextInt(commits / 6) == 0) {
          seen.add(bucket.databases().version(DB, version(c)));
        }
        if (random.nextInt(commits / 3) == 0) {
          bucket.databases().compact(DB);
        }
      }
      seen.add(bucket.databases().version(DB, version(c)));
      for (VersionPages later : seen) {
        for (VersionPages earlier : seen) {
          if (earlier.version() <= later.version()) {
            known += check(earlier, later);
          }
        }
      }
      assertTrue(known > 0, "most are known");
    }
  }

  private static int check(VersionPages earlier, VersionPages later) {
    long[] changed = later.changedSince(earlier, MOST).orElseThrow();
    for (long page = 1; page <= later.pageCount(); page++) {
      if (Arrays.binarySearch(changed, page) < 0) {
        assertTrue(page <= earlier.pageCount(), "page " + page + " is new");
        assertArrayEquals(earlier.page(page), later.page(page), "page " + page);
      }
    }
    assertEquals(0, later.changedSince(later, MOST).orElseThrow().length);
    return changed.length;
  }

  @Test
  void oneRowIsFewPagesAndFewRequests() throws Exception {
    try (Bucket bucket = bucket();
        Connection c = bucket.connect("db")) {
      Sql.execute(
          c,
          "CREATE TABLE t(id INTEGER PRIMARY KEY, v)",
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)"
              + " INSERT INTO t SELECT i, zeroblob(300) FROM n");
      VersionPages before = bucket.databases().version(DB, version(c));
      Sql.execute(c, "UPDATE t SET v = zeroblob(299) WHERE id = 1500");
      VersionPages after = bucket.databases().version(DB, version(c));
      assertEquals(before.version() + 1, after.version());
      assertEquals(before.databaseId(), after.databaseId());
      int requests =
          bucket
              .server()
              .account()
              .measure(() -> assertEquals(2, after.changedSince(before, MOST).orElseThrow().length))
              .count();
      assertEquals(0, requests);
      assertFalse(after.changedSince(before, 1).isPresent());
      assertEquals(4096, after.pageSize());
      assertThrows(IllegalArgumentException.class, () -> after.page(0));
      assertThrows(IllegalArgumentException.class, () -> after.page(after.pageCount() + 1));
    }
  }

  @Test
  void anotherDatabaseIsNotCompared() throws Exception {
    try (Bucket bucket = bucket()) {
      VersionPages before;
      try (Connection c = bucket.connect("db")) {
        Sql.execute(c, "CREATE TABLE t(id)");
        before = bucket.databases().version(DB, 1);
        S3VfsException e =
            assertThrows(S3VfsException.class, () -> bucket.databases().version(DB, 2));
        assertEquals(ErrorKind.NOT_FOUND, e.kind());
      }
      bucket.databases().delete(DB);
      try (Connection c = bucket.connect("db")) {
        Sql.execute(c, "CREATE TABLE t(id)");
      }
      VersionPages after = bucket.databases().version(DB, 1);
      assertNotEquals(before.databaseId(), after.databaseId());
      assertFalse(after.changedSince(before, MOST).isPresent());
    }
  }

  @Test
  void blocksHaveNoVersions() throws Exception {
    try (Bucket bucket = Bucket.open(b -> b.layout(Layout.BLOCKS));
        Connection c = bucket.connect("db")) {
      Sql.execute(c, "CREATE TABLE t(id)");
      assertEquals("0", Sql.value(c, "PRAGMA s3_database_version"));
      S3VfsException e =
          assertThrows(S3VfsException.class, () -> bucket.databases().version(DB, 1));
      assertEquals(ErrorKind.UNSUPPORTED, e.kind());
    }
  }
}
