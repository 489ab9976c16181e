package io.github.s3vfs.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.Layout;
import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.S3VfsStats;
import io.github.s3vfs.internal.store.InMemoryObjectStore;
import io.github.s3vfs.internal.vfs.MemoryVfs;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What is fetched before it is asked for, and what that costs. */
@ParameterizedClass
@EnumSource(Layout.class)
class PrefetchTest {
  private static final int ROWS = 20_000;
  private static final S3Location DATABASE = new S3Location("bucket", "db");

  @Parameter Layout layout = Layout.BLOCKS;

  private final InMemoryObjectStore store = new InMemoryObjectStore("bucket");
  private final MemoryVfs vfs = new MemoryVfs(store, store);

  /** Rows come in random order: the leaves of the table are anywhere in the file. */
  @BeforeEach
  void store() throws SQLException {
    Random random = new Random(7);
    try (MemoryVfs elsewhere = LittleMemory.vfs(store, 1 << 20, 64 << 20, null, false);
        Connection c = elsewhere.connect("db", "&layout=" + layout)) {
      Sql.execute(c, "CREATE TABLE t(id INTEGER PRIMARY KEY, filler BLOB)", "BEGIN");
      try (var insert = c.prepareStatement("INSERT OR IGNORE INTO t VALUES (?, randomblob(300))")) {
        for (int i = 0; i < ROWS; i++) {
          insert.setInt(1, random.nextInt(1 << 30));
          insert.executeUpdate();
        }
      }
      Sql.execute(c, "COMMIT");
    }
  }

  @AfterEach
  void close() {
    vfs.close();
  }

  private static void scan(Connection c) throws SQLException {
    assertTrue(Integer.parseInt(Sql.value(c, "SELECT sum(length(filler)) / 300 FROM t")) > 19_000);
  }

  @Test
  void aDatabaseThatWasPrefetchedIsReadWithoutAFurtherGet() throws Exception {
    long bytes = vfs.vfs().prefetch(DATABASE);
    assertTrue(bytes > ROWS * 300L, bytes + " bytes");
    long before = vfs.vfs().stats().gets();
    try (Connection c = vfs.connect("db", "&max_staleness_ms=60000")) {
      scan(c);
      long gets = vfs.vfs().stats().gets() - before;
      assertTrue(gets <= 2, gets + " GETs");
    }
  }

  @Test
  void aConnectionPrefetchesAllInTheBackground() throws Exception {
    try (Connection c = vfs.connect("db", "&prefetch=all&max_staleness_ms=60000")) {
      long deadline = System.nanoTime() + 60_000_000_000L;
      while (vfs.vfs().stats().bytesReceived() < ROWS * 300L) { // which are random
        assertTrue(System.nanoTime() < deadline, vfs.vfs().stats()::toString);
        Thread.sleep(5);
      }
      scan(c);
    }
  }

  @Test
  void whatWasPrefetchedIsUsedWhenItIsFirstRead() throws Exception {
    try (Connection c = vfs.connect("db", "&max_staleness_ms=60000")) {
      long pages = Long.parseLong(Sql.value(c, "PRAGMA page_count"));
      S3VfsStats before = vfs.vfs().stats();
      long bytes = vfs.vfs().prefetch(DATABASE);
      S3VfsStats loaded = vfs.vfs().stats();
      assertEquals(pages * 4096, bytes);
      assertEquals(0, loaded.prefetchedWasted());
      assertEquals(before.prefetchedUsed(), loaded.prefetchedUsed(), "nobody has read");
      // But for what this connection has waited for to learn the number of pages.
      assertTrue(pages - loaded.prefetched() <= 8, pages + " pages; " + loaded);
      Sql.assertIntact(c); // reads every page
      assertEquals(loaded.prefetched(), vfs.vfs().stats().prefetchedUsed());
      Sql.assertIntact(c);
      S3VfsStats after = vfs.vfs().stats();
      assertEquals(loaded.prefetched(), after.prefetched());
      assertEquals(loaded.prefetched(), after.prefetchedUsed());
      assertEquals(0, after.prefetchedWasted());
    }
  }

  @Test
  void whatNobodyReadsIsWasted() throws Exception {
    MemoryVfs little = LittleMemory.vfs(store, 1 << 20, 1 << 20);
    long pages;
    try (little) {
      pages = little.vfs().prefetch(DATABASE) / 4096;
      S3VfsStats stats = little.vfs().stats();
      assertEquals(0, stats.prefetchedUsed());
      assertTrue(stats.prefetched() + 8 >= pages, pages + " pages; " + stats);
      assertTrue(stats.cacheBytes() <= 3 << 20, stats::toString);
    }
    S3VfsStats stats = little.vfs().stats();
    assertEquals(0, stats.prefetchedUsed());
    assertEquals(stats.prefetched(), stats.prefetchedWasted());
  }

  @Test
  void aScanThroughALittleCacheReadsWhatIsFetchedAheadOfIt() throws Exception {
    try (MemoryVfs elsewhere = LittleMemory.vfs(store, 1 << 20, 64 << 20, null, false);
        Connection c = elsewhere.connect("ordered", "&layout=" + layout)) {
      Sql.execute(
          c,
          "CREATE TABLE t(id INTEGER PRIMARY KEY, filler BLOB)",
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)"
              + " INSERT INTO t SELECT i, randomblob(300) FROM n");
    }
    MemoryVfs little = LittleMemory.vfs(store, 1 << 20, 1 << 20);
    long pages;
    try (little) {
      try (Connection c = little.connect("ordered", "&max_staleness_ms=60000")) {
        pages = Long.parseLong(Sql.value(c, "PRAGMA page_count"));
        scan(c);
      }
    }
    S3VfsStats stats = little.vfs().stats();
    assertTrue(stats.prefetched() * 10 >= pages * 9, pages + " pages; " + stats);
    assertTrue(stats.prefetchedWasted() * 20 <= stats.prefetched(), stats::toString);
    assertEquals(stats.prefetched(), stats.prefetchedUsed() + stats.prefetchedWasted());
  }

  @Test
  void aMissingDatabaseIsNotFound() {
    S3VfsException e =
        assertThrows(
            S3VfsException.class, () -> vfs.vfs().prefetch(new S3Location("bucket", "nothing")));
    assertEquals(ErrorKind.NOT_FOUND, e.kind());
  }

  @Test
  void aScanOfATableThatWasFilledInRandomOrderWaitsForFewOfItsPages() throws Exception {
    if (layout == Layout.SNAPSHOT) {
      try (Connection c = vfs.connect("db", "")) {
        scan(c);
        long misses = vfs.vfs().stats().cacheMisses();
        long gets = vfs.vfs().stats().gets();
        assertTrue(gets < 600, gets + " GETs");
        assertTrue(misses < 600, misses + " misses");
      }
    }
  }

  @Test
  void randomLookupsFetchLittleMoreThanTheyNeed() throws Exception {
    if (layout == Layout.SNAPSHOT) {
      Random random = new Random(11);
      try (Connection c = vfs.connect("db", "&max_staleness_ms=60000");
          var select = c.prepareStatement("SELECT id FROM t WHERE id >= ? LIMIT 1")) {
        for (int i = 0; i < 100; i++) {
          select.setInt(1, random.nextInt(1 << 30));
          select.executeQuery().close();
        }
        long received = vfs.vfs().stats().bytesReceived();
        // Each lookup needs one group of four pages that hardly compress.
        assertTrue(received < 100 * 2 * 17_000L + 500_000, received + " bytes");
      }
    }
  }
}
