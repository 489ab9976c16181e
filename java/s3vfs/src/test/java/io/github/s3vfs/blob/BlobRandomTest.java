package io.github.s3vfs.blob;

import static io.github.s3vfs.blob.Blobs.value;
import static io.github.s3vfs.blob.Blobs.writer;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.s3vfs.Layout;
import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.scenario.Bucket;
import io.github.s3vfs.scenario.Sql;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.NullSource;

/** Random operations and transactions on a blob, compared with an array. */
class BlobRandomTest {
  private static final boolean THOROUGH = Boolean.getBoolean("s3vfs.test.thorough");

  /**
   * @param layout null for a local database in memory
   */
  @ParameterizedTest
  @NullSource
  @EnumSource(Layout.class)
  void anythingIsAsInAnArray(@Nullable Layout layout) throws Exception {
    long seed = new Random().nextLong();
    System.out.println("BlobRandomTest " + layout + " seed " + seed);
    Random random = new Random(seed);
    if (layout == null) {
      for (int i = 0; i < (THOROUGH ? 200 : 8); i++) {
        try (Connection c = DriverManager.getConnection("jdbc:sqlite::memory:")) {
          new Round(random, c, "seed " + seed + " round " + i).run(200);
        }
      }
      return;
    }
    try (Bucket bucket = Bucket.open(b -> b.layout(layout))) {
      for (int i = 0; i < (THOROUGH ? 20 : 1); i++) {
        try (Connection c = bucket.connect("db" + i)) {
          Round round = new Round(random, c, layout + " seed " + seed + " round " + i);
          round.run(60);
          try (S3Vfs cold = Bucket.vfs(bucket.server(), b -> b);
              Connection again = DriverManager.getConnection(Bucket.url(cold, "db" + i, ""))) {
            assertArrayEquals(round.committed, value(again, 1), round.what);
            Sql.assertIntact(again);
          }
        }
      }
    }
  }

  private static final class Round {
    private final Random random;
    private final Connection connection;
    private final String what;
    private final byte[] model;
    private byte[] committed;

    Round(Random random, Connection connection, String what) throws SQLException {
      this.random = random;
      this.connection = connection;
      this.what = what;
      model = new byte[random.nextInt(2 << random.nextInt(18))];
      random.nextBytes(model);
      committed = model.clone();
      Sql.execute(
          connection,
          "PRAGMA page_size = " + (512 << random.nextInt(8)),
          "PRAGMA auto_vacuum = " + random.nextInt(3),
          "CREATE TABLE t(id INTEGER PRIMARY KEY, b)");
      Blobs.insert(connection, model);
      connection.setAutoCommit(false);
    }

    void run(int steps) throws Exception {
      for (int step = 0; step < steps; ) {
        try (SqliteBlobChannel blob = writer(connection, 1)) {
          for (int end = step + random.nextInt(30); step < Math.min(end, steps); step++) {
            step(blob, what + " step " + step);
          }
        }
        step++;
        if (random.nextInt(3) > 0) {
          connection.commit();
          committed = model.clone();
        } else {
          connection.rollback();
          System.arraycopy(committed, 0, model, 0, model.length);
        }
        assertArrayEquals(model, value(connection, 1), what);
      }
      Sql.assertIntact(connection);
      connection.rollback();
    }

    private void step(SqliteBlobChannel blob, String now) throws Exception {
      int at = (int) blob.position();
      int count = random.nextInt(model.length - at + 2);
      ByteBuffer buffer =
          random.nextBoolean() ? ByteBuffer.allocate(count) : ByteBuffer.allocateDirect(count);
      int left = model.length - at;
      switch (random.nextInt(5)) {
        case 0 -> {
          int read = blob.read(buffer);
          assertEquals(count == 0 ? 0 : left == 0 ? -1 : Math.min(count, left), read, now);
          assertEquals(ByteBuffer.wrap(model, at, Math.max(0, read)), buffer.flip(), now);
        }
        case 1 -> {
          if (count > left) {
            assertThrows(IndexOutOfBoundsException.class, () -> blob.readFully(buffer), now);
          } else {
            blob.readFully(buffer);
            assertEquals(ByteBuffer.wrap(model, at, count), buffer.flip(), now);
          }
        }
        case 2 -> {
          byte[] bytes = new byte[count];
          random.nextBytes(bytes);
          buffer.put(bytes).flip();
          if (count > left) {
            assertThrows(IndexOutOfBoundsException.class, () -> blob.write(buffer), now);
          } else {
            assertEquals(count, blob.write(buffer), now);
            System.arraycopy(bytes, 0, model, at, count);
          }
        }
        default -> {
          long to = random.nextInt(model.length + 3) - 1L;
          if (to < 0 || to > model.length) {
            assertThrows(IllegalArgumentException.class, () -> blob.position(to), now);
          } else {
            assertEquals(to, blob.position(to).position(), now);
          }
        }
      }
    }
  }
}
