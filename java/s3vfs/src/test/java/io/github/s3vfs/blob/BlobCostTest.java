package io.github.s3vfs.blob;

import static io.github.s3vfs.blob.Blobs.reader;
import static io.github.s3vfs.blob.Blobs.writer;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.Layout;
import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.S3VfsStats;
import io.github.s3vfs.scenario.Bucket;
import io.github.s3vfs.scenario.Sql;
import io.github.s3vfs.testkit.AccountSnapshot;
import io.github.s3vfs.testkit.S3Operation;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What parts of a large value, which cannot be compressed, cost in requests and bytes. */
@Timeout(600)
class BlobCostTest {
  private static final int MIB = 1 << 20;
  private static final int NOT_MODIFIED = 304;
  private static final boolean THOROUGH = Boolean.getBoolean("s3vfs.test.thorough");

  /** More than SQLite takes for a value if nothing is said. */
  private static final String LIMIT = "limit_length=" + (1200 * MIB);

  @TempDir Path directory;

  private interface Use {
    void of(Connection connection) throws Exception;
  }

  private static byte[] part(int index) {
    byte[] part = new byte[MIB];
    new Random(index).nextBytes(part);
    return part;
  }

  /** Of what is done by a VFS. */
  private record Cost(AccountSnapshot account, S3VfsStats stats) {}

  /** A value, in the one row of a database of its own. */
  private record Value(Bucket bucket, int mebibytes) {
    int size() {
      return mebibytes * MIB;
    }

    void fill(int pageSize, String vacuum) throws Exception {
      try (Connection c = bucket.connect("db", LIMIT)) {
        Sql.execute(
            c,
            "PRAGMA page_size = " + pageSize,
            "PRAGMA auto_vacuum = " + vacuum,
            "CREATE TABLE t(id INTEGER PRIMARY KEY, b BLOB)");
        c.setAutoCommit(false);
        try (PreparedStatement s = c.prepareStatement("INSERT INTO t(b) VALUES (zeroblob(?))")) {
          Zeroblob.of(size()).setOn(s, 1);
          assertEquals(1, s.executeUpdate());
        }
        try (SqliteBlobChannel blob = writer(c, 1)) {
          for (int i = 0; i < mebibytes; i++) {
            assertEquals(MIB, blob.write(ByteBuffer.wrap(part(i))));
          }
        }
        c.commit();
      }
    }

    /** By a VFS that has nothing in memory. */
    private Cost cold(Use use) throws Exception {
      try (S3Vfs vfs = Bucket.vfs(bucket.server(), b -> b);
          Connection c = DriverManager.getConnection(Bucket.url(vfs, "db", LIMIT))) {
        bucket.server().account().reset();
        use.of(c);
        return new Cost(bucket.server().account().snapshot(), vfs.stats());
      }
    }

    Cost readMiddle() throws Exception {
      return cold(
          c -> {
            ByteBuffer direct = ByteBuffer.allocateDirect(MIB);
            try (SqliteBlobChannel blob = reader(c, 1)) {
              blob.position(size() / 2).readFully(direct);
            }
            assertEquals(ByteBuffer.wrap(part(mebibytes / 2)), direct.flip());
          });
    }

    Cost writeMiddle() throws Exception {
      return cold(
          c -> {
            ByteBuffer other = ByteBuffer.wrap(part(-1));
            try (SqliteBlobChannel blob = writer(c, 1)) {
              assertEquals(MIB, blob.position(size() / 2).write(other));
            }
          });
    }

    Cost readAll() throws Exception {
      return cold(
          c -> {
            ByteBuffer direct = ByteBuffer.allocateDirect(MIB);
            try (SqliteBlobChannel blob = reader(c, 1)) {
              for (int i = 0; i < mebibytes; i++) {
                blob.readFully(direct.clear());
                assertEquals(ByteBuffer.wrap(part(i)), direct.flip());
              }
            }
          });
    }
  }

  @Test
  void withAMapOfPagesAPartIsReadAndWrittenWithoutTheRest() throws Exception {
    try (Bucket bucket = THOROUGH ? Bucket.open(directory, b -> b) : Bucket.open()) {
      Value value = new Value(bucket, THOROUGH ? 1024 : 48);
      value.fill(65_536, "INCREMENTAL");
      AccountSnapshot read = value.readMiddle().account();
      AccountSnapshot all = value.readAll().account();
      AccountSnapshot written = value.writeMiddle().account();
      assertTrue(read.bytesOut() < 2 * MIB, read::toString);
      assertTrue(read.count() <= 12, read::toString);
      assertTrue(written.bytesIn() >= MIB, written::toString);
      assertTrue(written.bytesIn() < MIB + MIB / 4, written::toString);
      assertTrue(written.bytesOut() < 2 * MIB, written::toString);
      assertTrue(written.count() <= 20, written::toString);
      assertTrue(all.bytesOut() < value.size() + value.size() / 20 + MIB, all::toString);
      assertTrue(all.count() < 4 * value.mebibytes(), all::toString);
    }
  }

  @Test
  void withSmallPagesItTakesMorePagesOfTheMap() throws Exception {
    try (Bucket bucket = Bucket.open()) {
      Value value = new Value(bucket, THOROUGH ? 256 : 48);
      value.fill(4096, "FULL");
      AccountSnapshot read = value.readMiddle().account();
      assertTrue(read.bytesOut() < 2 * MIB + value.size() / 100, read::toString);
      assertTrue(read.count() < 20 + value.mebibytes() / 4, read::toString);
    }
  }

  @Test
  void withoutAMapOfPagesAllBeforeThePartIsReadAhead() throws Exception {
    try (Bucket bucket = Bucket.open()) {
      Value value = new Value(bucket, THOROUGH ? 256 : 48);
      value.fill(65_536, "NONE");
      AccountSnapshot read = value.readMiddle().account();
      assertTrue(read.bytesOut() > value.size() / 2, read::toString);
      assertTrue(read.count() < 40 + 2 * value.mebibytes(), read::toString);
    }
  }

  /** Each block is asked for once, nearly all before SQLite wants them, and none behind a part. */
  @ParameterizedTest
  @ValueSource(ints = {4096, 65_536})
  void inBlocksAValueIsReadAheadAndAPartWithoutTheRest(int pageSize) throws Exception {
    int block = 4096;
    int page = pageSize / block;
    try (Bucket bucket = Bucket.open(b -> b.layout(Layout.BLOCKS).blockSize(block))) {
      Value value = new Value(bucket, 4);
      value.fill(pageSize, "INCREMENTAL");
      // The pages that prove that it goes forward, the map, and what is no part of the value.
      int others = 8 + 6 * page;

      Cost all = value.readAll();
      assertAhead(all, value.size() / block, others);
      Cost read = value.readMiddle();
      assertAhead(read, MIB / block, others);
      assertTrue(read.account().bytesOut() < MIB + others * block, read.account().bytesOut() + "");

      AccountSnapshot written = value.writeMiddle().account();
      // What was there goes into the journal.
      assertTrue(written.bytesIn() >= 2 * MIB, written.bytesIn() + " bytes stored");
      assertTrue(written.bytesIn() < 2 * MIB + MIB / 4, written.bytesIn() + " bytes stored");
      assertTrue(written.bytesOut() < MIB + others * block, written.bytesOut() + " bytes read");
    }
  }

  private static void assertAhead(Cost cost, int blocks, int others) {
    // Blocks that were stored a moment ago are asked about once more: whether they still are that.
    AccountSnapshot gets =
        cost.account()
            .where(r -> r.operation() == S3Operation.GET_OBJECT && r.status() != NOT_MODIFIED);
    assertTrue(gets.count() >= blocks, () -> gets.count() + " of " + blocks);
    assertTrue(gets.count() <= blocks + others, () -> gets.count() + " for " + blocks);
    assertEquals(
        gets.count(),
        gets.requests().stream().map(r -> r.key()).distinct().count(),
        () -> gets.requests().toString());
    long used = cost.stats().prefetchedUsed();
    assertTrue(used >= blocks - others, () -> used + " of " + blocks + " were fetched ahead");
  }
}
