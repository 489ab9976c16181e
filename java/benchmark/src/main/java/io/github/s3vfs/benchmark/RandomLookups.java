package io.github.s3vfs.benchmark;

import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.benchmark.TestDatabases.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Lookups of random keys by one connection that begins with nothing, and the bytes for them.
 *
 * @param received bytes of all bodies
 * @param needed bytes of the objects, or compressed groups of pages, that have a page on the way
 *     from the table's root to a row that was looked up, each once
 * @param requestsEach requests per lookup
 * @param millisEach milliseconds per lookup
 */
record RandomLookups(long received, double needed, double requestsEach, double millisEach) {
  static final int LOOKUPS = 300;

  /** What the layout snapshot compresses together; see docs/FORMAT.md. */
  private static final int GROUP_BYTES = 16 << 10;

  static RandomLookups run(Bench bench, TestDatabase database, String layout) throws Exception {
    BenchmarkStore store = bench.store();
    int unitBytes = layout.equals(Benchmark.BLOCKS) ? ItemTable.PAGE_SIZE : GROUP_BYTES;
    int pagesPerUnit = unitBytes / ItemTable.PAGE_SIZE;
    Set<Long> units = new HashSet<>();
    try (TablePath table = TablePath.open(database.file(), "item")) {
      SplittableRandom random = new SplittableRandom(3);
      for (int i = 0; i < LOOKUPS; i++) {
        for (long page : table.pages(1 + random.nextInt(database.rows()))) {
          units.add((page - 1) / pagesPerUnit);
        }
      }
    }
    double stored = store.storedBytes(database.path() + "/");
    double bytesPerUnit = stored * unitBytes / database.bytes();
    try (S3Vfs vfs = store.vfs().register()) {
      Cost cost =
          store.measure(
              () -> {
                SplittableRandom random = new SplittableRandom(3);
                try (Connection connection =
                    DriverManager.getConnection(store.url(vfs, database.path()))) {
                  for (int i = 0; i < LOOKUPS; i++) {
                    int id = 1 + random.nextInt(database.rows());
                    ColdReads.query(connection, ItemTable.POINT, id, 1);
                  }
                }
              });
      return new RandomLookups(
          cost.bytes(),
          units.size() * bytesPerUnit,
          (double) cost.requests() / LOOKUPS,
          cost.millis() / LOOKUPS);
    }
  }
}
