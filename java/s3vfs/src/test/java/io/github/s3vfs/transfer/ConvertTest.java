package io.github.s3vfs.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.Layout;
import io.github.s3vfs.S3ClientConfig;
import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3VfsConfig;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.store.FaultPlan;
import io.github.s3vfs.internal.store.InMemoryObjectStore;
import io.github.s3vfs.internal.store.InMemoryObjectStore.Request;
import io.github.s3vfs.internal.vfs.MemoryVfs;
import io.github.s3vfs.internal.vfs.SharedDatabase;
import io.github.s3vfs.internal.vfs.Vfs;
import io.github.s3vfs.scenario.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Databases are moved from one layout to the other, also by processes that die at it. */
class ConvertTest {
  private static final S3Location LOCATION = new S3Location("bucket", "db");
  private static final String SUM = "SELECT count(*) || ' ' || sum(length(v)) FROM t";
  private static final Duration TERM = Duration.ofMillis(900);

  private final InMemoryObjectStore store = new InMemoryObjectStore("bucket");

  private static Layout other(Layout layout) {
    return layout == Layout.BLOCKS ? Layout.SNAPSHOT : Layout.BLOCKS;
  }

  /** A process whose leases and claims are short. */
  private MemoryVfs process() {
    return new MemoryVfs(
        store,
        (c, stores) -> {
          S3ClientConfig r = c.client();
          S3ClientConfig hasty =
              new S3ClientConfig(
                  r.region(),
                  r.endpoint(),
                  r.pathStyle(),
                  r.proxy(),
                  r.fips(),
                  r.dualStack(),
                  r.accelerate(),
                  Duration.ofMillis(50),
                  TERM.dividedBy(3),
                  r.retries());
          return new Vfs(
              new S3VfsConfig(
                  c.name(),
                  c.bucket(),
                  hasty,
                  c.requests(),
                  c.layout(),
                  c.blockSize(),
                  c.optimistic(),
                  c.maxStaleness(),
                  c.cacheSizeBytes(),
                  c.writeBufferBytes(),
                  c.parallelism(),
                  TERM,
                  c.retention(),
                  c.upkeep(),
                  c.cacheDir(),
                  c.cacheDirBytes()),
              stores);
        });
  }

  private void create(Layout layout) throws SQLException {
    try (MemoryVfs vfs = process();
        Connection c = vfs.connect("db", "&layout=" + layout)) {
      Sql.execute(
          c,
          "PRAGMA page_size=1024",
          "CREATE TABLE t(id INTEGER PRIMARY KEY, v)",
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)"
              + " INSERT INTO t(v) SELECT hex(randomblob(i)) FROM n");
    }
  }

  private static boolean convert(MemoryVfs vfs, Layout to) throws Exception {
    boolean[] moved = new boolean[1];
    try (SharedDatabase database = vfs.vfs().acquire(LOCATION)) {
      database.exclusively(() -> moved[0] = database.convertTo(to));
    }
    return moved[0];
  }

  private List<String> blocks() {
    return store.keys("db/").stream().filter(key -> key.matches("db/[0-9]{10}")).toList();
  }

  private static String content(MemoryVfs vfs, String parameters) throws SQLException {
    try (Connection c = vfs.connect("db", parameters)) {
      Sql.assertIntact(c);
      return Sql.value(c, SUM);
    }
  }

  @ParameterizedTest
  @EnumSource
  void theSamePagesAreInTheOtherLayoutAndNothingInTheOld(Layout from) throws Exception {
    create(from);
    Layout to = other(from);
    try (MemoryVfs vfs = process();
        MemoryVfs fresh = process()) {
      String before = content(vfs, "");
      assertTrue(convert(vfs, to));
      assertEquals(to == Layout.BLOCKS, store.peek("db/head") == null);
      assertEquals(to == Layout.SNAPSHOT, blocks().isEmpty());
      assertEquals(to == Layout.BLOCKS, store.keys("db/s/").isEmpty());
      for (String parameters : List.of("", "&layout=blocks", "&layout=snapshot")) {
        assertEquals(before, content(vfs, parameters));
        assertEquals(before, content(fresh, parameters));
      }
      assertFalse(convert(fresh, to), "it is there already");
      assertTrue(convert(fresh, from));
      assertEquals(before, content(vfs, ""));
      try (Connection c = vfs.connect("db", "")) {
        Sql.execute(c, "INSERT INTO t(v) VALUES ('more')");
      }
      assertTrue(content(fresh, "").startsWith("61 "));
    }
  }

  /** A connection that was open in another process meanwhile. */
  @Test
  void whoStillHasTheBlocksOpenCannotWriteThemAnyMore() throws Exception {
    create(Layout.BLOCKS);
    try (MemoryVfs vfs = process();
        MemoryVfs late = process()) {
      try (Connection c = late.connect("db", "&layout=blocks")) {
        assertTrue(Sql.value(c, SUM).startsWith("60 "));
        assertTrue(convert(vfs, Layout.SNAPSHOT));
        for (String sql : List.of("INSERT INTO t(v) VALUES (1)", "CREATE TABLE u(x)")) {
          assertThrows(SQLException.class, () -> Sql.execute(c, sql));
        }
      }
      assertEquals(List.of(), blocks());
      assertTrue(content(late, "&layout=blocks").startsWith("60 "));
    }
  }

  /** Two processes that make a database at one place, each in a layout of its own. */
  @ParameterizedTest
  @EnumSource
  void aDatabaseThatWasMadeInAnotherLayoutMeanwhileIsNotHidden(Layout first) throws Exception {
    try (MemoryVfs vfs = process();
        MemoryVfs late = process()) {
      try (Connection c = late.connect("db", "&layout=" + other(first))) {
        create(first);
        assertThrows(SQLException.class, () -> Sql.execute(c, "CREATE TABLE u(x)"));
      }
      assertTrue(content(vfs, "").startsWith("60 "));
      assertTrue(content(late, "&layout=" + other(first)).startsWith("60 "));
    }
  }

  /** Nothing is there when it is opened; then a database is made in the other layout. */
  @ParameterizedTest
  @EnumSource
  void whatIsMadeMeanwhileIsSeenByConnectionsThatAreOpenedBesideAnIdleOne(Layout made)
      throws Exception {
    try (MemoryVfs vfs = process();
        Connection idle = vfs.connect("db", "&layout=" + other(made))) {
      assertEquals("0", Sql.value(idle, "SELECT count(*) FROM sqlite_schema"));
      create(made);
      assertTrue(content(vfs, "").startsWith("60 "));
      assertTrue(content(vfs, "&mode=rw").startsWith("60 "));
      assertThrows(
          SQLException.class, () -> Sql.execute(idle, "CREATE TABLE IF NOT EXISTS t(id, v)"));
      assertTrue(content(vfs, "").startsWith("60 "));
    }
    try (MemoryVfs fresh = process()) {
      assertTrue(content(fresh, "").startsWith("60 "));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aWriterOfAnotherProcessIsWaitedFor(Layout from) throws Exception {
    create(from);
    try (MemoryVfs vfs = process();
        MemoryVfs writer = process();
        Connection c = writer.connect("db", "")) {
      Sql.execute(c, "BEGIN IMMEDIATE", "INSERT INTO t(v) VALUES ('in')");
      S3VfsException e = assertThrows(S3VfsException.class, () -> convert(vfs, other(from)));
      assertEquals(ErrorKind.BUSY, e.kind());
      Sql.execute(c, "COMMIT");
    }
    try (MemoryVfs vfs = process()) {
      assertTrue(convert(vfs, other(from)));
      assertTrue(content(vfs, "").startsWith("61 "));
    }
  }

  /** From the n-th request on nothing gets through; then another process comes. */
  @ParameterizedTest
  @EnumSource
  void whereverAProcessDiesTheDatabaseIsWholeAndOne(Layout from) throws Exception {
    create(from);
    InMemoryObjectStore before = store.copy();
    boolean died = true;
    for (int n = 1; died; n++) {
      store.restore(before);
      MemoryVfs dying = process();
      content(dying, "");
      int last = n;
      AtomicInteger requests = new AtomicInteger();
      store
          .faults()
          .onAny()
          .key(key -> requests.incrementAndGet() >= last)
          .failBefore(FaultPlan.unavailable());
      died = false;
      try {
        convert(dying, other(from));
      } catch (S3VfsException e) {
        died = true;
      }
      store.faults().clear();
      checkAfterDeath(from + " request " + n, n % 2 == 0 ? "" : "&layout=blocks");
      dying.vfs().abandon();
      assertTrue(n < 300);
    }
  }

  private void checkAfterDeath(String what, String parameters) throws Exception {
    String content;
    try (MemoryVfs vfs = process()) {
      content = content(vfs, "");
      assertEquals("60", content.split(" ", -1)[0], what);
      assertEquals(content, content(vfs, parameters), what);
    }
    boolean written;
    try (MemoryVfs vfs = process();
        Connection c = vfs.connect("db", parameters)) {
      written = insert(c);
    }
    try (MemoryVfs vfs = process()) {
      String rows = (written ? 61 : 60) + " ";
      assertTrue(content(vfs, "").startsWith(rows), what + " written " + written);
      deleteWhenFree(vfs);
      List<String> left = store.keys("").stream().filter(k -> !k.equals("db-lease")).toList();
      assertEquals(List.of(), left, what);
    }
  }

  private static void assertFails(MemoryVfs vfs, Layout to, ErrorKind kind) {
    S3VfsException e = assertThrows(S3VfsException.class, () -> convert(vfs, to));
    assertEquals(kind, e.kind(), e::getMessage);
    vfs.store().faults().clear();
  }

  /** The blocks do not count any more, and are still there. */
  @Test
  void aConnectionOfTheSameProcessDoesNotWriteBlocksBehindTheHead() throws Exception {
    create(Layout.BLOCKS);
    try (MemoryVfs vfs = process();
        Connection idle = vfs.connect("db", "")) {
      assertTrue(Sql.value(idle, SUM).startsWith("60 "));
      store.faults().on(Request.DELETE).key("db/0000000000").failBefore(FaultPlan.unavailable());
      assertFails(vfs, Layout.SNAPSHOT, ErrorKind.UNAVAILABLE);
      assertThrows(SQLException.class, () -> Sql.execute(idle, "INSERT INTO t(v) VALUES (1)"));
      try (Connection next = vfs.connect("db", "")) {
        Sql.execute(next, "INSERT INTO t(v) VALUES (2)");
      }
    }
    try (MemoryVfs fresh = process()) {
      assertTrue(content(fresh, "").startsWith("61 "));
    }
  }

  /** What is left of the old one does not matter. */
  @ParameterizedTest
  @EnumSource
  void aNewConnectionBesideAnOpenOneFindsTheDatabaseInItsNewLayout(Layout from) throws Exception {
    create(from);
    try (MemoryVfs vfs = process();
        Connection idle = vfs.connect("db", "")) {
      assertTrue(Sql.value(idle, SUM).startsWith("60 "));
      Request deletion = from == Layout.BLOCKS ? Request.DELETE : Request.DELETE_ALL;
      store
          .faults()
          .on(deletion)
          .key(k -> !k.equals("db/head"))
          .failBefore(FaultPlan.unavailable());
      assertFails(vfs, other(from), ErrorKind.UNAVAILABLE);
      try (Connection next = vfs.connect("db", "")) {
        Sql.execute(next, "CREATE TABLE IF NOT EXISTS t(v)", "INSERT INTO t(v) VALUES (1)");
      }
    }
    try (MemoryVfs fresh = process()) {
      assertTrue(content(fresh, "").startsWith("61 "));
    }
  }

  @Test
  void aConversionSucceedsThatMeetsItsOwnSuccessAtTheEnd() throws Exception {
    create(Layout.BLOCKS);
    try (MemoryVfs vfs = process()) {
      store
          .faults()
          .on(Request.PUT)
          .key("db-lease")
          .nth(2)
          .failAfter(new S3VfsException(ErrorKind.CONFLICT, "412 to the retry"));
      assertTrue(convert(vfs, Layout.SNAPSHOT));
      assertTrue(content(vfs, "").startsWith("60 "));
    }
  }

  @Test
  void aConnectionThatWasOpenMakesNoNewDatabaseBesideTheBlocks() throws Exception {
    create(Layout.SNAPSHOT);
    try (MemoryVfs vfs = process();
        Connection idle = vfs.connect("db", "")) {
      assertTrue(Sql.value(idle, SUM).startsWith("60 "));
      assertTrue(convert(vfs, Layout.BLOCKS));
      assertThrows(SQLException.class, () -> Sql.execute(idle, "CREATE TABLE u(x)"));
    }
    assertNull(store.peek("db/head"));
  }

  @Test
  void anInterruptDoesNotEndTheDeletionOfTheHead() throws Exception {
    create(Layout.SNAPSHOT);
    try (MemoryVfs vfs = process();
        MemoryVfs fresh = process()) {
      store
          .faults()
          .on(Request.DELETE)
          .key(
              key -> {
                Thread.currentThread().interrupt();
                return true;
              })
          .times(1)
          .answerSlowly();
      try {
        assertTrue(convert(vfs, Layout.BLOCKS));
      } catch (S3VfsException e) {
        assertEquals(ErrorKind.INTERRUPTED, e.kind(), "the segments were left");
      }
      assertTrue(Thread.interrupted(), "the interrupt status is gone");
      assertNull(store.peek("db/head"));
      assertTrue(content(fresh, "").startsWith("60 "));
    }
  }

  /** It would take away what is committed meanwhile. */
  @Test
  void nobodyWritesWhileTheHeadMayStillBeDeleted() throws Exception {
    create(Layout.SNAPSHOT);
    try (MemoryVfs vfs = process();
        MemoryVfs fresh = process()) {
      store
          .faults()
          .on(Request.DELETE)
          .key("db/head")
          .times(1)
          .failNowTakeEffectLater(FaultPlan.unavailable(), Integer.MAX_VALUE);
      assertThrows(S3VfsException.class, () -> convert(vfs, Layout.BLOCKS));
      for (MemoryVfs each : List.of(vfs, fresh)) {
        try (Connection c = each.connect("db", "&busy_timeout=0")) {
          assertThrows(SQLException.class, () -> Sql.execute(c, "INSERT INTO t(v) VALUES (1)"));
        }
      }
      store.faults().releaseLate();
      assertNull(store.peek("db/head"));
      try (Connection c = vfs.connect("db", "")) {
        Sql.execute(c, "INSERT INTO t(v) VALUES (1)");
      }
      assertTrue(content(fresh, "").startsWith("61 "));
    }
  }

  private static void deleteWhenFree(MemoryVfs vfs) throws Exception {
    for (int i = 0; ; i++) {
      try (SharedDatabase database = vfs.vfs().acquire(LOCATION)) {
        database.exclusively(() -> assertTrue(database.volume().delete()));
        return;
      } catch (S3VfsException e) {
        assertEquals(ErrorKind.BUSY, e.kind(), e.getMessage());
        assertTrue(i < 100, "still busy");
        Thread.sleep(TERM.toMillis() / 10);
      }
    }
  }

  /** Waits for the dead one's term. */
  private static boolean insert(Connection c) throws Exception {
    Sql.execute(c, "PRAGMA busy_timeout=0");
    for (int i = 0; ; i++) {
      try {
        Sql.execute(c, "INSERT INTO t(v) VALUES ('after')");
        return true;
      } catch (SQLException e) {
        if (!String.valueOf(e.getMessage()).contains("BUSY")) {
          return false;
        }
        assertTrue(i < 100, "still busy");
        Thread.sleep(TERM.toMillis() / 10);
      }
    }
  }
}
