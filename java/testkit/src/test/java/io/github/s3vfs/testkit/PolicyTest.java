package io.github.s3vfs.testkit;

import static io.github.s3vfs.testkit.Client.BUCKET;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.s3.model.Delete;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Error;

class PolicyTest {

  private final S3TestServer server =
      S3TestServer.builder().inMemory().keyPair("reader", "reader-secret").start();
  private final Client owner = new Client(server);
  private final Client reader =
      new Client(server.endpoint(), server.region(), "reader", "reader-secret");
  private final Policy policy = server.policy();

  @BeforeEach
  void createObjects() {
    server.createBucket(BUCKET);
    server.objects(BUCKET).put("a/1", new byte[] {1});
    server.objects(BUCKET).put("b/1", new byte[] {2});
  }

  @AfterEach
  void stop() {
    owner.close();
    reader.close();
    server.close();
  }

  @Test
  void aKeyPairWithoutRulesMayDoEverything() {
    reader.put("c", new byte[] {3});
    assertArrayEquals(new byte[] {3}, owner.get("c"));
  }

  @Test
  void whatIsNotAllowedIsRefused() {
    policy.allow("reader", "s3:GetObject", "s3:ListBucket");
    assertEquals(200, Client.statusOf(() -> reader.get("a/1")));
    assertEquals(200, list(reader, "a/"));
    assertEquals(403, Client.statusOf(() -> reader.put("a/1", new byte[] {9})));
    assertEquals(403, delete(reader, "a/1"));
    assertArrayEquals(new byte[] {1}, server.objects(BUCKET).get("a/1"));
    assertEquals(200, Client.statusOf(() -> owner.put("a/1", new byte[] {9})));
    assertEquals(
        "AccessDenied",
        Client.errorCode(Client.failureOf(() -> reader.put("a/1", new byte[] {9}))));
  }

  @Test
  void permissionsCanBeLimitedToAPrefix() {
    policy.allowUnder("reader", BUCKET, "a/", "s3:*");
    assertEquals(200, Client.statusOf(() -> reader.get("a/1")));
    assertEquals(200, Client.statusOf(() -> reader.put("a/2", new byte[1])));
    assertEquals(200, list(reader, "a/"));
    assertEquals(403, Client.statusOf(() -> reader.get("b/1")));
    assertEquals(403, Client.statusOf(() -> reader.put("b/2", new byte[1])));
    assertEquals(403, list(reader, "b/"));
    assertEquals(403, copy("b/1", "a/3"));
    assertEquals(200, copy("a/1", "a/3"));
  }

  @Test
  void aMissingKeyIsHiddenFromThoseWhoMayNotList() {
    policy.deny("reader", "s3:ListBucket");
    assertEquals(403, Client.statusOf(() -> reader.get("absent")));
    assertEquals(403, head(reader, "absent"));
    assertEquals(404, Client.statusOf(() -> owner.get("absent")));
    assertEquals(404, head(owner, "absent"));
    assertEquals(200, head(reader, "a/1"));
  }

  @Test
  void aBatchDeleteIsJudgedKeyByKey() {
    policy.allowUnder("reader", BUCKET, "a/", "s3:DeleteObject");
    List<ObjectIdentifier> names =
        Stream.of("a/1", "b/1").map(key -> ObjectIdentifier.builder().key(key).build()).toList();
    DeleteObjectsResponse answer =
        Client.await(
            reader.s3.deleteObjects(
                r -> r.bucket(BUCKET).delete(Delete.builder().objects(names).build())));
    assertEquals(List.of("a/1"), answer.deleted().stream().map(d -> d.key()).toList());
    assertEquals(List.of("b/1"), answer.errors().stream().map(S3Error::key).toList());
    assertEquals("AccessDenied", answer.errors().get(0).code());
    assertEquals(List.of("b/1"), server.objects(BUCKET).keys());
  }

  @Test
  void aMultipartUploadNeedsOnlyPutUntilItIsAborted() {
    policy.allow("reader", "s3:PutObject");
    assertEquals(200, Client.statusOf(() -> reader.put("large", new byte[9 * 1024 * 1024])));
    String upload =
        Client.await(reader.s3.createMultipartUpload(r -> r.bucket(BUCKET).key("x"))).uploadId();
    assertEquals(403, abort(reader, upload));
    policy.allow("reader", "s3:AbortMultipartUpload");
    assertEquals(200, abort(reader, upload));
    assertTrue(server.objects(BUCKET).contains("large"));
  }

  private static int abort(Client client, String upload) {
    return Client.statusOf(
        () ->
            Client.await(
                client.s3.abortMultipartUpload(r -> r.bucket(BUCKET).key("x").uploadId(upload))));
  }

  private int copy(String from, String to) {
    return Client.statusOf(
        () ->
            Client.await(
                reader.s3.copyObject(
                    r ->
                        r.sourceBucket(BUCKET)
                            .sourceKey(from)
                            .destinationBucket(BUCKET)
                            .destinationKey(to))));
  }

  private static int list(Client client, String prefix) {
    return Client.statusOf(
        () -> Client.await(client.s3.listObjectsV2(r -> r.bucket(BUCKET).prefix(prefix))));
  }

  private static int delete(Client client, String key) {
    return Client.statusOf(
        () -> Client.await(client.s3.deleteObject(r -> r.bucket(BUCKET).key(key))));
  }

  private static int head(Client client, String key) {
    return Client.statusOf(
        () -> Client.await(client.s3.headObject(r -> r.bucket(BUCKET).key(key))));
  }
}
