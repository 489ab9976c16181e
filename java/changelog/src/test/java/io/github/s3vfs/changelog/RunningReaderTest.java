package io.github.s3vfs.changelog;

import static io.github.s3vfs.changelog.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.changelog.ChangelogException.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A reader of a local file in the course of time: its batches, its name, a database in use. */
class RunningReaderTest {
  private static final TableSchema SCHEMA =
      TableSchema.of(Column.key("k", LogicalType.INT), Column.optional("v", LogicalType.STRING));
  private static final ReaderOptions IMPATIENT =
      ReaderOptions.defaults()
          .name("orders")
          .busyTimeout(Duration.ofMillis(10))
          .pollInterval(Duration.ofMillis(5));
  private static final int ROWS = 1_000;

  @TempDir Path directory;

  @BeforeEach
  void make() throws Exception {
    Places.sql(
        database(),
        "CREATE TABLE t(k INTEGER PRIMARY KEY, v TEXT)",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
            + ROWS
            + ") INSERT INTO t SELECT i, 'v' || i FROM n");
  }

  private ChangelogDatabase database() {
    return ChangelogDatabase.file(directory.resolve("db.sqlite"));
  }

  private ChangelogReader reader(ReaderOptions options) {
    return ChangelogReader.open(database(), "t", SCHEMA, options);
  }

  /** How many batches one look is, of which the last one may have no changes. */
  private static int batches(ChangelogReader reader, int changes) {
    int batches = 0;
    int told = 0;
    ChangeBatch batch;
    do {
      batch = reader.poll();
      assertTrue(!batch.isEmpty() || batch.complete());
      told += batch.changes().size();
      batches++;
    } while (!batch.complete());
    assertEquals(changes, told);
    assertEquals(new ChangeBatch(List.of(), false), reader.poll());
    return batches;
  }

  @Test
  void aBatchIsHandedOutWhenItsTimeIsUp() throws Exception {
    try (ChangelogReader reader = reader(IMPATIENT.autocommitDuration(Duration.ZERO))) {
      assertTrue(batches(reader, ROWS) > 10);
      Places.sql(database(), "UPDATE t SET v = 'x'");
      assertTrue(batches(reader, 2 * ROWS) > 10);
      Places.sql(database(), "DELETE FROM t");
      assertTrue(batches(reader, ROWS) > 10);
    }
    Places.sql(database(), "INSERT INTO t VALUES (1, 'a')");
    try (ChangelogReader reader = reader(IMPATIENT.autocommitDuration(Duration.ofHours(1)))) {
      assertEquals(1, batches(reader, 1));
    }
  }

  @Test
  void optionsAreChecked() {
    for (Runnable each :
        List.<Runnable>of(
            () -> IMPATIENT.maxBatchChanges(1),
            () -> IMPATIENT.autocommitDuration(Duration.ofMillis(-1)),
            () -> IMPATIENT.pollInterval(Duration.ZERO),
            () -> IMPATIENT.busyTimeout(Duration.ofMillis(-1)))) {
      assertThrows(IllegalArgumentException.class, each::run);
    }
  }

  @Test
  void timesMayBeAsLongAsTheyGet() throws Exception {
    Duration most = Duration.ofSeconds(Long.MAX_VALUE);
    ReaderOptions patient = IMPATIENT.busyTimeout(most).autocommitDuration(most).pollInterval(most);
    try (ChangelogReader reader = reader(patient);
        ChangelogWriter writer =
            ChangelogWriter.open(
                database(), "t", SCHEMA, WriterOptions.snapshot().busyTimeout(most))) {
      assertEquals(ROWS, reader.poll(most).changes().size());
      writer.write(0, List.of(RowEvent.delete(1L, "v1")));
      assertEquals("-[1, v1]", Told.text(reader));
    }
    // SQLite's own number has 32 bits.
    OpenConnection connection = database().open(Duration.ofDays(30));
    try (connection) {
      assertEquals(Integer.MAX_VALUE, connection.number("PRAGMA busy_timeout"));
    }
  }

  @Test
  void anInterruptEndsTheWaitAndNothingElse() throws Exception {
    ReaderOptions kept = IMPATIENT.stateDirectory(directory.resolve("state"));
    try (ChangelogReader reader = reader(kept)) {
      Thread.currentThread().interrupt();
      assertTrue(reader.poll(Duration.ofSeconds(60)).isEmpty());
      assertEquals(ROWS, reader.poll().changes().size());
      reader.saveState();
      assertTrue(Thread.interrupted());
      Places.sql(database(), "DELETE FROM t WHERE k > 1");
      assertEquals(ROWS - 1, Told.changes(reader).size());
      reader.saveState();
    }
    try (ChangelogReader reader = reader(kept)) {
      assertEquals("", Told.text(reader));
    }
  }

  @Test
  void theEndOfALookIsToldAlsoWhenTheNextOneReachesIt() throws Exception {
    ReaderOptions small =
        IMPATIENT.maxBatchChanges(ROWS + 1).stateDirectory(directory.resolve("state"));
    try (ChangelogReader reader = reader(small)) {
      assertFalse(reader.poll().complete());
      reader.saveState();
    }
    try (ChangelogReader reader = reader(small)) {
      assertEquals(new ChangeBatch(List.of(), true), reader.poll());
      assertEquals(new ChangeBatch(List.of(), false), reader.poll());
    }
    try (ChangelogReader reader = reader(small)) {
      assertEquals(new ChangeBatch(List.of(), false), reader.poll());
    }
  }

  @Test
  void aLockedDatabaseIsBusyUntilItIsFree() throws Exception {
    try (Connection writer = database().connect()) {
      Places.run(writer, "BEGIN EXCLUSIVE");
      ChangelogException e = assertRefused(Kind.BUSY, List.of(), () -> reader(IMPATIENT).close());
      assertTrue(String.valueOf(e.getMessage()).startsWith("orders: "), e.getMessage());
      Places.run(writer, "ROLLBACK");
      try (ChangelogReader reader = reader(IMPATIENT)) {
        assertEquals(ROWS, Told.changes(reader).size());
        Places.run(writer, "BEGIN EXCLUSIVE", "DELETE FROM t WHERE k = 7");
        assertRefused(Kind.BUSY, List.of(), reader::poll);
        assertRefused(Kind.BUSY, List.of(), () -> reader.poll(Duration.ofMillis(30)));
        Thread committing =
            new Thread(
                () -> {
                  try {
                    Places.run(writer, "COMMIT");
                  } catch (Exception failed) {
                    throw new AssertionError(failed);
                  }
                });
        committing.start();
        List<Change> changes = reader.poll(Duration.ofSeconds(60)).changes();
        assertEquals(List.of(List.of(7L)), changes.stream().map(Change::key).toList());
        committing.join();
      }
    }
  }

  @Test
  void aFileThatIsNoDatabaseForAMomentIsLookedAtAgain() throws Exception {
    Path file = directory.resolve("db.sqlite");
    Path whole = Files.copy(file, directory.resolve("whole.sqlite"));
    Places.sql(ChangelogDatabase.file(whole), "DELETE FROM t WHERE k = 7");
    try (ChangelogReader reader = reader(IMPATIENT)) {
      assertEquals(ROWS, Told.changes(reader).size());
      Files.writeString(file, "x".repeat(5_000));
      Thread replacing =
          new Thread(
              () -> {
                try {
                  Thread.sleep(100);
                  Files.move(whole, file, StandardCopyOption.REPLACE_EXISTING);
                } catch (Exception failed) {
                  throw new AssertionError(failed);
                }
              });
      replacing.start();
      List<Change> changes = reader.poll(Duration.ofSeconds(60)).changes();
      assertEquals(List.of(List.of(7L)), changes.stream().map(Change::key).toList());
      replacing.join();
    }
  }

  @Test
  void whatWasComparedBeforeAFailureIsHandedOutFirst() throws Exception {
    Places.sql(
        database(),
        "ALTER TABLE t RENAME TO stored",
        "ALTER TABLE stored ADD COLUMN bad",
        "CREATE VIEW t AS SELECT k, CASE WHEN bad THEN abs(bad - 9223372036854775807 - 2) ELSE v END v"
            + " FROM stored");
    try (ChangelogReader reader = reader(IMPATIENT)) {
      assertEquals(ROWS, Told.changes(reader).size());
      Places.sql(
          database(),
          "UPDATE stored SET v = 'x' WHERE k = 3",
          "UPDATE stored SET v = 'y', bad = 1 WHERE k = 900");
      ChangeBatch before = reader.poll();
      assertEquals(List.of(3L), before.changes().get(1).key());
      assertFalse(before.complete());
      for (int i = 0; i < 2; i++) {
        ChangelogException e = assertRefused(Kind.DATABASE_FAILED, List.of(), reader::poll);
        assertTrue(String.valueOf(e.getMessage()).contains("integer overflow"), e.getMessage());
      }
      Places.sql(database(), "UPDATE stored SET bad = 0");
      assertEquals("<[900, v900] >[900, y]", Told.text(reader));
    }
  }

  @Test
  void twoReadersOfOneTableTellTheSame() throws Exception {
    try (ChangelogReader one = reader(IMPATIENT);
        ChangelogReader other = reader(IMPATIENT.name("other"))) {
      assertEquals(Told.text(one), Told.text(other));
      Places.sql(database(), "DELETE FROM t WHERE k > 1", "UPDATE t SET v = NULL");
      // Rows that went come in no order.
      List<Change> changes = Told.changes(one);
      assertEquals(ROWS - 1 + 2, changes.size());
      assertEquals(Set.copyOf(changes), Set.copyOf(Told.changes(other)));
    }
  }

  @Test
  void theSizeOfTheStateIsKnown() {
    try (ChangelogReader reader = reader(IMPATIENT)) {
      assertEquals(ROWS, Told.changes(reader).size());
      assertTrue(reader.stateBytes() >= 48L * ROWS, reader.stateBytes() + " bytes");
      // A record's header, the flag, a number and a text of 2 to 5 bytes.
      long least = 21 + 1 + 9 + 5 + 2;
      long bytes = reader.stateFileBytes();
      assertTrue(bytes >= least * ROWS && bytes <= (least + 3) * ROWS, bytes + " bytes");
    }
  }
}
