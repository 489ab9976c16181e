package io.github.s3vfs.transfer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A header is put in front of objects, by the store or through this process. */
@Tag("any-store")
class ObjectRewriterTest {
  private static final int MIB = 1 << 20;
  private static final int PART = 5 * MIB;
  private static final ObjectLocation SOURCE = new ObjectLocation(Bucket.NAME, "unload/000.csv");
  private static final ObjectLocation TARGET = new ObjectLocation(Bucket.NAME, "unload.csv");
  private static final Header HEADER = Header.bytes("oh ".getBytes(StandardCharsets.UTF_8));
  private static final RewriteOptions BY_STORE =
      RewriteOptions.DEFAULT
          .withCopied(true, false)
          .withUpload(UploadOptions.builder().partSizeBytes(PART).concurrency(3).build());
  private static final RewriteOptions STREAMED = BY_STORE.withServerSide(false);

  private static Bucket bucket;
  private static ObjectRewriter rewriter;

  @BeforeAll
  static void open() {
    bucket = Bucket.open(b -> b.retries(1).requestTimeout(Duration.ofSeconds(6)));
    rewriter = ObjectRewriter.of(S3Objects.of(bucket.vfs()));
  }

  @AfterAll
  static void close() {
    bucket.close();
  }

  @AfterEach
  void nothingIsLeft() {
    bucket.server().faults().clear();
    assertEquals(List.of(), stored().uploads());
    stored().keys().forEach(stored()::delete);
  }

  private static BucketObjects stored() {
    return bucket.server().objects(Bucket.NAME);
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, PART - 4, PART - 3, PART - 1, PART, PART + 1, 3 * PART, 3 * PART + 1})
  void theResultIsTheHeaderAndTheSource(int length) {
    byte[] source = S3ObjectsTest.random(length);
    stored().put(SOURCE.key(), source);
    for (RewriteOptions options : List.of(BY_STORE, STREAMED, BY_STORE.withCopyPartBytes(PART))) {
      RewriteResult result = rewriter.prepend(HEADER, SOURCE, TARGET, options);
      assertArrayEquals(join(bytes("oh "), source), stored().get(TARGET.key()));
      assertEquals(length + 3, result.object().size());
      assertEquals(stored().etag(TARGET.key()), result.object().etag());
      assertTrue(result.headerAdded());
      stored().delete(TARGET.key());
    }
    assertArrayEquals(source, stored().get(SOURCE.key()));
  }

  @Test
  void theHeaderComesFirstAndNotBehindTheFirstChunk() {
    stored().put(SOURCE.key(), bytes("hello"));
    rewriter.prepend(HEADER, SOURCE, TARGET, RewriteOptions.DEFAULT);
    assertEquals("oh hello", new String(stored().get(TARGET.key()), StandardCharsets.UTF_8));
  }

  @Test
  @Tag("embedded")
  void theStoreCopiesAllButTheFirstPart() throws Exception {
    stored().put(SOURCE.key(), S3ObjectsTest.random(8 * PART));
    RewriteResult[] result = new RewriteResult[1];
    AccountSnapshot account =
        bucket
            .server()
            .account()
            .measure(() -> result[0] = rewriter.prepend(HEADER, SOURCE, TARGET, BY_STORE));
    assertEquals(
        Map.of(
            S3Operation.HEAD_OBJECT, 1,
            S3Operation.GET_OBJECT, 1,
            S3Operation.CREATE_MULTIPART_UPLOAD, 1,
            S3Operation.UPLOAD_PART, 1,
            S3Operation.UPLOAD_PART_COPY, 1,
            S3Operation.COMPLETE_MULTIPART_UPLOAD, 1),
        account.countByOperation());
    assertTrue(account.bytesIn() < PART + 10_000, account::toString);
    assertTrue(account.bytesOut() < PART + 10_000, account::toString);
    assertEquals(PART, result[0].bytesSent());
    assertEquals(7 * PART + 3, result[0].bytesCopied());
  }

  @Test
  @Tag("embedded")
  void aSmallResultIsOnePut() throws Exception {
    stored().put(SOURCE.key(), bytes("1\n"));
    AccountSnapshot account =
        bucket.server().account().measure(() -> rewriter.prepend(HEADER, SOURCE, TARGET, BY_STORE));
    assertEquals(
        Map.of(S3Operation.HEAD_OBJECT, 1, S3Operation.GET_OBJECT, 1, S3Operation.PUT_OBJECT, 1),
        account.countByOperation());
  }

  @Test
  void severalSourcesArePutTogether() {
    byte[] large = S3ObjectsTest.random(2 * PART + 5);
    List<ObjectLocation> sources = new ArrayList<>();
    List<byte[]> parts = new ArrayList<>(List.of(bytes("h\r\n")));
    for (byte[] part : List.of(bytes("1\r\n"), large, bytes(""), bytes("2\r\n"), large)) {
      ObjectLocation source = TARGET.withKey("part" + sources.size());
      stored().put(source.key(), part);
      sources.add(source);
      parts.add(part);
    }
    for (RewriteOptions options : List.of(BY_STORE, STREAMED)) {
      rewriter.concat(Header.line("h"), sources, TARGET, options);
      assertArrayEquals(join(parts.toArray(new byte[0][])), stored().get(TARGET.key()));
      stored().delete(TARGET.key());
    }
  }

  @Test
  void aHeaderThatSeveralSourcesHaveIsThereOnce() {
    ObjectLocation second = TARGET.withKey("second");
    stored().put(SOURCE.key(), bytes("\ufeffa,b\n1,2\n"));
    stored().put(second.key(), bytes("\ufeffa,b\n3,4\n"));
    Header header = Header.columns(List.of("a", "b"), ',').withSkipIfPresent(true);
    RewriteResult result =
        rewriter.concat(header, List.of(SOURCE, second), TARGET, RewriteOptions.DEFAULT);
    assertEquals(
        "\ufeffa,b\n1,2\n3,4\n", new String(stored().get(TARGET.key()), StandardCharsets.UTF_8));
    assertFalse(result.headerAdded());
  }

  @Tag("embedded") // another store has no faults
  @ParameterizedTest
  @ValueSource(ints = {10, 3 * PART})
  void anObjectCanBeReplacedByItself(int length) throws Exception {
    byte[] source = S3ObjectsTest.random(length);
    for (RewriteOptions options : List.of(BY_STORE, STREAMED)) {
      stored().put(SOURCE.key(), source);
      rewriter.prepend(HEADER, SOURCE, SOURCE, options);
      assertArrayEquals(join(bytes("oh "), source), stored().get(SOURCE.key()));
    }
    stored().put(SOURCE.key(), source);
    replaceWhenFirst(S3Operation.GET_OBJECT, bytes("another"));
    Failure.of(() -> rewriter.prepend(HEADER, SOURCE, SOURCE, BY_STORE)).is(ErrorKind.CONFLICT);
    assertArrayEquals(bytes("another"), stored().get(SOURCE.key()));
  }

  /** Another process replaces the source when a request of this kind comes. */
  private static void replaceWhenFirst(S3Operation operation, byte[] by) {
    bucket
        .server()
        .faults()
        .add(
            RequestMatch.of(operation)
                .where(
                    request -> {
                      stored().put(SOURCE.key(), by);
                      return true;
                    })
                .nth(1),
            Fault.delay(Duration.ofMillis(1)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"UPLOAD_PART_COPY", "CREATE_MULTIPART_UPLOAD"})
  @Tag("embedded")
  void aSourceThatChangesIsTold(String when) throws Exception {
    stored().put(SOURCE.key(), S3ObjectsTest.random(4 * PART));
    stored().put(TARGET.key(), bytes("before"));
    replaceWhenFirst(S3Operation.valueOf(when), S3ObjectsTest.random(4 * PART + 1));
    Failure.of(() -> rewriter.prepend(HEADER, SOURCE, TARGET, BY_STORE))
        .is(ErrorKind.CONFLICT)
        .names(SOURCE + " has changed");
    assertArrayEquals(bytes("before"), stored().get(TARGET.key()));
  }

  @Test
  @Tag("embedded")
  void aSourceThatChangesWhileItIsReadIsTold() throws Exception {
    stored().put(SOURCE.key(), S3ObjectsTest.random(8 * PART));
    AtomicInteger read = new AtomicInteger();
    bucket
        .server()
        .faults()
        .add(
            RequestMatch.of(S3Operation.GET_OBJECT)
                .where(
                    request -> {
                      if (read.incrementAndGet() == 2) {
                        stored().put(SOURCE.key(), S3ObjectsTest.random(8 * PART + 1));
                      }
                      return false;
                    }),
            Fault.delay(Duration.ZERO));
    Failure.of(() -> rewriter.prepend(HEADER, SOURCE, TARGET, STREAMED))
        .is(ErrorKind.CONFLICT)
        .names(SOURCE + " has changed");
    assertFalse(stored().contains(TARGET.key()));
  }

  @Test
  @Tag("embedded")
  void conditionsOfTheTargetHold() throws Exception {
    stored().put(SOURCE.key(), S3ObjectsTest.random(3 * PART));
    stored().put(TARGET.key(), bytes("before"));
    UploadOptions absent =
        BY_STORE.upload().toBuilder().condition(WriteCondition.ifAbsent()).build();
    for (RewriteOptions options :
        List.of(BY_STORE, STREAMED, BY_STORE.withTemporarySuffix(".temp"))) {
      Failure.of(() -> rewriter.prepend(HEADER, SOURCE, TARGET, options.withUpload(absent)))
          .is(ErrorKind.CONFLICT)
          .names(TARGET.toString());
    }
    assertEquals(List.of(TARGET.key(), SOURCE.key()), stored().keys());
    assertArrayEquals(bytes("before"), stored().get(TARGET.key()));
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 3 * PART})
  void aTemporaryKeyIsPromotedAndDeleted(int length) throws Exception {
    byte[] source = S3ObjectsTest.random(length);
    stored().put(SOURCE.key(), source);
    RewriteOptions options = BY_STORE.withTemporarySuffix(".temp");
    rewriter.prepend(HEADER, SOURCE, TARGET, options);
    assertArrayEquals(join(bytes("oh "), source), stored().get(TARGET.key()));
    rewriter.prepend(HEADER, TARGET, TARGET, options);
    assertArrayEquals(join(bytes("oh oh "), source), stored().get(TARGET.key()));
    assertEquals(List.of(TARGET.key(), SOURCE.key()), stored().keys());
  }

  @Test
  @Tag("embedded")
  void aTemporaryObjectThatCannotBeDeletedIsNoFailure() throws Exception {
    stored().put(SOURCE.key(), bytes("source"));
    RewriteOptions options = BY_STORE.withTemporarySuffix(".temp");
    FaultRule rule =
        bucket
            .server()
            .faults()
            .add(RequestMatch.of(S3Operation.DELETE_OBJECT), Fault.internalError());
    RewriteResult result = rewriter.prepend(HEADER, SOURCE, TARGET, options);
    assertTrue(rule.fired() > 0);
    assertEquals(TARGET, result.object().location());
    assertArrayEquals(bytes("oh source"), stored().get(TARGET.key()));
    assertEquals(List.of(TARGET.key(), TARGET.key() + ".temp", SOURCE.key()), stored().keys());
  }

  @Test
  @Tag("embedded")
  void aTemporaryObjectThatWasStoredWithoutAnAnswerIsRemoved() throws Exception {
    stored().put(SOURCE.key(), S3ObjectsTest.random(3 * PART));
    RewriteOptions options = BY_STORE.withTemporarySuffix(".temp");
    bucket
        .server()
        .faults()
        .add(
            RequestMatch.of(S3Operation.COMPLETE_MULTIPART_UPLOAD).nth(1),
            Fault.errorAfterEffect(500, "InternalError"));
    bucket
        .server()
        .faults()
        .add(RequestMatch.of(S3Operation.COMPLETE_MULTIPART_UPLOAD).from(2), Fault.internalError());
    FaultRule unknown =
        bucket
            .server()
            .faults()
            .add(
                RequestMatch.of(S3Operation.HEAD_OBJECT).key(TARGET.key() + ".temp"),
                Fault.internalError());
    Failure.of(() -> rewriter.prepend(HEADER, SOURCE, TARGET, options))
        .is(ErrorKind.UNAVAILABLE)
        .names(TARGET + ".temp");
    assertTrue(unknown.fired() > 0);
    assertEquals(List.of(SOURCE.key()), stored().keys());
  }

  @Test
  void whatTheSourceHasBesideItsBytesIsCopiedOrSet() throws Exception {
    S3Objects objects = S3Objects.of(bucket.vfs());
    UploadOptions with =
        UploadOptions.builder()
            .contentType("text/csv")
            .cacheControl("no-store")
            .metadata(Map.of("made-by", "a warehouse"))
            .build();
    for (int length : new int[] {10, 2 * PART}) {
      try (ObjectUpload upload = objects.upload(SOURCE, with)) {
        upload.write(S3ObjectsTest.random(length));
        upload.complete();
      }
      for (RewriteOptions options :
          List.of(BY_STORE, STREAMED, BY_STORE.withTemporarySuffix(".temp"))) {
        rewriter.prepend(HEADER, SOURCE, TARGET, options);
        ObjectInfo copied = objects.stat(TARGET);
        assertEquals("text/csv", copied.contentType());
        assertEquals("no-store", copied.cacheControl());
        assertEquals(Map.of("made-by", "a warehouse"), copied.metadata());
        UploadOptions set =
            options.upload().toBuilder()
                .contentType("text/plain")
                .metadata(Map.of("by", "us"))
                .build();
        rewriter.prepend(HEADER, SOURCE, TARGET, options.withUpload(set));
        assertEquals("text/plain", objects.stat(TARGET).contentType());
        assertEquals(Map.of("by", "us"), objects.stat(TARGET).metadata());
      }
      rewriter.prepend(HEADER, SOURCE, TARGET, BY_STORE.withCopied(false, false));
      assertEquals(Map.of(), objects.stat(TARGET).metadata());
    }
  }

  @Test
  @Tag("embedded")
  void tagsAndChecksumsAreStoredAndCopied() throws Exception {
    S3Objects objects = S3Objects.of(bucket.vfs());
    Map<String, String> tags = Map.of("a b", "c&d", "e", "");
    for (int length : new int[] {10, 2 * PART}) {
      UploadOptions with =
          UploadOptions.builder().partSizeBytes(PART).tags(tags).checksumAlgorithm("CRC32").build();
      try (ObjectUpload upload = objects.upload(SOURCE, with)) {
        upload.write(S3ObjectsTest.random(length));
        upload.complete();
      }
      assertEquals(tags, objects.tags(SOURCE));
      for (RewriteOptions options :
          List.of(BY_STORE, STREAMED, BY_STORE.withTemporarySuffix(".temp"))) {
        rewriter.prepend(HEADER, SOURCE, TARGET, options.withCopied(true, true));
        assertEquals(tags, objects.tags(TARGET));
      }
      rewriter.prepend(HEADER, SOURCE, TARGET, BY_STORE);
      assertEquals(Map.of(), objects.tags(TARGET));
    }
  }

  @Test
  @Tag("embedded")
  void aRewritingGoesToAnotherStore() throws Exception {
    stored().put(SOURCE.key(), S3ObjectsTest.random(2 * PART));
    try (Bucket other = Bucket.open()) {
      ObjectRewriter between =
          ObjectRewriter.between(S3Objects.of(bucket.vfs()), S3Objects.of(other.vfs()));
      RewriteResult result = between.prepend(HEADER, SOURCE, SOURCE, RewriteOptions.DEFAULT);
      assertEquals(0, result.bytesCopied());
      assertArrayEquals(
          join(bytes("oh "), stored().get(SOURCE.key())),
          other.server().objects(Bucket.NAME).get(SOURCE.key()));
    }
  }

  @Test
  @Tag("embedded")
  void partsAreNotSentFasterThanAllowed() {
    stored().put(SOURCE.key(), S3ObjectsTest.random(2 * PART));
    UploadOptions slow = STREAMED.upload().toBuilder().maxBytesPerSecond(20L * PART).build();
    long start = System.nanoTime();
    rewriter.prepend(HEADER, SOURCE, TARGET, STREAMED.withUpload(slow));
    // The third part waits for the first two: a tenth of a second.
    assertTrue(System.nanoTime() - start >= 99_000_000);
  }

  @Test
  void aCompressedSourceIsRefusedOrGetsAMemberOfItsOwn() throws Exception {
    stored().put(SOURCE.key(), gzip("1\r\n2\r\n"));
    stored().put("plain", bytes("3\r\n"));
    Header header = Header.line("h");
    Failure.of(() -> rewriter.prepend(header, SOURCE, TARGET, BY_STORE))
        .is(ErrorKind.UNSUPPORTED)
        .names(SOURCE.toString(), "gzip");
    RewriteOptions member = BY_STORE.withGzip(GzipPolicy.OWN_MEMBER);
    rewriter.prepend(header, SOURCE, TARGET, member);
    assertEquals("h\r\n1\r\n2\r\n", gunzip(stored().get(TARGET.key())));
    assertFalse(
        rewriter.prepend(header.withSkipIfPresent(true), TARGET, TARGET, member).headerAdded());
    assertEquals("h\r\n1\r\n2\r\n", gunzip(stored().get(TARGET.key())));
    List<ObjectLocation> mixed = List.of(SOURCE, TARGET.withKey("plain"));
    Failure.of(() -> rewriter.concat(header, mixed, TARGET, member)).is(ErrorKind.UNSUPPORTED);
    stored().put(SOURCE.key(), gzip("\ufeff1\n"));
    Failure.of(() -> rewriter.prepend(header, SOURCE, TARGET, member)).is(ErrorKind.UNSUPPORTED);
  }

  @Test
  void anotherCompressionIsRefused() throws Exception {
    UploadOptions brotli = UploadOptions.builder().contentEncoding("br").build();
    try (ObjectUpload upload = S3Objects.of(bucket.vfs()).upload(SOURCE, brotli)) {
      upload.write(1);
      upload.complete();
    }
    Failure.of(() -> rewriter.prepend(HEADER, SOURCE, TARGET, BY_STORE))
        .is(ErrorKind.UNSUPPORTED)
        .names("Content-Encoding br");
  }

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(bytes(text));
    }
    return bytes.toByteArray();
  }

  private static String gunzip(byte[] bytes) throws IOException {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPLOAD_PART",
        "UPLOAD_PART_COPY",
        "CREATE_MULTIPART_UPLOAD",
        "COMPLETE_MULTIPART_UPLOAD"
      })
  @Tag("embedded")
  void aFailureLeavesTheTargetAsItWas(String operation) throws Exception {
    stored().put(SOURCE.key(), S3ObjectsTest.random(4 * PART));
    stored().put(TARGET.key(), bytes("before"));
    for (RewriteOptions options : List.of(BY_STORE, STREAMED)) {
      if (options.serverSide() || !operation.equals("UPLOAD_PART_COPY")) {
        bucket
            .server()
            .faults()
            .add(RequestMatch.of(S3Operation.valueOf(operation)), Fault.internalError());
        Failure.of(() -> rewriter.prepend(HEADER, SOURCE, TARGET, options))
            .is(ErrorKind.UNAVAILABLE)
            .names(TARGET.toString());
        assertArrayEquals(bytes("before"), stored().get(TARGET.key()));
        assertEquals(List.of(), stored().uploads());
      }
    }
  }

  @Test
  @Tag("embedded")
  void aStoreThatDoesNotCopyPartsGetsThemSent() {
    byte[] source = S3ObjectsTest.random(4 * PART);
    stored().put(SOURCE.key(), source);
    bucket
        .server()
        .faults()
        .add(
            RequestMatch.of(S3Operation.UPLOAD_PART_COPY),
            new Fault.Answer(501, "NotImplemented", false));
    RewriteResult result = rewriter.prepend(HEADER, SOURCE, TARGET, BY_STORE);
    assertArrayEquals(join(bytes("oh "), source), stored().get(TARGET.key()));
    assertEquals(0, result.bytesCopied());
  }

  @Test
  void aRewritingCanBeCancelledAndInterrupted() throws Exception {
    stored().put(SOURCE.key(), S3ObjectsTest.random(6 * PART));
    stored().put(TARGET.key(), bytes("before"));
    UploadOptions cancelling =
        BY_STORE.upload().toBuilder()
            .progress(
                (bytes, total) -> {
                  throw new CancellationException("enough at " + bytes + " of " + total);
                })
            .build();
    UploadOptions interrupting =
        BY_STORE.upload().toBuilder()
            .progress((bytes, total) -> Thread.currentThread().interrupt())
            .build();
    for (RewriteOptions options : List.of(BY_STORE.withCopyPartBytes(PART), STREAMED)) {
      Failure.of(() -> rewriter.prepend(HEADER, SOURCE, TARGET, options.withUpload(cancelling)))
          .names("enough", "of " + (6 * PART + 3));
      Failure.of(() -> rewriter.prepend(HEADER, SOURCE, TARGET, options.withUpload(interrupting)))
          .is(ErrorKind.INTERRUPTED);
      assertTrue(Thread.interrupted());
      assertArrayEquals(bytes("before"), stored().get(TARGET.key()));
      assertEquals(List.of(), stored().uploads());
    }
  }

  @Test
  @Tag("embedded")
  void onlyTheRequestsThatAreAllowedAreUnderWay() throws Exception {
    stored().put(SOURCE.key(), S3ObjectsTest.random(8 * PART));
    bucket.server().faults().latency(Duration.ofMillis(20));
    UploadOptions two = BY_STORE.upload().toBuilder().concurrency(2).build();
    AccountSnapshot account =
        bucket
            .server()
            .account()
            .measure(
                () ->
                    rewriter.prepend(
                        HEADER, SOURCE, TARGET, BY_STORE.withUpload(two).withCopyPartBytes(PART)));
    assertEquals(2, account.maxInFlight());
  }

  @Test
  void whatCannotBeIsRefused() throws Exception {
    Failure.of(() -> rewriter.prepend(HEADER, SOURCE, TARGET, BY_STORE))
        .is(ErrorKind.NOT_FOUND)
        .names(SOURCE.toString());
    Failure.of(() -> rewriter.concat(HEADER, List.of(), TARGET, BY_STORE)).is(ErrorKind.INVALID);
    Failure.of(() -> UploadOptions.builder().partSizeBytes(PART - 1).build())
        .is(ErrorKind.INVALID)
        .names("5 MiB");
    Failure.of(() -> BY_STORE.withCopyPartBytes(1)).is(ErrorKind.INVALID);
    stored().put(SOURCE.key(), bytes("1"));
    Failure.of(
            () ->
                rewriter.prepend(
                    HEADER, SOURCE, SOURCE.withKey("no/such"), BY_STORE.withTemporarySuffix("")))
        .is(ErrorKind.INVALID);
  }

  @Tag("embedded") // another store has no faults
  @Test
  void anInterruptWhileTheUploadBeginsLeavesNothing() throws Exception {
    stored().put(SOURCE.key(), S3ObjectsTest.random(3 * PART));
    for (RewriteOptions options : List.of(BY_STORE, STREAMED)) {
      FaultRule slow =
          bucket
              .server()
              .faults()
              .add(
                  RequestMatch.of(S3Operation.CREATE_MULTIPART_UPLOAD),
                  Fault.delay(Duration.ofMillis(500)));
      try (InterruptAt interrupt = new InterruptAt(slow)) {
        Failure failure = Failure.of(() -> rewriter.prepend(HEADER, SOURCE, TARGET, options));
        interrupt.assertNoted();
        failure.is(ErrorKind.INTERRUPTED);
      }
      bucket.server().faults().clear();
      assertEquals(List.of(), stored().uploads());
    }
  }

  @Test
  void anErrorLeavesNoUpload() {
    stored().put(SOURCE.key(), S3ObjectsTest.random(6 * PART));
    UploadOptions failing =
        BY_STORE.upload().toBuilder()
            .progress(
                (bytes, total) -> {
                  throw new AssertionError("enough");
                })
            .build();
    for (RewriteOptions options : List.of(BY_STORE.withCopyPartBytes(PART), STREAMED)) {
      assertThrows(
          AssertionError.class,
          () -> rewriter.prepend(HEADER, SOURCE, TARGET, options.withUpload(failing)));
      assertEquals(List.of(), stored().uploads());
    }
  }

  private static String text(ObjectLocation object) {
    return new String(stored().get(object.key()), StandardCharsets.UTF_8);
  }

  @Test
  void theFirstSourceThatIsNotEmptyTellsWhatTheHeaderIsLike() throws Exception {
    ObjectLocation second = TARGET.withKey("second");
    stored().put(SOURCE.key(), new byte[0]);
    List<ObjectLocation> sources = List.of(SOURCE, SOURCE, second);
    for (RewriteOptions options : List.of(BY_STORE, STREAMED)) {
      stored().put(second.key(), bytes("\ufeff1\r\n2\r\n"));
      rewriter.concat(Header.line("h"), sources, TARGET, options);
      assertEquals("\ufeffh\r\n1\r\n2\r\n", text(TARGET));
      Header utf16 = Header.line("h").withCharset(StandardCharsets.UTF_16);
      stored().put(second.key(), "\ufeff1\n".getBytes(StandardCharsets.UTF_16LE));
      rewriter.concat(utf16, sources, TARGET, options);
      assertArrayEquals(
          "\ufeffh\n1\n".getBytes(StandardCharsets.UTF_16LE), stored().get(TARGET.key()));
      stored().put(second.key(), gzip("1\r\n"));
      rewriter.concat(Header.line("h"), sources, TARGET, options.withGzip(GzipPolicy.OWN_MEMBER));
      assertEquals("h\r\n1\r\n", gunzip(stored().get(TARGET.key())));
    }
  }

  @Test
  void theEndOfALongFirstLineIsFoundByTheStoreAndWithoutIt() throws Exception {
    String text = "x".repeat(200_000) + "\r\n2\r\n";
    for (RewriteOptions options : List.of(BY_STORE, STREAMED)) {
      stored().put(SOURCE.key(), bytes(text));
      rewriter.prepend(Header.line("h"), SOURCE, TARGET, options);
      assertEquals("h\r\n" + text, text(TARGET));
      stored().put(SOURCE.key(), gzip(text));
      rewriter.prepend(Header.line("h"), SOURCE, TARGET, options.withGzip(GzipPolicy.OWN_MEMBER));
      assertEquals("h\r\n" + text, gunzip(stored().get(TARGET.key())));
    }
  }

  @Test
  void anEmptySourceThatIsCalledCompressedAndAPlainOneAreNotPutTogether() throws Exception {
    UploadOptions gzip = UploadOptions.builder().contentEncoding("gzip").build();
    try (ObjectUpload upload = S3Objects.of(bucket.vfs()).upload(SOURCE, gzip)) {
      upload.complete();
    }
    ObjectLocation second = TARGET.withKey("second");
    stored().put(second.key(), bytes("1\n"));
    RewriteOptions member = BY_STORE.withGzip(GzipPolicy.OWN_MEMBER);
    Failure.of(() -> rewriter.concat(HEADER, List.of(SOURCE, second), TARGET, member))
        .is(ErrorKind.UNSUPPORTED)
        .names("compressed by gzip and some are not", second.toString());
    assertFalse(stored().contains(TARGET.key()));
    stored().put(second.key(), gzip("1\n"));
    rewriter.concat(Header.line("h"), List.of(SOURCE, second), TARGET, member);
    assertEquals("h\n1\n", gunzip(stored().get(TARGET.key())));
  }
}
