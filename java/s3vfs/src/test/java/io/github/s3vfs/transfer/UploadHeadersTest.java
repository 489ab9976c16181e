package io.github.s3vfs.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.Layout;
import io.github.s3vfs.S3Location;
import io.github.s3vfs.scenario.Bucket;
import io.github.s3vfs.testkit.AccountSnapshot;
import io.github.s3vfs.testkit.RequestRecord;
import io.github.s3vfs.testkit.S3Operation;
import io.github.s3vfs.testkit.S3Request;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What S3 is told of the objects that databases are serialized to, by the headers it gets. */
class UploadHeadersTest {
  private static final String ENCRYPTION = "x-amz-server-side-encryption";
  private static final String KMS_KEY = "x-amz-server-side-encryption-aws-kms-key-id";
  private static final String STORAGE_CLASS = "x-amz-storage-class";
  private static final String OWNER = "111122223333";
  private static final S3Location SMALL = Bucket.location("small");
  private static final S3Location LARGE = Bucket.location("large");
  private static final UploadOptions PARTS =
      UploadOptions.builder().partSizeBytes(PartSizes.MIN_PART).build();

  private static Bucket bucket;

  @BeforeAll
  static void store(@TempDir Path directory) throws Exception {
    bucket =
        Bucket.open(
            b ->
                b.layout(Layout.SNAPSHOT)
                    .sseKms("alias/settings")
                    .storageClass("STANDARD_IA")
                    .requesterPays(true)
                    .expectedBucketOwner(OWNER));
    for (var each : Map.of(SMALL, 10, LARGE, 17_000).entrySet()) {
      byte[] file = LocalDatabase.of(directory, 4096, each.getValue(), "v");
      bucket.databases().deserialize(each.getKey(), new ByteArrayInputStream(file));
    }
  }

  @AfterAll
  static void close() {
    bucket.close();
  }

  /** The requests that write the object, those of one operation alike. */
  private static Map<S3Operation, List<S3Request>> upload(S3Location from, UploadOptions options)
      throws Exception {
    ObjectLocation to = new ObjectLocation(Bucket.NAME, from.key() + ".sqlite");
    bucket.server().objects(Bucket.NAME).delete(to.key());
    AccountSnapshot account =
        bucket
            .server()
            .account()
            .measure(() -> bucket.databases().serialize(from).uploadTo(to, options));
    return account.requests().stream()
        .map(RequestRecord::request)
        .filter(request -> request.key().equals(to.key()) && !request.method().equals("HEAD"))
        .collect(Collectors.groupingBy(S3Request::operation));
  }

  private static void assertSays(Map<String, String> headers, S3Request request) {
    headers.forEach((name, value) -> assertEquals(value, request.header(name), request.toString()));
  }

  /** The request that says what the object is: its only one, or the first of those in parts. */
  private static S3Request describing(Map<S3Operation, List<S3Request>> requests, boolean large) {
    assertEquals(
        large
            ? Set.of(
                S3Operation.CREATE_MULTIPART_UPLOAD,
                S3Operation.UPLOAD_PART,
                S3Operation.COMPLETE_MULTIPART_UPLOAD)
            : Set.of(S3Operation.PUT_OBJECT),
        requests.keySet());
    requests
        .values()
        .forEach(
            each ->
                each.forEach(
                    request ->
                        assertSays(
                            Map.of(
                                "x-amz-request-payer",
                                "requester",
                                "x-amz-expected-bucket-owner",
                                OWNER),
                            request)));
    return of(requests, large ? S3Operation.CREATE_MULTIPART_UPLOAD : S3Operation.PUT_OBJECT)
        .get(0);
  }

  private static List<S3Request> of(
      Map<S3Operation, List<S3Request>> requests, S3Operation operation) {
    List<S3Request> found = requests.get(operation);
    assertNotNull(found, () -> operation + " was not sent");
    return found;
  }

  @Test
  void whatTheSettingsSay() throws Exception {
    for (boolean large : new boolean[] {false, true}) {
      var requests = upload(large ? LARGE : SMALL, PARTS);
      S3Request request = describing(requests, large);
      assertSays(
          Map.of(
              ENCRYPTION,
              "aws:kms",
              KMS_KEY,
              "alias/settings",
              STORAGE_CLASS,
              "STANDARD_IA",
              "content-type",
              "application/vnd.sqlite3"),
          request);
      assertFalse(request.headers().containsKey("x-amz-tagging"), request.toString());
      assertFalse(request.headers().containsKey("if-none-match"), request.toString());
      for (S3Request part : requests.getOrDefault(S3Operation.UPLOAD_PART, List.of())) {
        assertFalse(part.headers().containsKey(ENCRYPTION), part.toString()); // S3 refuses it
      }
    }
  }

  @Test
  void whatTheOptionsSayGoesFirst() throws Exception {
    UploadOptions options =
        PARTS.toBuilder()
            .serverSideEncryption("AES256")
            .storageClass("GLACIER_IR")
            .metadata(Map.of("made-by", "a test"))
            .tags(Map.of("kind", "a backup"))
            .contentType("application/x-sqlite3")
            .contentDisposition("attachment")
            .cacheControl("no-store")
            .checksumAlgorithm("CRC32C")
            .build();
    for (boolean large : new boolean[] {false, true}) {
      S3Request request = describing(upload(large ? LARGE : SMALL, options), large);
      assertSays(
          Map.of(
              ENCRYPTION,
              "AES256",
              STORAGE_CLASS,
              "GLACIER_IR",
              "x-amz-meta-made-by",
              "a test",
              "x-amz-tagging",
              "kind=a%20backup",
              "content-type",
              "application/x-sqlite3",
              "content-disposition",
              "attachment"),
          request);
      assertNull(request.header(KMS_KEY));
      assertTrue(request.toString().contains("CRC32C"), request.toString());
    }
    UploadOptions kms =
        PARTS.toBuilder().serverSideEncryption("aws:kms").kmsKeyId("alias/options").build();
    for (boolean large : new boolean[] {false, true}) {
      S3Request request = describing(upload(large ? LARGE : SMALL, kms), large);
      assertSays(Map.of(ENCRYPTION, "aws:kms", KMS_KEY, "alias/options"), request);
    }
  }

  @Test
  void conditionsAreWithTheRequestThatMakesTheObject() throws Exception {
    UploadOptions absent = PARTS.toBuilder().condition(WriteCondition.ifAbsent()).build();
    var small = upload(SMALL, absent);
    assertEquals("*", describing(small, false).header("if-none-match"));
    var large = upload(LARGE, absent);
    assertNull(describing(large, true).header("if-none-match"));
    for (S3Request request : of(large, S3Operation.COMPLETE_MULTIPART_UPLOAD)) {
      assertEquals("*", request.header("if-none-match"));
    }
  }

  @Test
  void segmentsThatTheStoreCopiesAreStoredAsTheSettingsSay() throws Exception {
    AccountSnapshot account =
        bucket
            .server()
            .account()
            .measure(() -> bucket.databases().copy(LARGE, Bucket.location("copy"), false))
            .where(request -> request.operation() == S3Operation.COPY_OBJECT);
    assertTrue(account.count() > 0);
    for (RequestRecord each : account.requests()) {
      assertSays(
          Map.of(
              ENCRYPTION,
              "aws:kms",
              KMS_KEY,
              "alias/settings",
              STORAGE_CLASS,
              "STANDARD_IA",
              "x-amz-request-payer",
              "requester",
              "x-amz-expected-bucket-owner",
              OWNER),
          each.request());
    }
  }
}
