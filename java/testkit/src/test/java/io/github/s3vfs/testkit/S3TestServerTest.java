package io.github.s3vfs.testkit;

import static io.github.s3vfs.testkit.Client.BUCKET;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.s3.model.Delete;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Object;

/** The S3 protocol as the CRT client speaks it. */
class S3TestServerTest {

  private final S3TestServer server = S3TestServer.builder().inMemory().start();
  private final Client client = new Client(server);

  @BeforeEach
  void createBucket() {
    server.createBucket(BUCKET);
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  @Test
  void storesAndReturnsAnObject() {
    String etag = client.put("a/key", "hello".getBytes(UTF_8));
    assertArrayEquals("hello".getBytes(UTF_8), client.get("a/key"));
    assertArrayEquals("hello".getBytes(UTF_8), server.objects(BUCKET).get("a/key"));
    assertEquals(etag, server.objects(BUCKET).etag("a/key"));
    assertEquals(
        "ell", client.response("a/key", request -> request.range("bytes=1-3")).asUtf8String());
  }

  @Test
  void anEmptyObjectCanBeRead() {
    client.put("empty", new byte[0]);
    assertEquals(0, client.get("empty").length);
  }

  @Test
  void aLargeObjectGoesInPartsAndComesBack() {
    byte[] large = new byte[20 * 1024 * 1024 + 17];
    new Random(1).nextBytes(large);
    client.put("large", large);
    AccountSnapshot account = server.account().snapshot();
    assertEquals(1, account.count(S3Operation.CREATE_MULTIPART_UPLOAD), account.toString());
    assertEquals(3, account.count(S3Operation.UPLOAD_PART), account.toString());
    assertEquals(1, account.count(S3Operation.COMPLETE_MULTIPART_UPLOAD), account.toString());
    assertArrayEquals(large, client.get("large"));
  }

  @Test
  void aCopyIsTheSameObject() {
    client.put("from/here", new byte[] {1, 2});
    Client.await(
        client.s3.copyObject(
            r ->
                r.sourceBucket(BUCKET)
                    .sourceKey("from/here")
                    .destinationBucket(BUCKET)
                    .destinationKey("to")));
    assertArrayEquals(new byte[] {1, 2}, client.get("to"));
    assertEquals(1, server.account().snapshot().count(S3Operation.COPY_OBJECT));
  }

  @Test
  void keysMayHoldAnyCharacter() {
    List<String> keys =
        List.of(
            "with space",
            "plus+plus",
            "percent%41",
            "ünïcödé/日本",
            "hash#1",
            "question?x=1",
            "a&b=c",
            "tilde~",
            "quote'\"",
            "dot.dot/..x",
            "colon:;,@$!*()");
    for (String key : keys) {
      client.put(key, key.getBytes(UTF_8));
    }
    for (String key : keys) {
      assertEquals(key, new String(client.get(key), UTF_8));
    }
    assertEquals(new ArrayList<>(new TreeSet<>(keys)), server.objects(BUCKET).keys());
    assertEquals(new TreeSet<>(keys), new TreeSet<>(list("")));
  }

  @Test
  void anObjectMayHaveAKeyThatIsAlsoAPrefix() {
    client.put("db", new byte[] {1});
    client.put("db/0", new byte[] {2});
    client.put("db/", new byte[] {3});
    client.put("db//x", new byte[] {4});
    assertEquals(List.of("db", "db/", "db//x", "db/0"), server.objects(BUCKET).keys());
    assertEquals(List.of("db", "db/", "db//x", "db/0"), list("db"));
    assertEquals(List.of("db/", "db//x", "db/0"), list("db/"));
    assertArrayEquals(new byte[] {1}, client.get("db"));
    assertArrayEquals(new byte[] {2}, client.get("db/0"));
    assertArrayEquals(new byte[] {3}, client.get("db/"));
    assertArrayEquals(new byte[] {4}, client.get("db//x"));
  }

  @Test
  void aListingGoesOnPastOneThousandKeys() {
    for (int i = 0; i < 1203; i++) {
      server.objects(BUCKET).put(String.format("p/%05d", i), new byte[0]);
    }
    server.objects(BUCKET).put("q", new byte[0]);
    List<String> keys = list("p/");
    assertEquals(1203, keys.size());
    assertEquals("p/01202", keys.get(1202));
    assertEquals(2, server.account().snapshot().count(S3Operation.LIST_OBJECTS_V2));
  }

  @Test
  void aListingGroupsByDelimiterAndStartsAfter() {
    for (String key : List.of("x/1", "x/a/1", "x/a/2", "x/b/1", "x/c")) {
      server.objects(BUCKET).put(key, new byte[0]);
    }
    ListObjectsV2Response page =
        Client.await(client.s3.listObjectsV2(r -> r.bucket(BUCKET).prefix("x/").delimiter("/")));
    assertEquals(List.of("x/1", "x/c"), page.contents().stream().map(S3Object::key).toList());
    assertEquals(
        List.of("x/a/", "x/b/"), page.commonPrefixes().stream().map(p -> p.prefix()).toList());
    page =
        Client.await(
            client.s3.listObjectsV2(r -> r.bucket(BUCKET).prefix("x/").startAfter("x/a/2")));
    assertEquals(List.of("x/b/1", "x/c"), page.contents().stream().map(S3Object::key).toList());
  }

  @Test
  void aBatchDeleteRemovesWhatItNames() {
    for (int i = 0; i < 5; i++) {
      server.objects(BUCKET).put("k" + i, new byte[0]);
    }
    List<ObjectIdentifier> names =
        Stream.of("k1", "k3", "absent")
            .map(key -> ObjectIdentifier.builder().key(key).build())
            .toList();
    Client.await(
        client.s3.deleteObjects(
            r -> r.bucket(BUCKET).delete(Delete.builder().objects(names).build())));
    assertEquals(List.of("k0", "k2", "k4"), server.objects(BUCKET).keys());
  }

  @Test
  void aConditionalReadAnswersAsS3Does() {
    String etag = client.put("k", new byte[] {1});
    assertEquals(304, Client.statusOf(() -> client.response("k", r -> r.ifNoneMatch(etag))));
    assertEquals(200, Client.statusOf(() -> client.response("k", r -> r.ifNoneMatch("\"x\""))));
    assertEquals(200, Client.statusOf(() -> client.response("k", r -> r.ifMatch(etag))));
    assertEquals(412, Client.statusOf(() -> client.response("k", r -> r.ifMatch("\"x\""))));
  }

  @Test
  void aConditionalWriteAnswersAsS3Does() {
    assertEquals(404, Client.statusOf(() -> client.put("k", new byte[1], r -> r.ifMatch("\"x\""))));
    assertFalse(server.objects(BUCKET).contains("k"));
    assertEquals(200, Client.statusOf(() -> client.put("k", new byte[1], r -> r.ifNoneMatch("*"))));
    assertEquals(412, Client.statusOf(() -> client.put("k", new byte[2], r -> r.ifNoneMatch("*"))));
    String etag = server.objects(BUCKET).etag("k");
    assertEquals(412, Client.statusOf(() -> client.put("k", new byte[3], r -> r.ifMatch("\"x\""))));
    assertEquals(1, server.objects(BUCKET).get("k").length);
    assertEquals(200, Client.statusOf(() -> client.put("k", new byte[4], r -> r.ifMatch(etag))));
    assertEquals(4, server.objects(BUCKET).get("k").length);
  }

  @Test
  void aConditionalDeleteAnswersAsS3Does() {
    String etag = client.put("k", new byte[] {1});
    assertEquals(412, delete("k", "\"x\""));
    assertTrue(server.objects(BUCKET).contains("k"));
    assertEquals(200, delete("k", etag));
    assertFalse(server.objects(BUCKET).contains("k"));
  }

  @Test
  void aWrongSecretIsRefused() {
    try (Client stranger =
        new Client(server.endpoint(), server.region(), server.accessKeyId(), "wrong")) {
      assertEquals(403, Client.statusOf(() -> stranger.put("k", new byte[1])));
    }
    try (Client stranger = new Client(server.endpoint(), server.region(), "nobody", "wrong")) {
      assertEquals(403, Client.statusOf(() -> stranger.get("k")));
    }
    assertFalse(server.objects(BUCKET).contains("k"));
  }

  @Test
  void aSnapshotOfABucketCanBeRestored() {
    BucketObjects objects = server.objects(BUCKET);
    objects.put("a", new byte[] {1});
    objects.put("c/d", new byte[] {2});
    String etag = objects.etag("a");
    Map<String, byte[]> snapshot = objects.snapshot();
    objects.delete("a");
    objects.put("c/d", new byte[] {3});
    objects.put("e", new byte[] {4});
    objects.restore(snapshot);
    assertEquals(List.of("a", "c/d"), objects.keys());
    assertArrayEquals(new byte[] {2}, objects.get("c/d"));
    assertEquals(etag, objects.etag("a"));
  }

  private int delete(String key, String ifMatch) {
    return Client.statusOf(
        () ->
            Client.await(client.s3.deleteObject(r -> r.bucket(BUCKET).key(key).ifMatch(ifMatch))));
  }

  private List<String> list(String prefix) {
    List<String> keys = new ArrayList<>();
    client
        .s3
        .listObjectsV2Paginator(r -> r.bucket(BUCKET).prefix(prefix))
        .subscribe(page -> page.contents().forEach(object -> keys.add(object.key())))
        .join();
    return keys;
  }
}
