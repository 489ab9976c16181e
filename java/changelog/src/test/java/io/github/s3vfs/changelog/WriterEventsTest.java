package io.github.s3vfs.changelog;

import static io.github.s3vfs.changelog.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.changelog.ChangelogException.Kind;
import io.github.s3vfs.changelog.WriterOptions.InitMode;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What a writer makes of events, in local files and on S3. */
@ParameterizedClass
@EnumSource(Places.Place.class)
class WriterEventsTest {
  private static final TableSchema SCHEMA =
      TableSchema.of(
          Column.of("k", LogicalType.INT),
          Column.of("l", LogicalType.STRING),
          Column.optional("v", LogicalType.INT));
  private static final WriterOptions BY_KEY =
      WriterOptions.snapshot("l", "k").init(InitMode.CREATE);
  private static final String ROWS = "SELECT * FROM t ORDER BY 1, 2, 3";

  @Parameter Places.Place place = Places.Place.LOCAL;
  @TempDir Path directory;
  private Places places = Places.open(Places.Place.LOCAL, Path.of(""));
  private ChangelogDatabase database = places.database("none");

  @BeforeEach
  void open() {
    places = Places.open(place, directory);
    database = places.database("db");
  }

  @AfterEach
  void close() {
    places.close();
  }

  private ChangelogWriter writer(WriterOptions options) {
    return ChangelogWriter.open(database, "t", SCHEMA, options);
  }

  private String rows() throws Exception {
    return Places.rows(database, ROWS);
  }

  private static RowEvent in(long k, String l, Object v) {
    return RowEvent.insert(k, l, v);
  }

  private static RowEvent out(long k, String l, Object v) {
    return RowEvent.delete(k, l, v);
  }

  @Test
  void aStreamOfChangesIsALogOfAllEvents() throws Exception {
    WriterOptions options = WriterOptions.streamOfChanges().init(InitMode.CREATE);
    try (ChangelogWriter writer = writer(options)) {
      writer.write(5, List.of(in(1, "a", 1L), in(1, "a", 1L), out(1, "a", 1L)));
      writer.write(6, List.of(out(2, "b", 7L)));
      writer.write(7, List.of());
    }
    writer(options).close();
    assertEquals(
        "1|a|1|5|-1, 1|a|1|5|1, 1|a|1|5|1, 2|b|7|6|-1", Places.rows(database, ROWS + ", 4, 5"));
    writer(options.init(InitMode.REPLACE)).close();
    assertEquals("", rows());
  }

  @Test
  void aSnapshotHasTheRowsThatThereAre() throws Exception {
    try (ChangelogWriter writer = writer(BY_KEY)) {
      writer.write(1, List.of(in(1, "a", 1L), in(1, "b", 2L), in(2, "a", 3L)));
      assertEquals("1|a|1, 1|b|2, 2|a|3", rows());
      writer.write(2, List.of(in(1, "a", 9L), out(1, "a", 1L)));
      assertEquals("1|a|9, 1|b|2, 2|a|3", rows());
      writer.write(3, List.of(in(1, "a", 10L), out(1, "b", 0L), out(7, "x", 0L)));
      assertEquals("1|a|10, 2|a|3", rows());
    }
  }

  @Test
  void aTableOfKeysOnlyIsWrittenTo() throws Exception {
    TableSchema keys = TableSchema.of(Column.key("k", LogicalType.INT));
    WriterOptions options = WriterOptions.snapshot().init(InitMode.CREATE);
    try (ChangelogWriter writer = ChangelogWriter.open(database, "t", keys, options)) {
      writer.write(1, List.of(RowEvent.insert(1L), RowEvent.insert(2L)));
      writer.write(2, List.of(RowEvent.insert(1L), RowEvent.delete(2L)));
    }
    assertEquals("1", Places.rows(database, "SELECT * FROM t"));
  }

  @Test
  void columnsThatAreNotWrittenStayInAnUpdate() throws Exception {
    Places.sql(database, "CREATE TABLE t(k INT, l TEXT, v INT, w DEFAULT 'd', UNIQUE(k, l))");
    try (ChangelogWriter writer = writer(BY_KEY)) {
      writer.write(1, List.of(in(1, "a", 1L)));
      Places.sql(database, "UPDATE t SET w = 'mine'");
      writer.write(2, List.of(in(1, "a", 2L)));
    }
    assertEquals("1|a|2|mine", rows());
  }

  @Test
  void rowsWithErrorsAreRefusedAndNothingOfTheBatchIsWritten() throws Exception {
    try (ChangelogWriter writer = writer(BY_KEY)) {
      RowEvent bad = new RowEvent(List.of(2L, "b", 1L), 1, Map.of("v", "no value"));
      assertRefused(
          Kind.ROW_HAS_ERRORS, List.of("v"), () -> writer.write(1, List.of(in(1, "a", 1L), bad)));
      assertRefused(
          Kind.INVALID_VALUE, List.of(), () -> writer.write(1, List.of(RowEvent.insert(1L))));
      assertEquals("", rows());
      writer.write(1, List.of(in(1, "a", 1L)));
    }
    assertEquals("1|a|1", rows());
  }

  @Test
  void ofSeveralTransactionsNoneIsBegunForABatchWithABadEvent() throws Exception {
    RowEvent bad = in(3, "c", "no number");
    try (ChangelogWriter writer = writer(BY_KEY.maxBatchSize(1).name("copy"))) {
      writer.write(1, List.of(in(1, "a", 1L)));
      ChangelogException e =
          assertRefused(
              Kind.INVALID_VALUE,
              List.of("v"),
              () -> writer.write(2, List.of(out(1, "a", 1L), in(2, "b", 1L), bad)));
      assertTrue(String.valueOf(e.getMessage()).startsWith("copy: cannot"), e.getMessage());
    }
    assertEquals("1|a|1", rows());
  }

  @Test
  void aTableThatGoesIsAnErrorUntilItIsBack() throws Exception {
    try (ChangelogWriter writer = writer(BY_KEY)) {
      writer.write(1, List.of(in(1, "a", 1L)));
      Places.sql(database, "ALTER TABLE t RENAME TO u");
      ChangelogException e =
          assertRefused(
              Kind.DATABASE_FAILED, List.of(), () -> writer.write(2, List.of(in(2, "b", 2L))));
      assertTrue(String.valueOf(e.getMessage()).contains("no such table: main.t"), e.getMessage());
      Places.sql(database, "ALTER TABLE u RENAME TO t", "ALTER TABLE t DROP COLUMN v");
      e =
          assertRefused(
              Kind.DATABASE_FAILED, List.of(), () -> writer.write(2, List.of(in(2, "b", 2L))));
      assertTrue(String.valueOf(e.getMessage()).contains("no column named v"), e.getMessage());
      Places.sql(database, "ALTER TABLE t ADD COLUMN v INT");
      writer.write(2, List.of(in(2, "b", 2L)));
    }
    assertEquals("1|a|NULL, 2|b|2", rows());
  }

  /** To SQLite a name in double quotes that is no column's is a text. */
  @Test
  void aKeyThatHasAnotherNameNowIsAnErrorAndNothingIsDeleted() throws Exception {
    try (ChangelogWriter writer = writer(BY_KEY)) {
      writer.write(0, List.of(in(1, "l", 1L), in(1, "other", 2L)));
      Places.sql(database, "ALTER TABLE t RENAME COLUMN l TO m");
      for (RowEvent each : List.of(out(1, "l", 1L), out(1, "other", 2L))) {
        ChangelogException e =
            assertRefused(Kind.DATABASE_FAILED, List.of(), () -> writer.write(1, List.of(each)));
        assertTrue(String.valueOf(e.getMessage()).contains("no such column"), e.getMessage());
      }
      assertEquals("1|l|1, 1|other|2", rows());
    }
  }

  @Test
  void aConflictWithAnotherConstraintUndoesTheBatch() throws Exception {
    Places.sql(database, "CREATE TABLE t(k INT, l TEXT, v INT UNIQUE, PRIMARY KEY(k, l))");
    try (ChangelogWriter writer = writer(BY_KEY)) {
      writer.write(1, List.of(in(1, "a", 1L)));
      assertRefused(
          Kind.CONSTRAINT,
          List.of(),
          () -> writer.write(2, List.of(in(2, "b", 2L), in(3, "c", 1L))));
      assertEquals("1|a|1", rows());
      writer.write(3, List.of(in(2, "b", 2L)));
    }
    assertEquals("1|a|1, 2|b|2", rows());
  }

  @Test
  void batchesAboveTheMostAreSeveralTransactions() throws Exception {
    try (ChangelogWriter writer = writer(BY_KEY.maxBatchSize(2))) {
      List<RowEvent> events = new ArrayList<>();
      for (int i = 0; i < 7; i++) {
        events.add(in(i, "a", (long) i));
      }
      writer.write(1, events);
      events.clear();
      for (int i = 0; i < 7; i++) {
        events.add(in(i, "a", i + 10L));
        events.add(out(i, "a", (long) i));
      }
      writer.write(2, events);
    }
    assertEquals("0|a|10, 1|a|11, 2|a|12, 3|a|13, 4|a|14, 5|a|15, 6|a|16", rows());
  }

  @Test
  void twoWritersTakeTurns() throws Exception {
    writer(BY_KEY).close();
    List<CompletableFuture<Void>> both = new ArrayList<>();
    for (String name : List.of("a", "b")) {
      both.add(
          CompletableFuture.runAsync(
              () -> {
                try (ChangelogWriter writer = writer(BY_KEY)) {
                  for (int i = 0; i < 10; i++) {
                    writer.write(i, List.of(in(i, name, 1L), in(i + 100, name, 2L)));
                  }
                }
              }));
    }
    both.forEach(CompletableFuture::join);
    assertEquals("40", Places.rows(database, "SELECT count(*) FROM t"));
  }

  @Test
  void aBusyDatabaseIsAnErrorAndTheBatchMayBeWrittenAgain() throws Exception {
    try (ChangelogWriter writer = writer(BY_KEY.busyTimeout(Duration.ofMillis(20)))) {
      try (Connection other = database.connect()) {
        Places.run(other, "BEGIN IMMEDIATE");
        assertRefused(Kind.BUSY, List.of(), () -> writer.write(1, List.of(in(1, "a", 1L))));
        Places.run(other, "ROLLBACK");
      }
      writer.write(1, List.of(in(1, "a", 1L)));
    }
    assertEquals("1|a|1", rows());
  }

  @Test
  void aClosedWriterWritesNothing() {
    ChangelogWriter writer = writer(BY_KEY);
    writer.close();
    writer.close();
    assertRefused(Kind.CLOSED, List.of(), () -> writer.write(1, List.of()));
  }
}
