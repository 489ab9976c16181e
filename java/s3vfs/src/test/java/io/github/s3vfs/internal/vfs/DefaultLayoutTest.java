package io.github.s3vfs.internal.vfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.Layout;
import io.github.s3vfs.S3Location;
import io.github.s3vfs.internal.store.InMemoryObjectStore;
import io.github.s3vfs.scenario.Sql;
import io.github.s3vfs.scenario.Stored;
import java.sql.Connection;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which layout a database has if the user does not say. */
class DefaultLayoutTest {
  private static final S3Location DB = new S3Location("bucket", "db");

  private final InMemoryObjectStore store = new InMemoryObjectStore("bucket");
  private final MemoryVfs vfs = new MemoryVfs(store, store);

  @AfterEach
  void close() {
    vfs.close();
  }

  private static void create(MemoryVfs vfs, String parameters) throws Exception {
    try (Connection c = vfs.connect("db", parameters)) {
      Sql.execute(c, "CREATE TABLE t(v)", "INSERT INTO t VALUES (1), (2)");
    }
  }

  private void assertStored(Layout layout) {
    List<String> keys = store.keys();
    for (Layout each : Layout.values()) {
      assertEquals(each == layout, keys.contains(Stored.first(each, "db")), keys::toString);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'', SNAPSHOT",
    "&block_size=4096, BLOCKS",
    "&block_size=512, BLOCKS",
    "&layout=blocks, BLOCKS",
    "&layout=snapshot, SNAPSHOT",
    "&layout=snapshot&block_size=512, SNAPSHOT"
  })
  void aNewDatabaseIsASnapshotUnlessABlockSizeIsGiven(String parameters, Layout expected)
      throws Exception {
    create(vfs, parameters);
    assertStored(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "&layout=blocks, ''",
    "&block_size=512, ''",
    "&block_size=7, ''",
    "&block_size=512, &block_size=512",
    "&layout=snapshot, ''",
    "&layout=snapshot, &block_size=512"
  })
  void aDatabaseThatExistsKeepsItsOwn(String made, String opened) throws Exception {
    try (MemoryVfs other = new MemoryVfs(store, store)) {
      create(other, made);
    }
    Layout layout = made.equals("&layout=snapshot") ? Layout.SNAPSHOT : Layout.BLOCKS;
    try (Connection c = vfs.connect("db", opened)) {
      assertEquals("2", Sql.value(c, "SELECT count(*) FROM t"));
      Sql.execute(c, "INSERT INTO t VALUES (3)");
      Sql.assertIntact(c);
    }
    assertStored(layout);
  }

  @Test
  void blocksThatADeletionHasLeftAreDeleted() throws Exception {
    try (MemoryVfs other = new MemoryVfs(store, store)) {
      create(other, "&layout=blocks&journal_mode=PERSIST");
    }
    store.drop("db/0000000000");
    assertTrue(store.keys().contains("db-journal/0000000000"));
    try (SharedDatabase database = vfs.vfs().acquire(DB)) {
      database.exclusively(() -> assertTrue(database.volume().delete()));
    }
    assertEquals(List.of("db-lease"), store.keys());
  }

  @Test
  void whereThereIsNothingToDeleteNothingIsStored() throws Exception {
    try (SharedDatabase database = vfs.vfs().acquire(DB)) {
      database.exclusively(() -> assertFalse(database.volume().delete()));
    }
    assertEquals(List.of(), store.keys());
  }
}
