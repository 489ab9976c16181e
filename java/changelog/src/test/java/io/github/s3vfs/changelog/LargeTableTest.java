package io.github.s3vfs.changelog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.testkit.AccountSnapshot;
import io.github.s3vfs.transfer.S3Databases;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A table of a million rows and 1 GiB, on S3 in the layout snapshot. */
class LargeTableTest {
  private static final TableSchema SCHEMA =
      TableSchema.of(Column.key("id", LogicalType.INT), Column.of("v", LogicalType.STRING));
  private static final S3Location DB = new S3Location(Places.BUCKET, "db");
  private static final int ROWS = 1_000_000;

  /** A row takes 1,073 bytes of the file, about. */
  private static final int TEXT_BYTES = 1_050;

  /** A changed leaf and what is above it, the head, and what the version has of the map. */
  private static final int MOST_BYTES = 128 << 10;

  /** The first look that compares two versions reads all inner pages: one of 400. */
  private static final int MOST_FIRST_BYTES = 2 << 20;

  private static final int MOST_REQUESTS = 16;
  private static final int MOST_FIRST_REQUESTS = 200;

  /** The state has 33 to 48 bytes for each row, and nothing of what is in them. */
  private static final int MOST_STATE_BYTES = 64 * ROWS;

  @TempDir Path directory;

  private static long told(ChangelogReader reader) {
    long told = 0;
    ChangeBatch batch = reader.poll();
    while (!batch.isEmpty()) {
      told += batch.changes().size();
      batch = reader.poll();
    }
    return told;
  }

  @Test
  @Tag("thorough")
  void ofOneChangedRowOnlyItsPagesAreFetched() throws Exception {
    try (Places places = Places.open(Places.Place.SNAPSHOT, directory);
        S3Vfs small = Places.vfs(places.server(), builder -> builder.cacheSizeBytes(16 << 20));
        // What upkeep reads is not of a look.
        S3Vfs alone = Places.vfs(places.server(), builder -> builder.upkeep(false));
        Connection writer = ChangelogDatabase.s3(alone, DB).connect()) {
      Places.run(
          writer,
          "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)",
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
              + ROWS
              + ") INSERT INTO t SELECT i, printf('%0"
              + TEXT_BYTES
              + "d', i) FROM n");
      assertTrue(S3Databases.of(small).info(DB).length() >= 1 << 30);
      ChangelogDatabase database = ChangelogDatabase.s3(small, DB);
      try (ChangelogReader reader =
          ChangelogReader.open(database, "t", SCHEMA, ReaderOptions.defaults())) {
        assertEquals(ROWS, told(reader));
        assertTrue(reader.stateBytes() <= MOST_STATE_BYTES, reader.stateBytes() + " bytes");
        for (int id : List.of(1, 77_777, ROWS / 2, ROWS)) {
          Places.run(writer, "UPDATE t SET v = 'changed' WHERE id = " + id);
          AccountSnapshot look =
              places.server().account().measure(() -> assertEquals(2, told(reader)));
          assertTrue(
              look.bytesOut() <= (id == 1 ? MOST_FIRST_BYTES : MOST_BYTES),
              look.bytesOut() + " bytes, row " + id);
          assertTrue(
              look.count() <= (id == 1 ? MOST_FIRST_REQUESTS : MOST_REQUESTS),
              look.toString() + ", row " + id);
          assertEquals(1, places.server().account().measure(() -> told(reader)).count());
        }
      }
    }
  }
}
