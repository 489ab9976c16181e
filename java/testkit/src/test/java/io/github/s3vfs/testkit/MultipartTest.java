package io.github.s3vfs.testkit;

import static io.github.s3vfs.testkit.Client.BUCKET;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;

/** Objects large enough for the CRT client to upload them in parts. */
class MultipartTest {

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"memory", "files"})
  void aConditionOfAnUploadIsJudgedAtItsCompletion(String backend) {
    byte[] large = random(9 * 1024 * 1024);
    try (S3TestServer server = start(backend);
        Client client = new Client(server)) {
      assertEquals(200, Client.statusOf(() -> client.put("a/b", large, r -> r.ifNoneMatch("*"))));
      assertEquals(412, Client.statusOf(() -> client.put("a/b", large, r -> r.ifNoneMatch("*"))));
      String etag = server.objects(BUCKET).etag("a/b");
      assertEquals(200, Client.statusOf(() -> client.put("a/b", large, r -> r.ifMatch(etag))));
      assertArrayEquals(large, client.get("a/b"));
      assertEquals(List.of("a/b"), server.objects(BUCKET).keys());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"memory", "files"})
  void theClientsOwnChecksumsAreAccepted(String backend) {
    byte[] large = random(17 * 1024 * 1024 + 1);
    try (S3TestServer server = start(backend);
        Client client =
            new Client(
                server.endpoint(),
                server.region(),
                server.accessKeyId(),
                server.secretAccessKey(),
                builder ->
                    builder
                        .requestChecksumCalculation(RequestChecksumCalculation.WHEN_SUPPORTED)
                        .responseChecksumValidation(ResponseChecksumValidation.WHEN_SUPPORTED))) {
      client.put("a/large", large);
      client.put("a/small", new byte[10]);
      assertArrayEquals(large, client.get("a/large"));
      assertArrayEquals(new byte[10], client.get("a/small"));
    }
  }

  private S3TestServer start(String backend) {
    S3TestServer.Builder builder = S3TestServer.builder();
    S3TestServer server =
        (backend.equals("memory") ? builder.inMemory() : builder.directory(directory)).start();
    server.createBucket(BUCKET);
    return server;
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }
}
