package io.github.s3vfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class S3LocationTest {
  private static final long SEED = Long.getLong("s3vfs.test.seed", System.nanoTime());

  private static String refusal(Executable executable) {
    S3VfsException e = assertThrows(S3VfsException.class, executable);
    assertEquals(ErrorKind.INVALID, e.kind());
    return String.valueOf(e.getMessage());
  }

  private static void assertRefused(String reason, Executable executable) {
    String message = refusal(executable);
    assertTrue(message.contains(reason), message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cool.sqlite",
        "path/to/cool.sqlite",
        "a",
        "...",
        ".a/..b/c.",
        "-journal/x",
        "a-journal.db",
        "x-lease/y",
        "with space",
        "100%25?x=1#y&z",
        "back\\slash",
        "\u00fcml\u00e4ut/\u65e5\u672c/\ud83d\ude00",
        "a/0000000000"
      })
  void aKeyIsTakenAsItIs(String key) {
    S3Location location = new S3Location("my-bucket", key);
    assertEquals(key, location.key());
    assertEquals("my-bucket/" + key, location.path());
    assertEquals("s3://my-bucket/" + key, location.toString());
    assertEquals(location, S3Location.ofPath(location.path()));
    assertEquals(location, S3Location.parse(location.toString()));
  }

  @Test
  void bucketsOfEveryKindAreTaken() {
    String[] buckets = {
      "abc",
      "my.bucket-1",
      "Old_Bucket",
      "123",
      "b".repeat(255),
      "my-access-point-hrzrlukc5m36ft7okagglf3gmwluquse1b-s3alias",
      "express--use1-az4--x-s3"
    };
    for (String bucket : buckets) {
      assertEquals(bucket, S3Location.ofPath(bucket + "/key").bucket());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "ab",
        "-abc",
        "abc-",
        ".abc",
        "abc.",
        "_abc",
        "a b",
        "a:b",
        "a@b",
        "a%b",
        "a\nbc",
        "abc\n",
        "b\u00fccket",
        "arn:aws:s3:us-east-1:1:accesspoint/x"
      })
  void whatIsNoBucketNameIsRefused(String bucket) {
    assertRefused("is not a bucket name", () -> new S3Location(bucket, "key"));
  }

  @Test
  void aBucketNameThatIsTooLongIsRefusedAndShortened() {
    String message = refusal(() -> new S3Location("b".repeat(256), "key"));
    assertTrue(message.contains("is not a bucket name"), message);
    assertTrue(message.length() < 200, message);
  }

  static Stream<Arguments> badKeys() {
    return Stream.of(
        Arguments.of("", "the key is empty"),
        Arguments.of("/", "begins or ends with a slash"),
        Arguments.of("/a", "begins or ends with a slash"),
        Arguments.of("a/", "begins or ends with a slash"),
        Arguments.of("a//b", "empty, '.' or '..' segment"),
        Arguments.of(".", "empty, '.' or '..' segment"),
        Arguments.of("..", "empty, '.' or '..' segment"),
        Arguments.of("a/../b", "empty, '.' or '..' segment"),
        Arguments.of("./a", "empty, '.' or '..' segment"),
        Arguments.of("a/.", "empty, '.' or '..' segment"),
        Arguments.of("a\nb", "control character"),
        Arguments.of("a\u0000b", "control character"),
        Arguments.of("a\u007f", "control character"),
        Arguments.of("\u001fa", "control character"),
        Arguments.of("a\ud83d", "not valid Unicode"),
        Arguments.of("\ude00\ud83d", "not valid Unicode"),
        Arguments.of("cool.sqlite-journal", "reserved"),
        Arguments.of("cool.sqlite-wal", "reserved"),
        Arguments.of("cool.sqlite-lease", "reserved"),
        Arguments.of("a/-journal", "reserved"));
  }

  @ParameterizedTest
  @MethodSource("badKeys")
  void aBadKeyIsRefusedWithTheReason(String key, String reason) {
    assertRefused(reason, () -> new S3Location("my-bucket", key));
    assertRefused(reason, () -> S3Location.ofPath("my-bucket/" + key));
    assertRefused(reason, () -> S3Location.parse("s3://my-bucket/" + key));
    assertRefused("my-bucket", () -> new S3Location("my-bucket", key));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "\u00fc", "\u20ac", "\ud83d\ude00"})
  void theLongestKeyIsMeasuredInBytesOfUtf8(String character) {
    int width = character.getBytes(StandardCharsets.UTF_8).length;
    int left = S3Location.MAX_KEY_BYTES % width;
    String longest = character.repeat(S3Location.MAX_KEY_BYTES / width) + "x".repeat(left);
    assertEquals(1005, longest.getBytes(StandardCharsets.UTF_8).length);
    assertEquals(longest, new S3Location("bucket", longest).key());
    String message = refusal(() -> new S3Location("bucket", longest + "x"));
    assertTrue(message.contains("has 1006 bytes; at most 1005 fit"), message);
    assertTrue(message.length() < 200, message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "bucket/key", "/bucket/key", "S3://bucket/key", "s3:/bucket/key"})
  void aUriMustBeginWithTheScheme(String uri) {
    assertRefused("does not begin with s3://", () -> S3Location.parse(uri));
  }

  @Test
  void aBucketWithoutAKeyIsRefused() {
    assertRefused("names no key", () -> S3Location.parse("s3://my-bucket"));
    assertRefused("names no key", () -> S3Location.ofPath("my-bucket"));
    assertRefused("the key is empty", () -> S3Location.ofPath("my-bucket/"));
    assertRefused("is not a bucket name", () -> S3Location.ofPath("/key"));
  }

  @Test
  void messagesShowNoControlCharacters() {
    for (String text : new String[] {"a\u001b[2Jb", "a\r\nb", "a\u0007b"}) {
      String[] messages = {
        refusal(() -> new S3Location(text, "key")),
        refusal(() -> new S3Location("bucket", text)),
        refusal(() -> S3Location.parse(text))
      };
      for (String message : messages) {
        assertFalse(message.chars().anyMatch(Character::isISOControl), message);
      }
    }
  }

  @Test
  void whateverIsTakenComesBackAndWhateverIsNotIsInvalid() {
    int rounds = Boolean.getBoolean("s3vfs.test.thorough") ? 300_000 : 20_000;
    Random random = new Random(SEED);
    String alphabet = "ab/.-_\u00fc\ud83d\ude00\u0001wal ";
    int taken = 0;
    for (int round = 0; round < rounds; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(12); i > 0; i--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      String path = "bucket/" + text;
      try {
        S3Location location = S3Location.ofPath(path);
        assertEquals(path, location.path(), "seed " + SEED);
        taken++;
      } catch (S3VfsException e) {
        assertEquals(ErrorKind.INVALID, e.kind(), "seed " + SEED);
      }
    }
    assertTrue(taken > rounds / 100, taken + " of " + rounds + ", seed " + SEED);
  }
}
