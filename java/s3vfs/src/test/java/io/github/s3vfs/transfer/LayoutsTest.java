package io.github.s3vfs.transfer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.Layout;
import io.github.s3vfs.scenario.Bucket;
import io.github.s3vfs.scenario.Sql;
import io.github.s3vfs.scenario.Stored;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.sql.Connection;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One database through all that can be done with whole ones, in both layouts. */
@Tag("any-store")
class LayoutsTest {
  private static final String KEY = "some/db";

  @TempDir Path directory;

  @Test
  void aDatabaseIsConvertedThereAndBackWrittenInBetweenAndDeleted() throws Exception {
    byte[] file = LocalDatabase.of(directory, 4096, 200, "stored");
    try (Bucket bucket = Bucket.open(b -> b.layout(Layout.BLOCKS))) {
      S3Databases databases = bucket.databases();
      databases.deserialize(Bucket.location(KEY), new ByteArrayInputStream(file));
      for (Layout layout : new Layout[] {Layout.SNAPSHOT, Layout.BLOCKS}) {
        assertTrue(databases.convert(Bucket.location(KEY), layout));
        assertFalse(databases.convert(Bucket.location(KEY), layout), "it is there already");
        assertTrue(
            bucket.server().objects(Bucket.NAME).contains(Stored.first(layout, KEY)), "" + layout);
        assertArrayEquals(file, bucket.serialize(KEY));
        assertEquals(1, databases.list(Bucket.NAME, "some").size());
        try (Connection c = bucket.connect(KEY)) {
          Sql.execute(c, "UPDATE t SET v = 'in " + layout + "' WHERE id = 1");
          assertEquals("in " + layout, Sql.value(c, "SELECT v FROM t WHERE id = 1"));
          Sql.assertIntact(c);
        }
        file = bucket.serialize(KEY);
      }
      assertTrue(databases.delete(Bucket.location(KEY)));
      assertFalse(databases.delete(Bucket.location(KEY)));
      assertEquals(0, Stored.keys(bucket.server().objects(Bucket.NAME)).size());
    }
  }
}
