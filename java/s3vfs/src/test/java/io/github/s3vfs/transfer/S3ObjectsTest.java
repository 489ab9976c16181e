package io.github.s3vfs.transfer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.scenario.Bucket;
import io.github.s3vfs.scenario.Failure;
import io.github.s3vfs.scenario.InterruptAt;
import io.github.s3vfs.testkit.AccountSnapshot;
import io.github.s3vfs.testkit.BucketObjects;
import io.github.s3vfs.testkit.Fault;
import io.github.s3vfs.testkit.FaultRule;
import io.github.s3vfs.testkit.RequestMatch;
import io.github.s3vfs.testkit.S3Operation;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Single objects are read and written in parallel, in order, and as a whole. */
class S3ObjectsTest {
  private static final int MIB = 1 << 20;
  private static final int PART = 5 * MIB;
  private static final UploadOptions PARTS =
      UploadOptions.builder().partSizeBytes(PART).concurrency(3).build();
  private static final ObjectLocation OBJECT = new ObjectLocation(Bucket.NAME, "dir/an object");

  private static Bucket bucket;
  private static S3Objects objects;

  @BeforeAll
  static void open() {
    bucket = Bucket.open(b -> b.retries(1).requestTimeout(Duration.ofSeconds(6)));
    objects = S3Objects.of(bucket.vfs());
  }

  @AfterAll
  static void close() {
    bucket.close();
  }

  @AfterEach
  void nothingIsLeft() {
    bucket.server().faults().clear();
    bucket.server().policy().clear();
    assertEquals(List.of(), stored().uploads());
    stored().keys().forEach(stored()::delete);
  }

  private static BucketObjects stored() {
    return bucket.server().objects(Bucket.NAME);
  }

  static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  private static ObjectInfo upload(byte[] bytes, UploadOptions options) throws IOException {
    try (ObjectUpload upload = objects.upload(OBJECT, options)) {
      upload.write(bytes);
      return upload.complete();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, PART - 1, PART, PART + 1, 3 * PART, 3 * PART + 1})
  void whatWasWrittenIsRead(int length) throws Exception {
    byte[] bytes = random(length);
    ObjectInfo written = upload(bytes, PARTS);
    assertEquals(length, written.size());
    assertArrayEquals(bytes, stored().get(OBJECT.key()));
    assertEquals(stored().etag(OBJECT.key()), written.etag());
    try (ObjectReader reader = objects.open(OBJECT, ReadOptions.DEFAULT.withParts(2 * MIB, 4))) {
      assertEquals(written.etag(), reader.info().etag());
      assertArrayEquals(bytes, reader.readAllBytes());
      assertEquals(-1, reader.read());
      assertEquals(0, reader.remaining());
    }
  }

  @Test
  void aSmallObjectIsOneRequestAndALargeOneIsInParts() throws Exception {
    AccountSnapshot small = bucket.server().account().measure(() -> upload(random(99), PARTS));
    assertEquals(Map.of(S3Operation.PUT_OBJECT, 1), small.countByOperation());
    AccountSnapshot large =
        bucket.server().account().measure(() -> upload(random(3 * PART + 1), PARTS));
    assertEquals(
        Map.of(
            S3Operation.CREATE_MULTIPART_UPLOAD,
            1,
            S3Operation.UPLOAD_PART,
            4,
            S3Operation.COMPLETE_MULTIPART_UPLOAD,
            1),
        large.countByOperation());
    assertTrue(large.where(r -> r.operation() == S3Operation.UPLOAD_PART).maxInFlight() <= 3);
  }

  @Test
  void bytesCanBeWrittenOneByOneAndFromBuffers() throws Exception {
    try (ObjectUpload upload = objects.upload(OBJECT)) {
      for (byte b : random(70_000)) {
        upload.write(b);
      }
      assertEquals(3, upload.write(ByteBuffer.wrap(new byte[] {1, 2, 3})));
      upload.complete();
      assertFalse(upload.isOpen());
      assertThrows(IOException.class, () -> upload.write(1));
    }
    assertEquals(70_003, stored().get(OBJECT.key()).length);
  }

  @Test
  void aRangeIsRead() throws Exception {
    byte[] bytes = random(1000);
    stored().put(OBJECT.key(), bytes);
    try (ObjectReader reader = objects.open(OBJECT, ReadOptions.DEFAULT.withRange(990, 5))) {
      assertArrayEquals(java.util.Arrays.copyOfRange(bytes, 990, 995), reader.readAllBytes());
    }
    try (ObjectReader reader = objects.open(OBJECT, ReadOptions.DEFAULT.withRange(2000, 5))) {
      assertEquals(-1, reader.read());
    }
  }

  @Test
  void whatIsStoredWithAnObjectComesBack() throws Exception {
    upload(
        random(10),
        UploadOptions.builder()
            .contentType("text/csv")
            .cacheControl("no-store")
            .contentDisposition("attachment")
            .metadata(Map.of("made-by", "a test"))
            .build());
    ObjectInfo info = objects.stat(OBJECT);
    assertEquals("text/csv", info.contentType());
    assertEquals("no-store", info.cacheControl());
    assertEquals("attachment", info.contentDisposition());
    assertEquals(Map.of("made-by", "a test"), info.metadata());
    assertNull(info.contentEncoding());
  }

  @Test
  void anObjectThatIsReplacedWhileItIsReadIsTold() throws Exception {
    stored().put(OBJECT.key(), random(3 * MIB));
    try (ObjectReader reader = objects.open(OBJECT, ReadOptions.DEFAULT.withParts(MIB, 1))) {
      assertTrue(reader.read() >= 0);
      stored().put(OBJECT.key(), random(4 * MIB));
      Failure.of(reader::readAllBytes)
          .is(ErrorKind.CONFLICT)
          .names(OBJECT + " has changed while it was read");
    }
  }

  @Test
  void whatIsNotThereIsNamed() throws Exception {
    Failure.of(() -> objects.open(OBJECT)).is(ErrorKind.NOT_FOUND).names(OBJECT.toString());
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 2 * PART + 1})
  void conditionsHoldForSmallAndLargeObjects(int length) throws Exception {
    UploadOptions.Builder options = PARTS.toBuilder();
    UploadOptions absent = options.condition(WriteCondition.ifAbsent()).build();
    ObjectInfo first = upload(random(length), absent);
    assertConflict(length, absent);
    assertConflict(length, options.condition(WriteCondition.ifMatch("\"0\"")).build());
    upload(random(1), options.condition(WriteCondition.ifMatch(first.etag())).build());
    assertEquals(1, stored().get(OBJECT.key()).length);
  }

  private static void assertConflict(int length, UploadOptions options) throws IOException {
    try (ObjectUpload upload = objects.upload(OBJECT, options)) {
      Failure.of(
              () -> {
                upload.write(random(length));
                upload.complete();
              })
          .is(ErrorKind.CONFLICT)
          .names(OBJECT.toString());
    }
  }

  @Test
  void aConditionThatIsLostDuringTheUploadIsToldAtItsEnd() throws Exception {
    UploadOptions absent = PARTS.toBuilder().condition(WriteCondition.ifAbsent()).build();
    try (ObjectUpload upload = objects.upload(OBJECT, absent)) {
      upload.write(random(2 * PART));
      stored().put(OBJECT.key(), new byte[] {1});
      Failure.of(upload::complete).is(ErrorKind.CONFLICT).names(OBJECT.toString());
    }
    assertEquals(1, stored().get(OBJECT.key()).length);
  }

  @Test
  void anUploadThatIsNotCompletedLeavesNothing() throws Exception {
    stored().put(OBJECT.key(), new byte[] {1});
    try (ObjectUpload upload = objects.upload(OBJECT, PARTS)) {
      upload.write(random(3 * PART));
      assertEquals(List.of(OBJECT.key()), stored().uploads());
    }
    assertEquals(1, stored().get(OBJECT.key()).length);
  }

  @Test
  void aPartThatFailsEndsTheUpload() throws Exception {
    FaultRule rule =
        bucket
            .server()
            .faults()
            .add(RequestMatch.of(S3Operation.UPLOAD_PART).from(2), Fault.internalError());
    try (ObjectUpload upload = objects.upload(OBJECT, PARTS)) {
      byte[] bytes = random(2 * PART + 1);
      Failure.of(
              () -> {
                upload.write(bytes);
                upload.complete();
              })
          .is(ErrorKind.UNAVAILABLE)
          .names(OBJECT.toString());
    }
    assertTrue(rule.fired() >= 2);
    assertFalse(stored().contains(OBJECT.key()));
  }

  @Test
  void aPartThatIsSentAgainIsTheSame() throws Exception {
    bucket
        .server()
        .faults()
        .add(RequestMatch.of(S3Operation.UPLOAD_PART).nth(2), Fault.internalError());
    byte[] bytes = random(3 * PART + 5);
    upload(bytes, PARTS);
    assertArrayEquals(bytes, stored().get(OBJECT.key()));
  }

  @Test
  void anUploadWhoseLastAnswerIsLostIsRecognized() throws Exception {
    FaultRule rule =
        bucket
            .server()
            .faults()
            .add(
                RequestMatch.of(S3Operation.COMPLETE_MULTIPART_UPLOAD).nth(1),
                Fault.resetAfterEffect());
    byte[] bytes = random(2 * PART + 5);
    ObjectInfo written = upload(bytes, PARTS);
    assertEquals(1, rule.fired());
    assertEquals(stored().etag(OBJECT.key()), written.etag());
    assertArrayEquals(bytes, stored().get(OBJECT.key()));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 10, MIB})
  void aSmallUploadWhoseAnswerIsLostIsRecognized(int length) throws Exception {
    FaultRule rule = answersAreLost(Fault.errorAfterEffect(500, "InternalError"));
    byte[] bytes = random(length);
    ObjectInfo written = upload(bytes, PARTS);
    assertTrue(rule.fired() > 0);
    assertEquals(stored().etag(OBJECT.key()), written.etag());
    assertArrayEquals(bytes, stored().get(OBJECT.key()));
  }

  private static FaultRule answersAreLost(Fault fault) {
    return bucket.server().faults().add(RequestMatch.of(S3Operation.PUT_OBJECT), fault);
  }

  @Test
  void whatIsThereAfterASmallUploadWithoutAnAnswerMayBeAnothers() throws Exception {
    stored().put(OBJECT.key(), random(11));
    FaultRule rule = answersAreLost(Fault.internalError());
    Failure.of(() -> upload(random(10), PARTS)).is(ErrorKind.UNAVAILABLE).names(OBJECT.toString());
    rule.remove();
    stored().delete(OBJECT.key());
    rule = answersAreLost(Fault.resetBeforeEffect());
    Failure.of(() -> upload(random(10), PARTS)).is(ErrorKind.UNAVAILABLE).names(OBJECT.toString());
    rule.remove();
    // The same bytes, and it cannot be known whose.
    UploadOptions absent = PARTS.toBuilder().condition(WriteCondition.ifAbsent()).build();
    stored().put(OBJECT.key(), random(10));
    rule = answersAreLost(Fault.internalError());
    Failure.of(() -> upload(random(10), absent)).is(ErrorKind.UNAVAILABLE);
    rule.remove();
  }

  @Test
  void aPartThatComesShortIsAskedForAgain() throws Exception {
    byte[] bytes = random(4 * MIB);
    stored().put(OBJECT.key(), bytes);
    FaultRule rule =
        bucket
            .server()
            .faults()
            .add(RequestMatch.of(S3Operation.GET_OBJECT).nth(2), Fault.truncateBody(1000));
    try (ObjectReader reader = objects.open(OBJECT, ReadOptions.DEFAULT.withParts(MIB, 2))) {
      assertArrayEquals(bytes, reader.readAllBytes());
    }
    assertEquals(1, rule.fired());
  }

  @Test
  void aTargetThatTakesNoMoreEndsTheReading() throws Exception {
    stored().put(OBJECT.key(), random(4 * MIB));
    try (ObjectReader reader = objects.open(OBJECT, ReadOptions.DEFAULT.withParts(MIB, 2))) {
      OutputStream full =
          new OutputStream() {
            @Override
            public void write(int b) throws IOException {
              throw new IOException("no space left");
            }
          };
      Failure.of(() -> reader.transferTo(full)).names("no space left");
    }
  }

  @Test
  void readingIsInterrupted() throws Exception {
    stored().put(OBJECT.key(), random(4 * MIB));
    try (ObjectReader reader = objects.open(OBJECT, ReadOptions.DEFAULT.withParts(MIB, 2))) {
      FaultRule held =
          bucket
              .server()
              .faults()
              .add(RequestMatch.of(S3Operation.GET_OBJECT), Fault.delay(Duration.ofMillis(500)));
      Thread.currentThread().interrupt();
      Failure failure = Failure.of(reader::readAllBytes);
      assertTrue(Thread.interrupted());
      failure.is(ErrorKind.INTERRUPTED);
      assertTrue(failure.exception() instanceof InterruptedIOException);
      held.remove();
    } finally {
      Thread.interrupted();
    }
  }

  @Test
  void progressGrowsToTheTotalAndCanEndIt() throws Exception {
    List<Long> told = new ArrayList<>();
    int length = 4 * PART + 1;
    upload(
        random(length),
        PARTS.toBuilder()
            .expectedSize(length)
            .progress(
                (bytes, total) -> {
                  assertEquals(length, total);
                  told.add(bytes);
                })
            .build());
    assertEquals(length, told.get(told.size() - 1));
    assertEquals(told.stream().sorted().distinct().toList(), told);
    UploadOptions cancelled =
        PARTS.toBuilder()
            .progress(
                (bytes, total) -> {
                  throw new CancellationException("enough");
                })
            .build();
    stored().put(OBJECT.key(), new byte[] {1});
    assertThrows(CancellationException.class, () -> upload(random(length), cancelled));
    assertEquals(1, stored().get(OBJECT.key()).length);
  }

  @Test
  void anInterruptEndsTheUpload() throws Exception {
    try (ObjectUpload upload = objects.upload(OBJECT, PARTS)) {
      upload.write(random(PART + 1));
      Thread.currentThread().interrupt();
      Failure failure = Failure.of(() -> upload.write(random(2 * PART)));
      assertTrue(Thread.interrupted());
      failure.is(ErrorKind.INTERRUPTED);
      assertTrue(failure.exception() instanceof InterruptedIOException);
      assertEquals(List.of(), stored().uploads());
    } finally {
      Thread.interrupted();
    }
  }

  @Test
  void partsThatMayBeLeftAreTold() throws Exception {
    bucket.server().policy().deny(bucket.server().accessKeyId(), "s3:AbortMultipartUpload");
    ObjectUpload upload = objects.upload(OBJECT, PARTS);
    upload.write(random(2 * PART));
    Failure.of(upload::close)
        .is(ErrorKind.ACCESS_DENIED)
        .names("may be left", "s3:AbortMultipartUpload", OBJECT.toString());
    bucket.server().policy().clear();
    upload.close();
    stored().abortUploads();
  }

  @Test
  void objectsAreListedAndDeleted() {
    stored().put("a/1", new byte[] {1});
    stored().put("a/2", new byte[] {1, 2});
    stored().put("b", new byte[] {1});
    assertEquals(
        List.of("s3://bucket/a/1 1", "s3://bucket/a/2 2"),
        objects.list(Bucket.NAME, "a/").stream().map(o -> o.location() + " " + o.size()).toList());
    objects.delete(ObjectLocation.parse("s3://bucket/a/1"));
    objects.delete(ObjectLocation.parse("s3://bucket/a/1"));
    assertFalse(stored().contains("a/1"));
  }

  @Test
  void anUploadThatBeginsWhileTheThreadIsInterruptedIsAborted() throws Exception {
    interruptedAtItsBeginning(failure -> assertEquals(List.of(), stored().uploads()));
  }

  /**
   * Interrupts the thread of an upload before its id has come.
   *
   * @param check gets the failure, before the upload is closed
   */
  private void interruptedAtItsBeginning(Consumer<Failure> check) throws Exception {
    FaultRule slow =
        bucket
            .server()
            .faults()
            .add(
                RequestMatch.of(S3Operation.CREATE_MULTIPART_UPLOAD),
                Fault.delay(Duration.ofMillis(500)));
    try (ObjectUpload upload = objects.upload(OBJECT, PARTS);
        InterruptAt interrupt = new InterruptAt(slow)) {
      Failure failure = Failure.of(() -> upload.write(random(PART + 1)));
      interrupt.assertNoted();
      failure.is(ErrorKind.INTERRUPTED);
      check.accept(failure);
    }
  }

  @Test
  void anUploadThatIsNotWaitedForAndCannotBeAbortedIsNamed() throws Exception {
    bucket.server().policy().deny(bucket.server().accessKeyId(), "s3:AbortMultipartUpload");
    interruptedAtItsBeginning(
        failure -> {
          Throwable cause = Objects.requireNonNull(failure.exception().getCause());
          String left = String.valueOf(cause.getSuppressed()[0]);
          assertTrue(left.contains("an upload to " + OBJECT + " may be left"), left);
        });
    bucket.server().policy().clear();
    stored().abortUploads();
  }

  @Test
  void aThreadThatIsInterruptedAlreadyBeginsNoUpload() throws Exception {
    try (ObjectUpload upload = objects.upload(OBJECT, PARTS)) {
      AccountSnapshot account =
          bucket
              .server()
              .account()
              .measure(
                  () -> {
                    Thread.currentThread().interrupt();
                    Failure failure = Failure.of(() -> upload.write(random(PART + 1)));
                    assertTrue(Thread.interrupted());
                    failure.is(ErrorKind.INTERRUPTED);
                  });
      assertEquals(Map.of(), account.countByOperation());
    } finally {
      Thread.interrupted();
    }
  }
}
