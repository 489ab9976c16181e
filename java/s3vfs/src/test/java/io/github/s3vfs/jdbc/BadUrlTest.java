package io.github.s3vfs.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3Location;
import io.github.s3vfs.scenario.Failure;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** URLs that cannot be meant: the message says what is wrong, and nothing is stored anywhere. */
class BadUrlTest {
  private static DefaultVfs s3;

  @BeforeAll
  static void start() {
    s3 = new DefaultVfs();
  }

  @AfterAll
  static void stop() {
    s3.close();
  }

  @AfterEach
  void nothingIsStored() {
    assertEquals(List.of(), s3.server.objects(DefaultVfs.BUCKET).keys());
  }

  @Test
  void namesABucketThatIsMissing() throws Exception {
    Failure.ofOpening(s3.url("/no-such-bucket/key"))
        .names("no-such-bucket", "404", "there is no bucket no-such-bucket")
        .is(ErrorKind.NOT_FOUND);
  }

  @Test
  void namesAnUnknownParameterAndTheKnownOnes() throws Exception {
    Failure.ofOpening(s3.url("/bucket/key", "blok_size=4096"))
        .names("unknown URL parameter 'blok_size'", "block_size", "endpoint", "immutable")
        .is(ErrorKind.INVALID);
  }

  @ParameterizedTest
  @CsvSource({
    "block_size, 0",
    "block_size, -1",
    "block_size, 67108865",
    "block_size, 99999999999999999999",
    "block_size, 4k",
    "max_staleness_ms, -1",
    "max_staleness_ms, soon",
    "path_style, maybe",
    "region, EU CENTRAL",
    "region, eu/central",
    "endpoint, localhost:9000",
    "endpoint, ftp://localhost",
    "endpoint, http://",
    "layout, bricks"
  })
  void namesABadValueWithItsParameterAndWhatIsExpected(String name, String value) throws Exception {
    String encoded = value.replace(" ", "%20");
    Failure.ofOpening("jdbc:sqlite:file:/bucket/key?vfs=s3&" + name + "=" + encoded)
        .names(name + "=" + value, "expected")
        .is(ErrorKind.INVALID);
  }

  @ParameterizedTest
  @ValueSource(strings = {"block_size", "max_staleness_ms", "path_style", "region", "endpoint"})
  void namesAParameterWithoutAValue(String name) throws Exception {
    Failure.ofOpening("jdbc:sqlite:file:/bucket/key?vfs=s3&" + name + "=").names(name);
    Failure.ofOpening("jdbc:sqlite:file:/bucket/key?vfs=s3&" + name).names(name);
  }

  @Test
  void doesNotRepeatCredentialsOfAnEndpoint() throws Exception {
    Failure failure =
        Failure.ofOpening(
            "jdbc:sqlite:file:/bucket/key?vfs=s3&endpoint=http://me:hunter2@localhost:1");
    failure.names("endpoint", "without credentials").is(ErrorKind.INVALID);
    assertFalse(failure.text().contains("hunter2"), failure.text());
  }

  @ParameterizedTest
  @ValueSource(strings = {"/bucket", "/bucket/", "bucket", "bucket/"})
  void asksForAKey(String path) throws Exception {
    Failure.ofOpening(s3.url(path)).names("bucket", "key", "/bucket/key").is(ErrorKind.INVALID);
  }

  @ParameterizedTest
  @CsvSource({
    "/bucket//key, slash",
    "/bucket/key/, slash",
    "/bucket/a//b, an empty",
    "/bucket/a/../b, '..'",
    "/bucket/a/./b, '.'",
    "/bucket/.., '..'",
    "/bucket/a%01b, control character",
    "/bucket/a%0Ab, control character",
    "/bucket/a-journal, -journal",
    "/bucket/a-wal, -wal",
    "/bucket/a-lease, -lease"
  })
  void saysWhatIsWrongWithAnAbsurdKey(String path, String what) throws Exception {
    Failure failure = Failure.ofOpening(s3.url(path));
    failure.names("bucket").is(ErrorKind.INVALID);
    if (!what.startsWith("-")) {
      failure.names(what);
    } else {
      failure.names(what, "reserved");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/b/key", "/_bucket/key", "/bucket%20name/key", "/%0Abucket/key"})
  void saysThatABucketHasAnImpossibleName(String path) throws Exception {
    Failure.ofOpening(s3.url(path)).names("is not a bucket name").is(ErrorKind.INVALID);
  }

  @ParameterizedTest
  @ValueSource(strings = {"file://bucket/key?vfs=s3", "file://bucket/key?vfs=s3&mode=ro"})
  void saysThatABucketIsNoAuthority(String address) throws Exception {
    Failure.ofOpening("jdbc:sqlite:" + address).names("invalid uri authority: bucket");
  }

  @Test
  void refusesAKeyThatIsTooLong() throws Exception {
    int most = S3Location.MAX_KEY_BYTES;
    Failure.ofOpening(s3.url("/bucket/" + "k".repeat(most + 1)))
        .names((most + 1) + " bytes", "at most " + most)
        .is(ErrorKind.INVALID);
    Failure.ofOpening(s3.url("/bucket/" + "k".repeat(10_000)))
        .names("10000 bytes", "bucket")
        .is(ErrorKind.INVALID);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:s3vfs://bucket",
        "jdbc:s3vfs://bucket/",
        "jdbc:s3vfs:///key",
        "jdbc:s3vfs://",
        "jdbc:s3vfs:"
      })
  void saysWhatTheOwnUrlFormLacks(String url) throws Exception {
    String lacks = url.endsWith("key") ? "is not" : "key";
    Failure.ofOpening(url).names(url.contains("/") ? lacks : "s3://").is(ErrorKind.INVALID);
  }

  @Test
  void saysHowTheOwnUrlFormBegins() throws Exception {
    Failure.ofOpening("jdbc:s3vfs:bucket/key").names("bucket/key", "s3://").is(ErrorKind.INVALID);
  }

  @Test
  void namesAVfsThatIsNotRegistered() throws Exception {
    Failure.ofOpening("jdbc:s3vfs://bucket/key?vfs=nobody").names("nobody").is(ErrorKind.INVALID);
    Failure.ofOpening("jdbc:sqlite:file:/bucket/key?vfs=nobody").names("nobody");
  }
}
