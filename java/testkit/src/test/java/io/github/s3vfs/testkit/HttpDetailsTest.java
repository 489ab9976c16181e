package io.github.s3vfs.testkit;

import static io.github.s3vfs.testkit.Client.BUCKET;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the answers are on the wire, where s3proxy's differ from S3's. */
class HttpDetailsTest {

  private final S3TestServer server = S3TestServer.builder().inMemory().start();
  private final RawClient raw = new RawClient(server);
  private final BucketObjects objects;

  HttpDetailsTest() {
    server.createBucket(BUCKET);
    objects = server.objects(BUCKET);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void anUploadAskedForWithExpectHasALength() throws IOException {
    RawClient.Answer answer =
        raw.send("POST", "/" + BUCKET + "/k?uploads=", new byte[0], "Expect", "100-continue");
    assertEquals(200, answer.status());
    assertTrue(answer.text().contains("<UploadId>"), answer.headers() + answer.text());
    assertEquals(answer.text().length(), Integer.parseInt(answer.headers().get("content-length")));
  }

  @Test
  void aRangeThatCannotBeSatisfiedNamesTheActualSize() throws IOException {
    objects.put("empty", new byte[0]);
    objects.put("short", new byte[3]);
    RawClient.Answer answer = raw.get("empty", "Range", "bytes=0-99");
    assertEquals(416, answer.status());
    assertTrue(answer.text().contains("<Code>InvalidRange</Code>"), answer.text());
    assertTrue(answer.text().contains("<ActualObjectSize>0</ActualObjectSize>"), answer.text());
    answer = raw.get("short", "Range", "bytes=3-");
    assertEquals(416, answer.status());
    assertTrue(answer.text().contains("<ActualObjectSize>3</ActualObjectSize>"), answer.text());
    answer = raw.get("short", "Range", "bytes=1-99");
    assertEquals(206, answer.status());
    assertEquals("bytes 1-2/3", answer.headers().get("content-range"));
    assertEquals("2", answer.headers().get("content-length"));
  }

  @Test
  void notModifiedHasTheEtagAndNoBody() throws IOException {
    String etag = objects.put("k", new byte[3]);
    RawClient.Answer answer = raw.get("k", "If-None-Match", etag);
    assertEquals(304, answer.status());
    assertEquals(etag, answer.headers().get("etag"));
    assertEquals("", answer.text());
  }

  @Test
  void lostConditionsHaveS3sCodes() throws IOException {
    assertTrue(raw.put("k", 1, "If-Match", "\"x\"").text().contains("<Code>NoSuchKey</Code>"));
    raw.put("k", 1);
    assertTrue(
        raw.put("k", 1, "If-Match", "\"x\"").text().contains("<Code>PreconditionFailed</Code>"));
    assertTrue(
        raw.put("k", 1, "If-None-Match", "*").text().contains("<Code>PreconditionFailed</Code>"));
  }

  @Test
  void headHasTheLengthOfTheObjectAndNoBody() throws IOException {
    objects.put("k", new byte[3]);
    RawClient.Answer answer = raw.send("HEAD", "/" + BUCKET + "/k", new byte[0]);
    assertEquals(200, answer.status());
    assertEquals("3", answer.headers().get("content-length"));
    assertEquals(404, raw.send("HEAD", "/" + BUCKET + "/absent", new byte[0]).status());
  }

  @Test
  void anUnsignedRequestIsRefused() throws Exception {
    objects.put("k", new byte[3]);
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(server.endpoint().resolve("/" + BUCKET + "/k")).build(),
                HttpResponse.BodyHandlers.ofString());
    assertEquals(403, answer.statusCode());
  }
}
