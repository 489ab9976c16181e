package io.github.s3vfs.transfer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.Layout;
import io.github.s3vfs.S3Location;
import io.github.s3vfs.scenario.Bucket;
import io.github.s3vfs.scenario.Failure;
import io.github.s3vfs.testkit.AccountSnapshot;
import io.github.s3vfs.testkit.BucketObjects;
import io.github.s3vfs.testkit.S3Operation;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Databases are found among whatever else is in a bucket. */
@Tag("any-store")
@ParameterizedClass
@EnumSource(Layout.class)
class ListTest {
  @Parameter Layout layout = Layout.BLOCKS;

  @TempDir static Path directory;

  private static Bucket bucket;

  @BeforeParameterizedClassInvocation
  static void store(Layout layout) throws Exception {
    bucket = Bucket.open(b -> b.layout(layout));
    BucketObjects objects = bucket.server().objects(Bucket.NAME);
    byte[] database = LocalDatabase.of(directory, 512, 1, "x");
    for (String key :
        List.of(
            "top",
            "dir/one",
            "dir/two",
            "dir/deeper/and/deeper/three",
            "dir2/four",
            "with space/fünf",
            "x-journal/six",
            "dir/one/below",
            "top/below/it")) {
      bucket.databases().deserialize(Bucket.location(key), new ByteArrayInputStream(database));
    }
    objects.put("top-journal/0000000000", new byte[] {1, 2, 3});
    objects.put("dir/readme.txt", new byte[] {1});
    objects.put("dir/photos/0000000000", new byte[] {1});
    objects.put("dir/empty/0000000000", new byte[0]);
    objects.put("dir/other/head", new byte[] {1});
    objects.put("head", database);
    objects.put("0000000000", database);
    objects.put("folder/", new byte[0]);
    for (String key : List.of("dir//bad", "l".repeat(1010), "ends-wal")) {
      objects.put(key + "/0000000000", database);
    }
  }

  @AfterParameterizedClassInvocation
  static void close() {
    bucket.close();
  }

  private static List<String> keys(String prefix) {
    return bucket.databases().list(Bucket.NAME, prefix).stream().map(S3Location::key).toList();
  }

  /** Those below one in blocks are not looked for: it may be millions of objects. */
  private List<String> found(String... keys) {
    return Stream.of(keys)
        .filter(key -> layout == Layout.SNAPSHOT || !key.contains("/below"))
        .toList();
  }

  @Test
  void allOfABucketSortedByKey() {
    assertEquals(
        found(
            "dir/deeper/and/deeper/three",
            "dir/one",
            "dir/one/below",
            "dir/two",
            "dir2/four",
            "top",
            "top/below/it",
            "with space/fünf",
            "x-journal/six"),
        keys(""));
  }

  @Test
  void thoseUnderAPath() {
    assertEquals(
        found("dir/deeper/and/deeper/three", "dir/one", "dir/one/below", "dir/two"), keys("dir/"));
    assertEquals(List.of("dir/deeper/and/deeper/three"), keys("dir/deeper/and/"));
    assertEquals(List.of("dir/one/below"), keys("dir/one/"));
  }

  @Test
  void thoseWhoseKeysBeginWithAPartOfAName() {
    assertEquals(
        found("dir/deeper/and/deeper/three", "dir/one", "dir/one/below", "dir/two", "dir2/four"),
        keys("di"));
    assertEquals(keys("di"), keys("dir"));
    assertEquals(List.of("dir2/four"), keys("dir2"));
    assertEquals(List.of("dir/deeper/and/deeper/three"), keys("dir/deeper/an"));
    assertEquals(List.of("dir/two"), keys("dir/t"));
    assertEquals(List.of("with space/fünf"), keys("with space/fü"));
    assertEquals(List.of("x-journal/six"), keys("x"));
    assertEquals(List.of("x-journal/six"), keys("x-journal"));
  }

  @Test
  void oneWhoseKeyIsThePrefix() {
    assertEquals(List.of("dir/two"), keys("dir/two"));
    assertEquals(List.of(), keys("dir/two/"));
    assertEquals(found("dir/one", "dir/one/below"), keys("dir/one"));
    assertEquals(found("top", "top/below/it"), keys("top"));
    assertEquals(List.of("top/below/it"), keys("top/below/it"));
  }

  @Test
  void noneWhereThereIsNone() {
    assertEquals(List.of(), keys("nothing/here"));
    assertEquals(List.of(), keys("nothing"));
    assertEquals(List.of(), keys("dir/deeper/and/deeper/three/"));
    assertEquals(List.of(), keys("folder"));
  }

  @Test
  void aBucketThatIsMissingIsNamed() throws Exception {
    Failure.of(() -> bucket.databases().list("no-such-bucket", ""))
        .names("no-such-bucket")
        .is(ErrorKind.NOT_FOUND);
  }

  @Test
  void aDatabaseBelowAnotherOneIsADatabaseOfItsOwn() {
    assertArrayEquals(bucket.serialize("top"), bucket.serialize("top/below/it"));
  }

  @Tag("embedded")
  @Test
  void aDatabaseCostsOneListAndOneOrTwoGets() throws Exception {
    for (String prefix : List.of("top/below/", "top/below/i", "top/below/it")) {
      assertCost(layout == Layout.BLOCKS ? 1 : 2, layout == Layout.BLOCKS ? 2 : 1, prefix);
    }
    // The path may be a database itself.
    assertCost(layout == Layout.BLOCKS ? 2 : 3, layout == Layout.BLOCKS ? 4 : 3, "top/below");
  }

  private static void assertCost(int lists, int gets, String prefix) throws Exception {
    AccountSnapshot account =
        bucket
            .server()
            .account()
            .measure(() -> assertEquals(List.of("top/below/it"), keys(prefix)));
    assertEquals(
        Map.of(S3Operation.LIST_OBJECTS_V2, lists, S3Operation.GET_OBJECT, gets),
        account.countByOperation(),
        prefix);
  }
}
