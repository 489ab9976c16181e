package io.github.s3vfs.transfer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.Layout;
import io.github.s3vfs.S3Location;
import io.github.s3vfs.scenario.Bucket;
import io.github.s3vfs.scenario.Failure;
import io.github.s3vfs.scenario.Stored;
import io.github.s3vfs.testkit.BucketObjects;
import io.github.s3vfs.testkit.Fault;
import io.github.s3vfs.testkit.RequestMatch;
import io.github.s3vfs.testkit.S3Operation;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Input that is no whole SQLite database costs nothing: neither the old database nor objects. */
@Tag("any-store")
@ParameterizedClass
@EnumSource(Layout.class)
class RefusedInputTest {
  @Parameter Layout layout = Layout.BLOCKS;

  private static final S3Location OLD = Bucket.location("old");
  private static final S3Location NEW = Bucket.location("new");
  private static Bucket bucket;
  private static BucketObjects objects;

  @TempDir Path directory;

  private byte[] old = new byte[0];
  private byte[] input = new byte[0];

  @BeforeParameterizedClassInvocation
  static void open(Layout layout) {
    bucket = Bucket.open(b -> b.layout(layout));
    objects = bucket.server().objects(Bucket.NAME);
  }

  @AfterParameterizedClassInvocation
  static void close() {
    bucket.close();
  }

  @BeforeEach
  void store() throws Exception {
    old = LocalDatabase.of(directory, 4096, 150, "old");
    bucket.databases().deserialize(OLD, new ByteArrayInputStream(old));
    input = LocalDatabase.of(directory, 4096, 200, "new");
  }

  private static InputStream failingAfter(byte[] bytes, IOException failure) {
    return new SequenceInputStream(
        new ByteArrayInputStream(bytes),
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw failure;
          }

          @Override
          public int read(byte[] target, int offset, int length) throws IOException {
            throw failure;
          }
        });
  }

  /** What is no SQLite database. */
  enum Bad {
    EMPTY("empty"),
    NO_DATABASE("SQLite"),
    ONE_BYTE("SQLite"),
    HEADER_ONLY("bytes"),
    WITHOUT_ITS_LAST_PAGE("bytes"),
    IN_THE_MIDDLE_OF_A_PAGE("bytes");

    private final String named;

    Bad(String named) {
      this.named = named;
    }

    private byte[] of(byte[] good) {
      return switch (this) {
        case EMPTY -> new byte[0];
        case NO_DATABASE -> new byte[good.length];
        case ONE_BYTE -> new byte[] {'S'};
        case HEADER_ONLY -> Arrays.copyOf(good, 100);
        case WITHOUT_ITS_LAST_PAGE -> Arrays.copyOf(good, good.length - 4096);
        case IN_THE_MIDDLE_OF_A_PAGE -> Arrays.copyOf(good, good.length - 1000);
      };
    }
  }

  @ParameterizedTest
  @EnumSource(Bad.class)
  void whatIsNoDatabaseIsRefusedAndChangesNothing(Bad bad) throws Exception {
    Map<String, byte[]> before = Stored.snapshot(objects);
    for (S3Location location : List.of(OLD, NEW)) {
      Failure.of(
              () ->
                  bucket.databases().deserialize(location, new ByteArrayInputStream(bad.of(input))))
          .names("the input", bad.named)
          .is(ErrorKind.INVALID);
    }
    assertUnchanged(before);
    try (Connection connection = bucket.connect("old")) {
      assertEquals(List.of("old"), LocalDatabase.values(connection));
    }
  }

  @Tag("embedded")
  @Test
  void aBadEndIsUndoneAlsoWhileBlocksAreStillOnTheirWay() throws Exception {
    Map<String, byte[]> before = Stored.snapshot(objects);
    bucket
        .server()
        .faults()
        .add(
            RequestMatch.of(S3Operation.PUT_OBJECT).keyPrefix("new/"),
            Fault.delay(Duration.ofMillis(400)));
    InputStream cut = new ByteArrayInputStream(Arrays.copyOf(input, 6 * 4096));
    Failure.of(() -> bucket.databases().deserialize(NEW, cut)).is(ErrorKind.INVALID);
    Thread.sleep(800);
    bucket.server().faults().clear();
    assertUnchanged(before);
  }

  private void assertUnchanged(Map<String, byte[]> before) throws Exception {
    Failure.ofOpening(bucket.url("new", "mode=rw")).is(ErrorKind.NOT_FOUND);
    assertArrayEquals(old, bucket.serialize("old"));
    Map<String, byte[]> now = Stored.snapshot(objects);
    assertEquals(before.keySet(), now.keySet());
    before.forEach((key, bytes) -> assertTrue(Arrays.equals(bytes, now.get(key)), key));
  }

  @ParameterizedTest
  @CsvSource({"0", "50", "100", "5000", "50000"})
  void aStreamThatFailsIsPassedOnAndChangesNothing(int after) throws Exception {
    Map<String, byte[]> before = Stored.snapshot(objects);
    IOException failure = new IOException("the network is gone");
    for (S3Location location : List.of(OLD, NEW)) {
      Failure failed =
          Failure.of(
              () ->
                  bucket
                      .databases()
                      .deserialize(location, failingAfter(Arrays.copyOf(input, after), failure)));
      assertSame(failure, failed.exception());
    }
    assertUnchanged(before);
  }

  @Test
  void chunksThatFailChangeNothing() throws Exception {
    Map<String, byte[]> before = Stored.snapshot(objects);
    Iterable<byte[]> chunks =
        () ->
            List.of(0, 1, 2).stream()
                .map(
                    i -> {
                      if (i == 2) {
                        throw new IllegalStateException("no more");
                      }
                      return Arrays.copyOfRange(input, i * 20_000, (i + 1) * 20_000);
                    })
                .iterator();
    for (S3Location location : List.of(OLD, NEW)) {
      Failure.of(() -> bucket.databases().deserialize(location, chunks)).names("no more");
    }
    assertUnchanged(before);
  }
}
