package io.github.s3vfs.scenario;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.internal.layout.LockLevel;
import io.github.s3vfs.internal.store.InMemoryObjectStore;
import io.github.s3vfs.internal.vfs.MemoryVfs;
import io.github.s3vfs.internal.vfs.OpenFlags;
import io.github.s3vfs.internal.vfs.VfsFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Databases go back and forth between this library and the Python package (its model, {@link
 * PythonVfs}).
 */
class PythonPackageTest {
  private static final List<String> MODES = List.of("DELETE", "TRUNCATE", "PERSIST");

  private final InMemoryObjectStore store = new InMemoryObjectStore("bucket");

  @TempDir Path directory;

  record Combination(int pageSize, int blockSize, String pythonMode, String ourMode) {
    String parameters() {
      return "&block_size=" + blockSize;
    }

    List<String> settings(String mode) {
      return List.of(
          "PRAGMA page_size = " + pageSize,
          "PRAGMA auto_vacuum = 1",
          "PRAGMA journal_mode = " + mode,
          "PRAGMA cache_size = 3");
    }
  }

  static Stream<Combination> combinations() {
    List<Combination> all = new ArrayList<>();
    for (int pageSize : new int[] {512, 1024, 4096, 65536}) {
      for (int blockSize : new int[] {1000, 4095, 4096, 4097}) {
        for (int mode = 0; mode < 3; mode++) {
          int ours = (mode + all.size() / 3) % 3;
          all.add(new Combination(pageSize, blockSize, MODES.get(mode), MODES.get(ours)));
        }
      }
    }
    return all.stream();
  }

  /** A connection to the database in the store, and one to a local file that does the same. */
  private record Pair(Connection stored, Connection local) {
    void execute(List<String> statements) throws SQLException {
      for (String statement : statements) {
        Sql.execute(stored, statement);
        if (!statement.startsWith("PRAGMA synchronous")) {
          Sql.execute(local, statement);
        }
      }
    }

    String content() throws SQLException {
      String content = DyingWriter.content(stored);
      assertEquals(DyingWriter.content(local), content);
      return content;
    }
  }

  /** Without syncs, which take the time of this test and change no byte. */
  private Connection local() throws SQLException {
    Path file = directory.resolve("local.sqlite");
    return DriverManager.getConnection("jdbc:sqlite:" + file + "?synchronous=OFF");
  }

  @ParameterizedTest
  @MethodSource("combinations")
  void whatPythonHasWrittenIsWhatALocalFileWouldBe(Combination c) throws Exception {
    try (MemoryVfs pythonVfs = PythonVfs.on(store, store, c.blockSize);
        MemoryVfs ourVfs = new MemoryVfs(store, store);
        Connection stored = pythonVfs.connect("db", "");
        Connection local = local()) {
      Pair python = new Pair(stored, local);
      python.execute(c.settings(c.pythonMode));
      for (List<String> transaction : transactions(1)) {
        python.execute(transaction);
        check(c, c + " by Python: " + transaction);
      }
      String written = python.content();
      assertTrue(written.length() > 10_000, written);
      try (Connection ours = ourVfs.connect("db", c.parameters())) {
        assertEquals(written, DyingWriter.content(ours));
        Sql.assertIntact(ours);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("combinations")
  void takingTurnsTheyDoWhatIsDoneToALocalFile(Combination c) throws Exception {
    try (MemoryVfs pythonVfs = PythonVfs.on(store, store, c.blockSize);
        MemoryVfs ourVfs = new MemoryVfs(store, store);
        Connection stored = ourVfs.connect("db", c.parameters());
        Connection storedToo = pythonVfs.connect("db", "");
        Connection local = local();
        Connection localToo = local()) {
      Pair ours = new Pair(stored, local);
      Pair python = new Pair(storedToo, localToo);
      ours.execute(c.settings(c.ourMode));
      python.execute(c.settings(c.pythonMode));
      int turn = 0;
      for (int round = 0; round < 2; round++) {
        for (List<String> transaction : transactions(2 * round)) {
          boolean mine = turn++ % 2 == 0;
          String what = c + (mine ? " by us: " : " by Python: ") + transaction;
          (mine ? ours : python).execute(transaction);
          check(c, what);
          assertEquals(python.content(), ours.content(), what);
        }
        turn++; // the other ones' turn
        Sql.assertIntact(stored);
        Sql.assertIntact(storedToo);
      }
    }
  }

  private void check(Combination c, String what) throws Exception {
    byte[] local = Files.readAllBytes(directory.resolve("local.sqlite"));
    Sql.assertSamePages(local, PythonVfs.serialize(store, "db"), what);
    if (!c.pythonMode.equals("PERSIST") && !c.ourMode.equals("PERSIST")) {
      assertEquals(List.of(), store.keys("db-journal/"), what);
    }
  }

  /**
   * The transaction that is rolled back does without syncs, because the Python package cannot roll
   * back a journal of several parts; see {@link PythonPackageCrashTest}.
   *
   * @param autoVacuum what the VACUUM changes the mode to
   */
  private static List<List<String>> transactions(int autoVacuum) {
    return List.of(
        List.of(
            "BEGIN",
            "DROP TABLE IF EXISTS t",
            "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT, n INT)",
            "COMMIT"),
        List.of(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 80)"
                + " INSERT INTO t SELECT i, hex(zeroblob(i * 5)) || i, i % 10 FROM n"),
        List.of("UPDATE t SET v = 'changed ' || v WHERE id % 7 = 0"),
        List.of(
            "PRAGMA synchronous = OFF",
            "BEGIN",
            "UPDATE t SET v = 'never ' || v",
            "INSERT INTO t(v) SELECT v || v FROM t",
            "ROLLBACK",
            "PRAGMA synchronous = FULL"),
        List.of("CREATE INDEX t_n ON t(n, v)"),
        List.of("BEGIN", "DELETE FROM t WHERE n < 4", "UPDATE t SET n = n + 1", "COMMIT"),
        List.of("PRAGMA auto_vacuum = " + autoVacuum, "VACUUM"),
        List.of("BEGIN IMMEDIATE", "DELETE FROM t WHERE id > 60", "COMMIT"),
        List.of("PRAGMA incremental_vacuum(5)"),
        List.of("INSERT INTO t SELECT id + 1000, hex(zeroblob(9000)), 0 FROM t WHERE id < 10"));
  }

  private static final int PAGE = 65536;
  private static final int LOCK_PAGE = 1 << 30;

  /** Only the pages around it are stored; the others are as good as missing. */
  @Test
  void thePageThatSqliteNeverWritesIsZerosToTheOtherOne() throws Exception {
    byte[] page = new byte[PAGE];
    Arrays.fill(page, (byte) 7);
    try (MemoryVfs pythonVfs = PythonVfs.on(store, store, 4096);
        MemoryVfs ourVfs = new MemoryVfs(store, store)) {
      for (String key : List.of("by-python", "by-us")) {
        boolean byPython = key.equals("by-python");
        store.poke(key + "/0000000000", Arrays.copyOf(header(LOCK_PAGE / PAGE), 4096));
        VfsFile writer = open(byPython ? pythonVfs : ourVfs, key);
        assertTrue(writer.lock(LockLevel.SHARED) && writer.lock(LockLevel.EXCLUSIVE), key);
        writer.write(ByteBuffer.wrap(header(LOCK_PAGE / PAGE + 2)), 0);
        writer.write(ByteBuffer.wrap(page), LOCK_PAGE + PAGE);
        writer.syncControl();
        writer.close();
        assertEquals(1 + 2 * PAGE / 4096, store.keys(key + "/").size(), key);
        VfsFile reader = open(byPython ? ourVfs : pythonVfs, key);
        assertTrue(reader.lock(LockLevel.SHARED), key);
        assertArrayEquals(new byte[PAGE], read(reader, LOCK_PAGE), key);
        assertArrayEquals(page, read(reader, LOCK_PAGE + PAGE), key);
        reader.close();
      }
    }
  }

  private static VfsFile open(MemoryVfs memory, String key) {
    return memory.vfs().open(key, Map.of(), OpenFlags.MAIN_DB | OpenFlags.CREATE);
  }

  private static byte[] read(VfsFile file, long position) {
    byte[] page = new byte[PAGE];
    assertEquals(PAGE, file.read(ByteBuffer.wrap(page), position));
    return page;
  }

  private static byte[] header(int pages) {
    ByteBuffer header = ByteBuffer.allocate(100);
    header.put("SQLite format 3\0".getBytes(StandardCharsets.US_ASCII));
    header.putShort(16, (short) 1).putShort(18, (short) 0x101);
    return header.putInt(24, pages).putInt(28, pages).putInt(92, pages).array();
  }
}
