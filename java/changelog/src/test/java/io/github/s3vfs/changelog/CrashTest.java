package io.github.s3vfs.changelog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.changelog.Places.Place;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** kill -9 of a process that copies changes from one table to another. */
class CrashTest {
  private static final String ROWS = "SELECT k, v FROM t ORDER BY k";

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(
      value = Place.class,
      names = {"LOCAL", "SNAPSHOT"})
  void theNextProcessMakesTheCopyWhole(Place place) throws Exception {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    int kills = Boolean.getBoolean("s3vfs.test.thorough") ? 20 : 2;
    try (Places places = Places.open(place, directory)) {
      ChangelogDatabase from = places.database("from");
      ChangelogDatabase to = places.database("to");
      Places.sql(from, "CREATE TABLE t(k INTEGER PRIMARY KEY, v TEXT)");
      for (int i = 0; i < kills; i++) {
        Places.sql(
            from,
            "UPDATE t SET v = 'changed " + i + "' WHERE k % 3 = " + i % 3,
            // What the process has told of last is not there any more, or as it was before.
            "DELETE FROM t WHERE k > " + random.nextInt(3_000),
            "UPDATE t SET v = 'new' WHERE k % 2 = " + i % 2,
            "DELETE FROM t WHERE k % 11 = " + i % 11,
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)"
                + " INSERT OR IGNORE INTO t SELECT i, 'new' FROM n WHERE i % 4 <> "
                + random.nextInt(4));
        KilledProcess.runAndKill(
            directory, 1 + random.nextInt(20), random.nextInt(30_000), arguments(place, places));
      }
      Places.sql(from, "UPDATE t SET v = 'last' WHERE k < 100");
      ReaderOptions options = ReaderOptions.defaults().stateDirectory(directory.resolve("state"));
      assertTrue(Files.size(directory.resolve("state/state.log")) > 0);
      try (ChangelogReader reader = ChangelogReader.open(from, "t", KilledProcess.SCHEMA, options);
          ChangelogWriter writer =
              ChangelogWriter.open(to, "t", KilledProcess.SCHEMA, WriterOptions.snapshot())) {
        Told.copy(reader, writer);
      }
      assertEquals(Places.rows(from, ROWS), Places.rows(to, ROWS));
    }
  }

  private static String[] arguments(Place place, Places places) {
    return place == Place.LOCAL
        ? new String[0]
        : new String[] {
          places.server().endpoint().toString(),
          places.server().accessKeyId(),
          places.server().secretAccessKey()
        };
  }
}
