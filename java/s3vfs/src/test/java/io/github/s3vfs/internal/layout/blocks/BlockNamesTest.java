package io.github.s3vfs.internal.layout.blocks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.s3vfs.S3Location;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlockNamesTest {
  private static final long SEED = Long.getLong("s3vfs.test.seed", System.nanoTime());

  private final BlockNames names = new BlockNames("path/cool.sqlite");

  @Test
  void aKeyIsThePrefixAndTenDigits() {
    assertEquals("path/cool.sqlite/0000000000", names.key(0));
    assertEquals("path/cool.sqlite/0000004096", names.key(4096));
    assertEquals("path/cool.sqlite/9999999999", names.key(BlockNames.MAX_INDEX));
    assertEquals("path/cool.sqlite/", names.directory());
  }

  @Test
  void anIndexComesBackFromItsKey() {
    Random random = new Random(SEED);
    for (int i = 0; i < 1_000; i++) {
      long index = random.nextLong(BlockNames.MAX_INDEX + 1);
      assertEquals(index, names.index(names.key(index)), "seed " + SEED);
    }
    assertEquals(0, names.index(names.key(0)));
    assertEquals(BlockNames.MAX_INDEX, names.index(names.key(BlockNames.MAX_INDEX)));
  }

  @Test
  void keysSortAsTheirIndexesDo() {
    Random random = new Random(SEED);
    for (int i = 0; i < 1_000; i++) {
      long a = random.nextLong(BlockNames.MAX_INDEX + 1) >>> random.nextInt(34);
      long b = random.nextLong(BlockNames.MAX_INDEX + 1) >>> random.nextInt(34);
      int keys = Integer.signum(names.key(a).compareTo(names.key(b)));
      assertEquals(Long.compare(a, b), keys, a + " and " + b + ", seed " + SEED);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "path/cool.sqlite",
        "path/cool.sqlite/",
        "path/cool.sqlite/000000000",
        "path/cool.sqlite/00000000000",
        "path/cool.sqlite/000000000x",
        "path/cool.sqlite/-000000001",
        "path/cool.sqlite/+000000001",
        "path/cool.sqlite/ 000000001",
        "path/cool.sqlite/000000000\u0661",
        "path/cool.sqlite/a/00000000",
        "path/cool.sqlite-journal/0000000000",
        "path/cool.sqlitf/0000000000",
        "path/cool.sqlite0/000000000",
        "Path/cool.sqlite/0000000000",
        "/path/cool.sqlite/0000000000"
      })
  void otherObjectsAreNoBlocks(String key) {
    assertEquals(-1, names.index(key));
  }

  @Test
  void theLongestKeyFitsIntoS3() {
    String longest = "k".repeat(S3Location.MAX_KEY_BYTES);
    String key = new BlockNames(longest + "-journal").key(BlockNames.MAX_INDEX);
    assertEquals(1024, key.getBytes(StandardCharsets.UTF_8).length);
  }
}
