package io.github.s3vfs.changelog;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.s3vfs.testkit.ReadmeExample;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example of the README, compiled and run as it stands there. */
class ReadmeExampleTest {
  @TempDir Path directory;

  @Test
  void copiesTheChangesOfATable() throws Exception {
    try (Places places = Places.open(Places.Place.SNAPSHOT, directory)) {
      ChangelogDatabase from = places.database("from");
      Path to = directory.resolve("to.sqlite");
      Places.sql(
          from,
          "CREATE TABLE fruit(id INTEGER PRIMARY KEY, name TEXT, price TEXT)",
          "INSERT INTO fruit VALUES (1, 'apple', '1.20'), (2, 'pear', NULL)");
      assertEquals(2L, copy(from, to));
      Places.sql(
          from, "UPDATE fruit SET price = '2' WHERE id = 2", "DELETE FROM fruit WHERE id = 1");
      assertEquals(3L, copy(from, to));
      assertEquals(0L, copy(from, to));
      assertEquals(
          "2|pear|2", Places.rows(ChangelogDatabase.file(to), "SELECT * FROM fruit ORDER BY id"));
    }
  }

  private Object copy(ChangelogDatabase from, Path to) throws Exception {
    return ReadmeExample.compiled("Copier", directory)
        .getMethod("copyChanges", String.class, String.class, Path.class)
        .invoke(null, from.toString(), "jdbc:sqlite:" + to, directory.resolve("state"));
  }
}
