package io.github.s3vfs.changelog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Random histories of a table, compared with a plain map. */
@ParameterizedClass
@EnumSource(Places.Place.class)
class RandomHistoryTest {
  private static final boolean THOROUGH = Boolean.getBoolean("s3vfs.test.thorough");
  private static final TableSchema SCHEMA =
      TableSchema.of(
          Column.key("k", LogicalType.STRING),
          Column.optional("i", LogicalType.INT),
          Column.optional("v", LogicalType.STRING));
  private static final String COPY = "SELECT k, i, v FROM t ORDER BY k";

  @Parameter Places.Place place = Places.Place.LOCAL;
  @TempDir Path directory;

  private int steps() {
    return THOROUGH ? 1_000 : place == Places.Place.BLOCKS ? 40 : 120;
  }

  private static Random random() {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("-Dseed=" + seed);
    return new Random(seed);
  }

  private static @Nullable String value(Random random) {
    int size = random.nextInt(20) == 0 ? 6_000 : random.nextInt(30);
    return random.nextInt(8) == 0 ? null : Integer.toString(random.nextInt(4)).repeat(size);
  }

  /** Changes the table and the map alike. */
  private static void change(Random random, Connection connection, Map<String, List<Object>> map)
      throws Exception {
    Places.run(connection, "BEGIN");
    for (int n = 1 + random.nextInt(random.nextInt(5) == 0 ? 200 : 4); n > 0; n--) {
      String key = "k" + random.nextInt(300);
      if (random.nextInt(3) == 0) {
        run(connection, "DELETE FROM t WHERE k = ?", key);
        map.remove(key);
      } else {
        Long number = (long) random.nextInt(3);
        String text = value(random);
        run(connection, "INSERT OR REPLACE INTO t(k, i, v) VALUES (?, ?, ?)", key, number, text);
        map.put(key, row(key, number, text));
      }
    }
    if (random.nextInt(30) == 0) {
      run(connection, "DELETE FROM t");
      map.clear();
    }
    Places.run(
        connection,
        random.nextInt(30) == 0 ? "ALTER TABLE t ADD COLUMN x" + System.nanoTime() : "SELECT 1",
        "COMMIT");
  }

  private static List<Object> row(@Nullable Object... values) {
    List<Object> row = new ArrayList<>();
    for (Object each : values) {
      row.add(each == null ? "NULL" : each);
    }
    return row;
  }

  private static void run(Connection connection, String sql, @Nullable Object... values)
      throws Exception {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      int unused = statement.executeUpdate();
    }
  }

  /** Applies changes to what was told so far; each must fit. */
  private static void apply(List<Change> changes, Map<String, List<Object>> told) {
    for (int i = 0; i < changes.size(); i++) {
      Change change = changes.get(i);
      String key = String.valueOf(change.key().get(0));
      List<Object> row = row(change.row().values().toArray());
      switch (change.kind()) {
        case INSERT -> assertEquals(null, told.put(key, row), key);
        case DELETE -> assertEquals(row, told.remove(key), key);
        case UPDATE_BEFORE -> {
          assertEquals(row, told.get(key), key);
          assertEquals(Change.Kind.UPDATE_AFTER, changes.get(i + 1).kind());
        }
        case UPDATE_AFTER -> {
          assertTrue(!row.equals(told.put(key, row)), "an update changes something");
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " WITHOUT ROWID"})
  void readersTellOfTheMapAndWritersMakeItAgain(String withoutRowid) throws Exception {
    Random random = random();
    Map<String, List<Object>> map = new TreeMap<>();
    Map<String, List<Object>> told = new HashMap<>();
    int parts = 0;
    try (Places places = Places.open(place, directory)) {
      ChangelogDatabase from = places.database("from");
      ChangelogDatabase to = places.database("to");
      Places.sql(
          from,
          "PRAGMA page_size = 1024",
          "CREATE TABLE t(k TEXT PRIMARY KEY NOT NULL, i INT, v TEXT)" + withoutRowid);
      ReaderOptions options = ReaderOptions.defaults().maxBatchChanges(2 + random.nextInt(100));
      ChangelogReader reader = ChangelogReader.open(from, "t", SCHEMA, options);
      WriterOptions snapshot = WriterOptions.snapshot().init(WriterOptions.InitMode.CREATE);
      try (Connection connection = from.connect();
          ChangelogWriter writer = ChangelogWriter.open(to, "t", SCHEMA, snapshot)) {
        for (int step = 0; step < steps(); step++) {
          change(random, connection, map);
          if (random.nextInt(3) == 0) {
            List<Change> changes = Told.changes(reader);
            parts += reader.sawPart() ? 1 : 0;
            apply(changes, told);
            assertEquals(map, new TreeMap<>(told));
            writer.write(step, new ChangeBatch(changes, true));
          }
          if (random.nextInt(20) == 0) {
            reader = again(from, reader, options);
          }
        }
        writer.write(0, new ChangeBatch(Told.changes(reader), true));
      }
      reader.close();
      assertEquals(place == Places.Place.SNAPSHOT, parts > 0, parts + " looks at a part");
      assertEquals(Places.rows(from, COPY), Places.rows(to, COPY));
    }
  }

  /** Another reader that goes on with its state. */
  private static ChangelogReader again(
      ChangelogDatabase database, ChangelogReader reader, ReaderOptions options) {
    ByteArrayOutputStream saved = new ByteArrayOutputStream();
    reader.saveState(saved);
    reader.close();
    return ChangelogReader.restore(
        database, "t", SCHEMA, options, new ByteArrayInputStream(saved.toByteArray()));
  }

  /** A process that copies, and is killed now and then between any two of its steps. */
  @Test
  void whatWasNotSavedIsToldAgainAsItWas() throws Exception {
    Random random = random();
    Map<String, List<Object>> map = new TreeMap<>();
    List<Change> unsaved = new ArrayList<>();
    try (Places places = Places.open(place, directory)) {
      ChangelogDatabase from = places.database("from");
      ChangelogDatabase to = places.database("to");
      Places.sql(from, "CREATE TABLE t(k TEXT PRIMARY KEY NOT NULL, i INT, v TEXT)");
      ChangelogReader reader = openKept(from, random);
      WriterOptions snapshot = WriterOptions.snapshot().init(WriterOptions.InitMode.CREATE);
      try (Connection connection = from.connect();
          ChangelogWriter writer = ChangelogWriter.open(to, "t", SCHEMA, snapshot)) {
        for (int step = 0; step < steps() / 2; step++) {
          change(random, connection, map);
          boolean isLooking = false;
          for (int n = random.nextInt(4); n > 0; n--) {
            ChangeBatch batch = reader.poll();
            isLooking = !batch.isEmpty() && !batch.complete();
            unsaved.addAll(batch.changes());
            if (random.nextInt(4) > 0) {
              writer.write(step, batch);
            } else {
              reader = killed(from, reader, random, writer, unsaved);
            }
            if (random.nextInt(4) == 0) {
              reader.saveState();
              unsaved.clear();
            }
          }
          // Writers of the other places would wait for the end of a look.
          if (random.nextInt(10) == 0 || (isLooking && place != Places.Place.SNAPSHOT)) {
            reader = killed(from, reader, random, writer, unsaved);
          }
        }
        Told.copy(reader, writer);
      }
      reader.close();
      assertEquals(Places.rows(from, COPY), Places.rows(to, COPY));
    }
  }

  private ChangelogReader openKept(ChangelogDatabase database, Random random) {
    ReaderOptions options =
        ReaderOptions.defaults()
            .stateDirectory(directory.resolve("state"))
            .maxBatchChanges(2 + random.nextInt(100));
    return ChangelogReader.open(database, "t", SCHEMA, options);
  }

  /** Another reader, that has told of what was not saved; or of a part of it, which it saved. */
  private ChangelogReader killed(
      ChangelogDatabase database,
      ChangelogReader reader,
      Random random,
      ChangelogWriter writer,
      List<Change> unsaved) {
    reader.close();
    ChangelogReader next = openKept(database, random);
    int told = 0;
    int saved = 0;
    while (told < unsaved.size()) {
      ChangeBatch batch = next.poll();
      int end = told + batch.changes().size();
      assertEquals(unsaved.subList(told, end), batch.changes());
      writer.write(0, batch);
      told = end;
      if (random.nextInt(3) == 0) {
        next.saveState();
        saved = told;
      }
      if (random.nextInt(6) == 0) {
        next.close();
        next = openKept(database, random);
        told = saved;
      }
    }
    unsaved.subList(0, saved).clear();
    return next;
  }

  @Test
  void writersMakeTheMap() throws Exception {
    Random random = random();
    Map<String, List<Object>> map = new TreeMap<>();
    try (Places places = Places.open(place, directory)) {
      ChangelogDatabase to = places.database("to");
      WriterOptions snapshot =
          WriterOptions.snapshot().init(WriterOptions.InitMode.CREATE).maxBatchSize(5);
      try (ChangelogWriter writer = ChangelogWriter.open(to, "t", SCHEMA, snapshot)) {
        for (int step = 0; step < steps() / 4; step++) {
          Map<String, RowEvent> batch = new HashMap<>();
          for (int n = random.nextInt(20); n > 0; n--) {
            String key = "k" + random.nextInt(40);
            Long number = (long) random.nextInt(9);
            String text = value(random);
            boolean comes = random.nextBoolean();
            batch.put(
                key,
                comes ? RowEvent.insert(key, number, text) : RowEvent.delete(key, number, text));
            if (comes) {
              map.put(key, row(key, number, text));
            } else {
              map.remove(key);
            }
          }
          writer.write(step, batch.values());
        }
      }
      String rows =
          String.join(
              ", ",
              map.values().stream()
                  .map(row -> String.join("|", row.stream().map(String::valueOf).toList()))
                  .toList());
      assertEquals(rows, Places.rows(to, COPY));
    }
  }
}
