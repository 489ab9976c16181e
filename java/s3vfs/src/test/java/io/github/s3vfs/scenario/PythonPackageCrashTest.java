package io.github.s3vfs.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.internal.store.InMemoryObjectStore;
import io.github.s3vfs.internal.vfs.MemoryVfs;
import io.github.s3vfs.scenario.DyingWriter.Death;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The Python package (its model, {@link PythonVfs}) or this library dies after each of its write
 * requests. The other one then finds a committed state, none older than the last commit that was
 * acknowledged, and writes on; the first one finds that.
 */
class PythonPackageCrashTest {
  private static final boolean THOROUGH = Boolean.getBoolean("s3vfs.test.thorough");

  /** A write buffer that takes every transaction as a whole, in bytes. */
  private static final long ENOUGH = 16 << 20;

  private final InMemoryObjectStore store = new InMemoryObjectStore("bucket");
  private final DyingWriter writer = new DyingWriter(store);

  record Combination(String mode, int pageSize, int blockSize) {
    String parameters() {
      return "&block_size=" + blockSize;
    }
  }

  static Stream<Combination> combinations() {
    Stream<Combination> few =
        Stream.of(
            new Combination("DELETE", 4096, 4096),
            new Combination("TRUNCATE", 4096, 4097),
            new Combination("PERSIST", 2048, 4096));
    Stream<Combination> more =
        Stream.of(
            new Combination("DELETE", 16384, 4096),
            new Combination("PERSIST", 512, 1000),
            new Combination("TRUNCATE", 1024, 4095),
            new Combination("DELETE", 1024, 4097),
            new Combination("TRUNCATE", 4096, 4096),
            new Combination("PERSIST", 4096, 4096),
            new Combination("DELETE", 65536, 4096));
    return THOROUGH ? Stream.concat(few, more) : few;
  }

  @ParameterizedTest
  @MethodSource("combinations")
  void weRecoverWhatPythonLeft(Combination c) throws Exception {
    DyingWriter.inherit(
        deathsOfPython(c),
        death -> {
          InMemoryObjectStore left = death.store();
          try (MemoryVfs first = new MemoryVfs(left, left);
              MemoryVfs second = PythonVfs.on(left, left, c.blockSize);
              Connection ours = first.connect("db", c.parameters())) {
            recover(death, ours, second, c);
          }
        });
  }

  /** What we know of the database, and have in memory, is that of the last commit. */
  @ParameterizedTest
  @MethodSource("combinations")
  void anOpenConnectionOfOursRecoversWhatPythonLeft(Combination c) throws Exception {
    DyingWriter.inherit(
        deathsOfPython(c),
        death -> {
          InMemoryObjectStore left = death.commit().copy();
          try (MemoryVfs first = new MemoryVfs(left, left);
              MemoryVfs second = PythonVfs.on(left, left, c.blockSize);
              Connection ours = first.connect("db", c.parameters())) {
            Sql.execute(ours, "PRAGMA journal_mode = " + c.mode, "BEGIN IMMEDIATE", "ROLLBACK");
            assertEquals(death.allowed().get(0), DyingWriter.content(ours), death.what());
            death.applyTo(left);
            recover(death, ours, second, c);
          }
        });
  }

  private List<Death> deathsOfPython(Combination c) throws SQLException {
    try (MemoryVfs python = PythonVfs.on(store, writer.store(), c.blockSize);
        Connection connection = python.connect("db", "")) {
      // Each sync of the journal begins a new part of it, at a multiple of 512 bytes. The package
      // does not fill the gap before a part if that ends a block, takes the journal for shorter by
      // it, and does not find the last part: rolling back damages the database. Without syncs there
      // is one part.
      writer.work(connection, c.mode, c.pageSize, "OFF");
    }
    List<Death> deaths = writer.deaths();
    assertTrue(deaths.size() > 500, deaths.size() + " deaths");
    return deaths;
  }

  @ParameterizedTest
  @MethodSource("combinations")
  void pythonRecoversWhatWeLeft(Combination c) throws Exception {
    work(c, ENOUGH);
    pythonRecovers(writer.deaths(), 200, c);
  }

  @ParameterizedTest
  @MethodSource("combinations")
  void pythonRecoversWhatWeLeftWithARequestLost(Combination c) throws Exception {
    work(c, ENOUGH);
    pythonRecovers(writer.deathsWithARequestLost(), 50, c);
  }

  @ParameterizedTest
  @MethodSource("combinations")
  void pythonRecoversWhatWeLeftHavingStoredItInParts(Combination c) throws Exception {
    work(c, 3L * c.blockSize);
    AtomicInteger locked = new AtomicInteger();
    DyingWriter.inherit(
        writer.deaths(),
        death -> {
          InMemoryObjectStore left = death.store();
          try (MemoryVfs first = PythonVfs.on(left, left, c.blockSize);
              MemoryVfs second = new MemoryVfs(left, left)) {
            if (isLocked(first)) {
              // A journal with a hole: this library has to open the database first.
              locked.incrementAndGet();
              try (Connection ours = second.connect("db", c.parameters())) {
                death.assertCommitted(ours);
              }
            }
            try (Connection python = first.connect("db", "")) {
              recover(death, python, second, c);
            }
          }
        });
    assertTrue(
        locked.get() < writer.deaths().size() / 4,
        locked + " of " + writer.deaths().size() + " deaths");
  }

  /** Whether SQLite, through the package, cannot read the journal's end. */
  private static boolean isLocked(MemoryVfs python) throws SQLException {
    try (Connection c = python.connect("db", "")) {
      DyingWriter.content(c);
      return false;
    } catch (SQLException e) {
      assertTrue(String.valueOf(e.getMessage()).contains("SHORT_READ"), e.getMessage());
      return true;
    }
  }

  private void work(Combination c, long writeBufferBytes) throws SQLException {
    try (MemoryVfs memory = new MemoryVfs(store, writer.store(), writeBufferBytes);
        Connection connection = memory.connect("db", c.parameters())) {
      writer.work(connection, c.mode, c.pageSize, "FULL");
    }
  }

  private static void pythonRecovers(List<Death> deaths, int least, Combination c)
      throws SQLException {
    assertTrue(deaths.size() >= least, deaths.size() + " deaths");
    DyingWriter.inherit(
        deaths,
        death -> {
          InMemoryObjectStore left = death.store();
          try (MemoryVfs first = PythonVfs.on(left, left, c.blockSize);
              MemoryVfs second = new MemoryVfs(left, left);
              Connection python = first.connect("db", "")) {
            recover(death, python, second, c);
          }
        });
  }

  private static void recover(Death death, Connection a, MemoryVfs second, Combination c)
      throws SQLException {
    death.assertCommitted(a);
    Sql.execute(a, "CREATE TABLE after_crash(v)", "INSERT INTO after_crash VALUES ('first')");
    death.assertIntact(a);
    try (Connection b = second.connect("db", c.parameters())) {
      assertEquals(DyingWriter.content(a), DyingWriter.content(b), death.what());
      death.assertIntact(b);
      Sql.execute(b, "INSERT INTO after_crash VALUES ('second')", "DROP TABLE IF EXISTS t");
      assertEquals(
          List.of(List.of("first"), List.of("second")),
          Sql.rows(a, "SELECT v FROM after_crash"),
          death.what());
      death.assertIntact(a);
    }
  }
}
