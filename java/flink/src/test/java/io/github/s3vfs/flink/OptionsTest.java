package io.github.s3vfs.flink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.s3vfs.changelog.WriterOptions.InitMode;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import org.apache.flink.table.api.DataTypes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Options that are refused or cut, and what a sink makes of its table. */
class OptionsTest {
  @TempDir Path directory;

  private static SqliteTable table(String url) {
    return SqliteTable.of(
        url, "the \"t\"", DataTypes.ROW(DataTypes.FIELD("id", DataTypes.BIGINT().notNull())), "id");
  }

  @Test
  void changesOfAVersionAreRefused() {
    for (String each : List.of("version=7", "as_of=2026-01-31T12:00:00Z")) {
      SqliteTable table = table("jdbc:sqlite:file:/bucket/key?vfs=s3&" + each);
      assertEquals(
          "the url names a version, or as_of, and what that has does not change: it is read with"
              + " 'scan.mode' = 'snapshot'",
          assertThrows(
                  IllegalArgumentException.class,
                  () -> SqliteSource.rows(table, SqliteSourceOptions.changelog()))
              .getMessage());
      SqliteSource<?> unused = SqliteSource.rows(table, SqliteSourceOptions.snapshot());
    }
  }

  @Test
  void timesThatAreTooLongAreCut() {
    Duration days = Duration.ofDays(1_000_000);
    Duration eternity = Duration.ofSeconds(Long.MAX_VALUE);
    Duration longest = Duration.ofMillis(Integer.MAX_VALUE);
    for (Duration each : List.of(days, eternity, longest)) {
      SqliteSourceOptions options =
          SqliteSourceOptions.changelog().busyTimeout(each).pollInterval(each).retryTimeout(each);
      assertEquals(longest, options.busyTimeout());
      assertEquals(longest, options.pollInterval());
      assertEquals(longest, SqliteSinkOptions.upsert().busyTimeout(each).busyTimeout());
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> SqliteSourceOptions.changelog().pollInterval(Duration.ofNanos(999_999)));
  }

  @ParameterizedTest
  @CsvSource({"REPLACE, ''", "CREATE, '1, 2'", "DEFAULT, '1, 2'"})
  void aTableThatWasReplacedHasNothingOfAnotherSink(InitMode init, String rows) throws Exception {
    String url = "jdbc:sqlite:" + directory.resolve("db.sqlite");
    Databases.run(
        url,
        "CREATE TABLE \"the \"\"t\"\"\"(id INTEGER PRIMARY KEY)",
        "INSERT INTO \"the \"\"t\"\"\" VALUES (1), (2)");
    SqliteTable table = table(url);
    try (Connection connection = DriverManager.getConnection(url)) {
      SqliteSink.take(connection, table, init, new SinkBook(table, "sink", "job"));
    }
    assertEquals(rows, Databases.rows(url, "SELECT id FROM \"the \"\"t\"\"\""));
    assertEquals("sink|0", Databases.rows(url, "SELECT sink, checkpoint FROM s3vfs_flink_sinks"));
  }
}
