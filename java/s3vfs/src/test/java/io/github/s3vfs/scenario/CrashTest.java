package io.github.s3vfs.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.Layout;
import io.github.s3vfs.internal.layout.snapshot.Heads;
import io.github.s3vfs.internal.store.InMemoryObjectStore;
import io.github.s3vfs.internal.vfs.MemoryVfs;
import io.github.s3vfs.scenario.DyingWriter.Death;
import io.github.s3vfs.scenario.WriteLog.Write;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * A process dies after each of its write requests. Whoever opens the database then finds one of the
 * committed states, none older than the last commit that was acknowledged.
 */
class CrashTest {
  private static final boolean THOROUGH = Boolean.getBoolean("s3vfs.test.thorough");

  /** All of them, or every third one, beginning with another one for each combination. */
  private static List<Death> some(List<Death> deaths, Object... combination) {
    int stride = THOROUGH ? 1 : 3;
    List<Death> some = new ArrayList<>();
    int first = Math.floorMod(Arrays.toString(combination).hashCode(), stride);
    for (int i = first; i < deaths.size(); i += stride) {
      some.add(deaths.get(i));
    }
    return some;
  }

  @ParameterizedTest
  @CsvSource({
    "BLOCKS, DELETE, 4096, 4096",
    "BLOCKS, TRUNCATE, 4096, 4096",
    "BLOCKS, PERSIST, 4096, 4096",
    "BLOCKS, DELETE, 1024, 4096",
    "BLOCKS, TRUNCATE, 1024, 4097",
    "BLOCKS, PERSIST, 1024, 4095",
    "BLOCKS, DELETE, 8192, 4096",
    "BLOCKS, PERSIST, 65536, 4096",
    "SNAPSHOT, DELETE, 4096, 4096",
    "SNAPSHOT, TRUNCATE, 1024, 4096",
    "SNAPSHOT, PERSIST, 8192, 4096",
    "SNAPSHOT, MEMORY, 4096, 4096",
    "SNAPSHOT, DELETE, 65536, 4096"
  })
  void isRolledBackToACommittedState(Layout layout, String mode, int pageSize, int blockSize)
      throws Exception {
    InMemoryObjectStore store = new InMemoryObjectStore("bucket");
    DyingWriter writer = new DyingWriter(store);
    try (MemoryVfs memory = new MemoryVfs(store, writer.store())) {
      check(memory, writer, layout, mode, pageSize, blockSize);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "BLOCKS, DELETE, 2048, 4096", "BLOCKS, TRUNCATE, 2048, 4097", "BLOCKS, PERSIST, 1024, 4096",
    "SNAPSHOT, DELETE, 2048, 4096", "SNAPSHOT, PERSIST, 1024, 4096", "SNAPSHOT, MEMORY, 1024, 4096"
  })
  void isRolledBackWhereItWasStoredInParts(Layout layout, String mode, int pageSize, int blockSize)
      throws Exception {
    InMemoryObjectStore store = new InMemoryObjectStore("bucket");
    DyingWriter writer = new DyingWriter(store, 100);
    try (MemoryVfs memory = new MemoryVfs(store, writer.store(), 10_000)) {
      check(memory, writer, layout, mode, pageSize, blockSize);
    }
  }

  private static void check(
      MemoryVfs memory, DyingWriter writer, Layout layout, String mode, int pageSize, int blockSize)
      throws SQLException {
    String parameters = "&layout=" + layout + "&block_size=" + blockSize;
    try (Connection c = memory.connect("db", parameters)) {
      writer.work(c, mode, pageSize, "FULL");
    }
    List<Death> deaths = new ArrayList<>(writer.deaths());
    boolean blocks = layout == Layout.BLOCKS;
    assertTrue(deaths.size() > (blocks ? 200 : 30), deaths.size() + " deaths");
    List<Death> withALoss = writer.deathsWithARequestLost();
    boolean inParts = blocks || writer.store().maxConditionalPut() == 100;
    int expected = blocks ? 50 : inParts ? 5 : -1;
    assertTrue(withALoss.size() > expected, withALoss.size() + " with a request lost");
    deaths.addAll(withALoss);
    DyingWriter.inherit(
        blocks ? some(deaths, mode, pageSize, blockSize) : deaths,
        death -> {
          InMemoryObjectStore left = death.store();
          try (MemoryVfs fresh = new MemoryVfs(left, left);
              Connection c = fresh.connect("db", parameters)) {
            death.assertCommitted(c);
            Sql.execute(c, "CREATE TABLE after_crash(v)", "DROP TABLE after_crash");
            death.assertCommitted(c);
          }
        });
  }

  /**
   * The last request of the dead writer takes effect while another process has the database open
   * and waits for the end of the lease.
   */
  @ParameterizedTest
  @CsvSource({
    "DELETE, 4096, 4096",
    "TRUNCATE, 4096, 4097",
    "PERSIST, 4096, 4096",
    "DELETE, 1024, 4095"
  })
  void isRolledBackWhenTheLastRequestTakesEffectLate(String mode, int pageSize, int blockSize)
      throws Exception {
    String parameters = "&busy_timeout=0&block_size=" + blockSize;
    InMemoryObjectStore store = new InMemoryObjectStore("bucket");
    DyingWriter writer = new DyingWriter(store);
    try (MemoryVfs memory = new MemoryVfs(store, writer.store());
        Connection c = memory.connect("db", parameters)) {
      writer.work(c, mode, pageSize, "FULL");
    }
    List<Death> deaths =
        writer.deaths().stream().filter(death -> !death.writes().isEmpty()).toList();
    assertTrue(deaths.size() > 200, deaths.size() + " deaths");
    int[] waited = {0};
    DyingWriter.inherit(
        some(deaths, mode, pageSize, blockSize),
        death -> {
          InMemoryObjectStore left = death.commit().copy();
          int last = death.writes().size() - 1;
          death.writes().subList(0, last).forEach(write -> write.applyTo(left));
          try (MemoryVfs fresh = new MemoryVfs(left, left);
              Connection c = fresh.connect("db", parameters)) {
            try {
              death.assertCommitted(c);
            } catch (SQLiteException e) {
              assertEquals(SQLiteErrorCode.SQLITE_BUSY, e.getResultCode(), death.what());
              waited[0]++;
            }
            death.writes().get(last).applyTo(left);
            makeTheLeaseShort(left);
            Sql.execute(c, "PRAGMA busy_timeout = 10000");
            death.assertCommitted(c);
            Sql.execute(c, "CREATE TABLE after_crash(v)", "DROP TABLE after_crash");
            death.assertCommitted(c);
          }
        });
    assertTrue(waited[0] > (THOROUGH ? 50 : 15), waited[0] + " had to wait");
  }

  /**
   * The same with the layout snapshot, where nobody has to wait to read; and the last request takes
   * effect, or not, before or after the next writer's.
   */
  @ParameterizedTest
  @CsvSource({
    "DELETE, 4096, false",
    "TRUNCATE, 1024, false",
    "MEMORY, 1024, false",
    "DELETE, 1024, true",
    "PERSIST, 4096, true"
  })
  void isACommittedStateWhenTheLastRequestTakesEffectLate(
      String mode, int pageSize, boolean afterTheNextWriter) throws Exception {
    String parameters = "&layout=snapshot&busy_timeout=10000";
    InMemoryObjectStore store = new InMemoryObjectStore("bucket");
    DyingWriter writer = new DyingWriter(store, 100);
    try (MemoryVfs memory = new MemoryVfs(store, writer.store());
        Connection c = memory.connect("db", parameters)) {
      writer.work(c, mode, pageSize, "FULL");
    }
    List<Death> deaths =
        writer.deaths().stream().filter(death -> !death.writes().isEmpty()).toList();
    assertTrue(deaths.size() > 40, deaths.size() + " deaths");
    DyingWriter.inherit(
        deaths,
        death -> {
          InMemoryObjectStore left = death.commit().copy();
          Write last = death.writes().get(death.writes().size() - 1);
          death.writes().subList(0, death.writes().size() - 1).forEach(w -> w.arriveAt(left));
          try (MemoryVfs fresh = new MemoryVfs(left, left);
              Connection c = fresh.connect("db", parameters)) {
            death.assertCommitted(c);
            if (!afterTheNextWriter) {
              last.arriveAt(left);
              death.assertCommitted(c);
            }
            String before = DyingWriter.content(c);
            Heads.shortenClaim(left, "db");
            Sql.execute(c, "CREATE TABLE after_crash(v)");
            last.arriveAt(left);
            Sql.execute(c, "DROP TABLE after_crash");
            assertEquals(before, DyingWriter.content(c), death.what());
            death.assertIntact(c);
          }
        });
  }

  /** The dead process's lease is over a millisecond after it was first seen. */
  private static void makeTheLeaseShort(InMemoryObjectStore store) {
    byte[] lease = store.peek("db-lease");
    if (lease != null) {
      String text = new String(lease, StandardCharsets.UTF_8);
      store.poke(
          "db-lease", text.replace("term-ms 60000", "term-ms 1").getBytes(StandardCharsets.UTF_8));
    }
  }
}
