package io.github.s3vfs.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.Layout;
import io.github.s3vfs.internal.layout.snapshot.Heads;
import io.github.s3vfs.internal.store.InMemoryObjectStore;
import io.github.s3vfs.internal.vfs.MemoryVfs;
import io.github.s3vfs.scenario.Moments.Moment;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A process dies at any moment of transactions over several files, some local and some in S3.
 * Whoever opens them then finds each file at one of its committed states, none older than the last
 * COMMIT that has returned, and the local files all at the same one. So it is when that process
 * dies, too, while it rolls back.
 */
class AttachCrashTest {
  private static final boolean THOROUGH = Boolean.getBoolean("s3vfs.test.thorough");

  /** Of the moments, every one or every so many-th is looked at. */
  private static final int STRIDE = THOROUGH ? 1 : 3;

  /** The same of those within a rollback. */
  private static final int ROLLBACK_STRIDE = THOROUGH ? 1 : 41;

  @TempDir Path directory;

  /** What each file held after each commit, in their order. */
  private final List<Map<String, String>> states = new ArrayList<>();

  private List<String> files = List.of();
  private Layout layout = Layout.BLOCKS;
  private String mode = "";
  private String localMode = "";
  private String blockSize = "";

  /**
   * @param names of the databases, the main one first; those in S3 are a and b, those with "here"
   *     in their names are local
   * @param mode the journal mode in S3
   * @param localMode that of the local files
   */
  @ParameterizedTest
  @CsvSource({
    "here a, DELETE, DELETE, 4096, BLOCKS",
    "here a, TRUNCATE, PERSIST, 2048, BLOCKS",
    "here a, PERSIST, TRUNCATE, 4097, BLOCKS",
    "here a, MEMORY, DELETE, 4096, BLOCKS",
    "here a there b, DELETE, DELETE, 4096, BLOCKS",
    "here a there b, TRUNCATE, DELETE, 2000, BLOCKS",
    "here a there b, PERSIST, PERSIST, 4096, BLOCKS",
    "here a there b, MEMORY, TRUNCATE, 4096, BLOCKS",
    "here there a b, DELETE, PERSIST, 4096, BLOCKS",
    "a here, MEMORY, DELETE, 4096, BLOCKS",
    "a here b, MEMORY, PERSIST, 4096, BLOCKS",
    "a here, DELETE, DELETE, 4096, BLOCKS",
    "a here b, PERSIST, TRUNCATE, 4096, BLOCKS",
    "here a, DELETE, DELETE, 4096, SNAPSHOT",
    "here a there b, TRUNCATE, PERSIST, 4096, SNAPSHOT",
    "here there a b, MEMORY, DELETE, 4096, SNAPSHOT",
    "a here b, MEMORY, TRUNCATE, 4096, SNAPSHOT",
    "a here, DELETE, DELETE, 4096, SNAPSHOT",
  })
  void everyFileIsAtACommittedStateAndTheLocalOnesAgree(
      String names, String mode, String localMode, String blockSize, Layout layout)
      throws Exception {
    this.layout = layout;
    this.files = List.of(names.split(" "));
    this.mode = mode;
    this.localMode = localMode;
    this.blockSize = blockSize;
    Moments moments = new Moments(directory, new InMemoryObjectStore("bucket"), 0, false);
    try (MemoryVfs vfs = moments.vfs();
        Connection c = connect(vfs)) {
      prepare(c);
      states.add(contents(c));
      for (Step step : steps()) {
        run(c, step, moments);
      }
    }
    assertTrue(moments.all().size() > 50, "too few moments");
    // Another part of them for each combination, and in both orders of opening.
    int first = Math.floorMod((names + mode + localMode + layout).hashCode(), STRIDE);
    for (int number = first; number < moments.all().size(); number += STRIDE) {
      List<Moment> withinRollback = checked(moments.all().get(number), number % 2 == 0);
      for (int i = number % ROLLBACK_STRIDE; i < withinRollback.size(); i += ROLLBACK_STRIDE) {
        checked(withinRollback.get(i), i % 2 == 0);
      }
    }
  }

  /**
   * A transaction.
   *
   * @param of the files that it changes
   * @param statements with %s for the name of each file
   * @param end COMMIT, ROLLBACK, or "" for a statement without a transaction
   */
  private record Step(List<String> of, List<String> statements, String end) {}

  private List<Step> steps() {
    List<String> here = files.stream().filter(AttachCrashTest::isLocal).toList();
    List<String> inS3 = files.stream().filter(file -> !isLocal(file)).toList();
    List<String> firstAndLast = List.of(files.get(0), files.get(files.size() - 1));
    List<String> create = List.of("CREATE TABLE %s.t(id INTEGER PRIMARY KEY, v TEXT)");
    List<String> fill =
        List.of(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30)"
                + " INSERT INTO %s.t SELECT i, hex(zeroblob(90)) || i FROM n");
    List<Step> steps = new ArrayList<>();
    if (isRefused(files)) {
      files.forEach(file -> steps.add(new Step(List.of(file), create, "COMMIT")));
      files.forEach(file -> steps.add(new Step(List.of(file), fill, "COMMIT")));
    } else {
      steps.add(new Step(files, create, "COMMIT"));
      steps.add(new Step(files, fill, "COMMIT"));
    }
    List<String> some = List.of("UPDATE %s.t SET v = 'some ' || v WHERE id %% 5 = 2");
    List<String> never =
        List.of("UPDATE %s.t SET v = 'never ' || v", "INSERT INTO %s.t(v) SELECT v FROM %1$s.t");
    List<String> shrink =
        List.of("DELETE FROM %s.t WHERE id > 10", "INSERT INTO %s.t(v) VALUES ('x')");
    steps.add(new Step(files, some, "COMMIT"));
    steps.add(new Step(files, never, "ROLLBACK"));
    steps.add(new Step(inS3, some, "COMMIT"));
    steps.add(new Step(here, some, "COMMIT"));
    steps.add(new Step(files, shrink, "COMMIT"));
    steps.add(new Step(firstAndLast, some, "COMMIT"));
    steps.add(new Step(List.of("a"), List.of("VACUUM %s"), ""));
    steps.add(new Step(files, List.of("DELETE FROM %s.t"), "COMMIT"));
    return steps;
  }

  private void run(Connection c, Step step, Moments moments) throws Exception {
    boolean refused = step.end().equals("COMMIT") && isRefused(step.of());
    if (step.end().isEmpty()) {
      moments.committing();
    } else {
      Sql.execute(c, "BEGIN");
    }
    for (String statement : step.statements()) {
      for (String file : step.of()) {
        Sql.execute(c, String.format(statement, schema(file)));
      }
    }
    if (refused) {
      Failure.ofSql(() -> Sql.execute(c, "COMMIT")).names("SQLITE_CANTOPEN");
    } else if (step.end().equals("COMMIT")) {
      moments.committing();
    }
    if (!refused && !step.end().isEmpty()) {
      Sql.execute(c, step.end());
    }
    boolean commits = !refused && !step.end().equals("ROLLBACK");
    if (commits) {
      moments.committed();
      states.add(contents(c));
    } else {
      assertEquals(states.get(states.size() - 1), contents(c), "after " + step);
    }
  }

  private static boolean isLocal(String file) {
    return file.endsWith("here");
  }

  private String schema(String file) {
    return file.equals(files.get(0)) ? "main" : file;
  }

  /** Whether the file has a journal that a super-journal would have to be told of. */
  private boolean hasJournal(String file) {
    return isLocal(file) || !mode.equals("MEMORY");
  }

  /** Whether the file survives a crash within a COMMIT. */
  private boolean isSafe(String file) {
    return layout == Layout.SNAPSHOT || hasJournal(file);
  }

  /** Whether a COMMIT of these is refused: it needs a super-journal, which S3 does not keep. */
  private boolean isRefused(List<String> changed) {
    return !isLocal(files.get(0)) && changed.stream().filter(this::hasJournal).count() > 1;
  }

  /** All databases on one connection. */
  private Connection connect(MemoryVfs vfs) throws SQLException {
    String main = files.get(0);
    Connection c = isLocal(main) ? alone(main) : vfs.connect(main, parameters());
    for (String file : files.subList(1, files.size())) {
      String uri =
          isLocal(file)
              ? directory.resolve(file) + "?vfs=unix"
              : file + "?vfs=" + vfs.vfs().config().name() + parameters();
      Sql.execute(c, "ATTACH 'file:" + uri + "' AS " + file);
    }
    return c;
  }

  private String parameters() {
    return "&layout=" + layout + "&block_size=" + blockSize;
  }

  /** A local file on a connection of its own. */
  private Connection alone(String file) throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:file:" + directory.resolve(file));
  }

  private void prepare(Connection c) throws SQLException {
    for (String file : files) {
      String schema = schema(file);
      Sql.execute(
          c,
          "PRAGMA " + schema + ".page_size = 1024",
          "PRAGMA " + schema + ".auto_vacuum = " + (isLocal(file) ? 0 : 1),
          "PRAGMA " + schema + ".cache_size = 3",
          "PRAGMA " + schema + ".journal_mode = " + (isLocal(file) ? localMode : mode));
    }
  }

  private Map<String, String> contents(Connection c) throws SQLException {
    Map<String, String> contents = new TreeMap<>();
    for (String file : files) {
      contents.put(file, content(c, schema(file)));
    }
    return contents;
  }

  private static String content(Connection c, String schema) throws SQLException {
    String tables = Sql.rows(c, "SELECT sql FROM " + schema + ".sqlite_schema") + "";
    return tables.equals("[]") ? tables : tables + Sql.rows(c, "SELECT * FROM " + schema + ".t");
  }

  /**
   * Opens what there was at a moment and checks it.
   *
   * @param locals whether the local files are opened first, each alone
   * @return the moments until all files had been rolled back
   */
  private List<Moment> checked(Moment moment, boolean locals) throws Exception {
    moment.restoreFiles(directory);
    InMemoryObjectStore store = moment.objects().copy();
    for (String file : files) { // its term is over
      store.drop(file + "-lease");
      Heads.dropClaim(store, file);
    }
    boolean damaged = moment.committing() && !isSafe("a");
    Moments rollback = new Moments(directory, store, moment.committed(), moment.committing());
    Map<String, String> found = new TreeMap<>();
    try (MemoryVfs vfs = rollback.vfs()) {
      for (int i = files.size() - 1; i >= 0 && (locals || damaged); i--) {
        if (isLocal(files.get(i))) {
          try (Connection c = alone(files.get(i))) {
            assertIntact(c, "main");
            found.put(files.get(i), content(c, "main"));
          }
        }
      }
      assertAllowed(found, moment);
      if (damaged) {
        return List.of();
      }
      try (Connection c = connect(vfs)) {
        for (String file : files) {
          assertIntact(c, schema(file));
        }
        Map<String, String> now = contents(c);
        assertAllowed(now, moment);
        found.forEach((file, content) -> assertEquals(content, now.get(file), file));
        List<Moment> all = List.copyOf(rollback.all());
        for (String file : files) {
          Sql.execute(
              c,
              "PRAGMA " + schema(file) + ".synchronous = OFF",
              "CREATE TABLE " + schema(file) + ".after_crash(v)");
          assertIntact(c, schema(file));
        }
        return all;
      }
    } catch (SQLException | AssertionError e) {
      throw new AssertionError(moment + ": " + e.getMessage(), e);
    }
  }

  /** Each file in S3 is at an allowed state, and all local ones are at the same. */
  private void assertAllowed(Map<String, String> found, Moment moment) {
    int from = moment.committed();
    List<Map<String, String>> allowed =
        states.subList(from, moment.committing() ? from + 2 : from + 1);
    for (String file : found.keySet()) {
      assertTrue(
          allowed.stream().anyMatch(state -> found.get(file).equals(state.get(file))),
          () -> file + " holds " + shortened(found.get(file)));
    }
    assertTrue(
        allowed.stream()
            .anyMatch(
                state ->
                    found.keySet().stream()
                        .filter(AttachCrashTest::isLocal)
                        .allMatch(file -> found.get(file).equals(state.get(file)))),
        "the local files do not agree");
  }

  private static void assertIntact(Connection c, String schema) throws SQLException {
    assertEquals("ok", Sql.value(c, "PRAGMA " + schema + ".integrity_check"));
  }

  private static String shortened(String text) {
    return text.length() > 200 ? text.substring(0, 200) + "..." : text;
  }
}
