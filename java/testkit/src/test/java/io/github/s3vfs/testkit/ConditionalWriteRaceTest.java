package io.github.s3vfs.testkit;

import static io.github.s3vfs.testkit.Client.BUCKET;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** Conditional writes are atomic per key: what every compare-and-swap on this server rests on. */
class ConditionalWriteRaceTest {

  private static final boolean THOROUGH = Boolean.getBoolean("s3vfs.test.thorough");
  private static final int CLIENTS = 16;
  private static final int ROUNDS = THOROUGH ? 200 : 20;
  private static final int INCREMENTS_EACH = THOROUGH ? 20 : 4;

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"memory", "files"})
  void exactlyOneOfManyCreatorsWins(String backend) throws Exception {
    try (S3TestServer server = start(backend);
        Client client = new Client(server)) {
      CyclicBarrier together = new CyclicBarrier(CLIENTS);
      List<Integer> winners =
          inParallel(
              id -> {
                int won = 0;
                for (int round = 0; round < ROUNDS; round++) {
                  String key = "create/" + round;
                  together.await(30, TimeUnit.SECONDS);
                  int status =
                      Client.statusOf(
                          () ->
                              client.put(
                                  key, ("by " + id).getBytes(UTF_8), r -> r.ifNoneMatch("*")));
                  if (status == 200) {
                    assertEquals("by " + id, new String(client.get(key), UTF_8));
                    won++;
                  } else {
                    assertEquals(412, status);
                  }
                }
                return won;
              });
      assertEquals(ROUNDS, winners.stream().mapToInt(Integer::intValue).sum(), winners.toString());
      System.out.println(backend + ": " + ROUNDS + " rounds, one winner each of " + CLIENTS);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"memory", "files"})
  void everyAcknowledgedIncrementCounts(String backend) throws Exception {
    try (S3TestServer server = start(backend);
        Client client = new Client(server)) {
      server.objects(BUCKET).put("counter", "0".getBytes(UTF_8));
      List<Integer> lost = inParallel(id -> increment(client));
      int expected = CLIENTS * INCREMENTS_EACH;
      assertEquals(expected, Integer.parseInt(utf8(server.objects(BUCKET).get("counter"))));
      int losses = lost.stream().mapToInt(Integer::intValue).sum();
      assertTrue(losses > 0, "no two clients ever met");
      System.out.println(
          backend + ": " + expected + " of " + expected + " increments, lost races: " + losses);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"memory", "files"})
  void aReadSeesTheEtagOfTheBytesItGets(String backend) throws Exception {
    try (S3TestServer server = start(backend);
        Client client = new Client(server)) {
      BucketObjects objects = server.objects(BUCKET);
      String etagOfA = objects.put("k", body('a'));
      String etagOfB = objects.put("k", body('b'));
      List<Integer> reads =
          inParallel(
              id -> {
                int read = 0;
                for (int i = 0; i < ROUNDS * 2; i++) {
                  if (id < 4) {
                    client.put("k", body(i % 2 == 0 ? 'a' : 'b'));
                  } else {
                    ResponseBytes<GetObjectResponse> answer = client.response("k", r -> {});
                    String expected = answer.asByteArray()[0] == 'a' ? etagOfA : etagOfB;
                    assertEquals(expected, answer.response().eTag());
                    read++;
                  }
                }
                return read;
              });
      assertEquals((CLIENTS - 4) * ROUNDS * 2, reads.stream().mapToInt(i -> i).sum());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"memory", "files"})
  void aConditionalDeleteIsOneStepToo(String backend) throws Exception {
    try (S3TestServer server = start(backend);
        Client client = new Client(server)) {
      BucketObjects objects = server.objects(BUCKET);
      CyclicBarrier together = new CyclicBarrier(2);
      for (int round = 0; round < ROUNDS; round++) {
        String etag = objects.put("k", new byte[] {1});
        try (Threads threads = new Threads(2)) {
          Future<Integer> delete =
              threads.submit(
                  () -> {
                    together.await();
                    return Client.statusOf(
                        () ->
                            Client.await(
                                client.s3.deleteObject(
                                    r -> r.bucket(BUCKET).key("k").ifMatch(etag))));
                  });
          Future<Integer> put =
              threads.submit(
                  () -> {
                    together.await();
                    return Client.statusOf(
                        () -> client.put("k", new byte[] {2}, r -> r.ifMatch(etag)));
                  });
          // Either the delete won and the put found nothing, or the put won and the delete failed.
          boolean deleted = delete.get() == 200;
          assertEquals(deleted ? 404 : 200, put.get());
          assertEquals(!deleted, objects.contains("k"));
        }
      }
    }
  }

  private static int increment(Client client) {
    int lost = 0;
    for (int done = 0; done < INCREMENTS_EACH; ) {
      ResponseBytes<GetObjectResponse> read = client.response("counter", r -> {});
      int next = Integer.parseInt(read.asUtf8String()) + 1;
      try {
        client.put(
            "counter",
            Integer.toString(next).getBytes(UTF_8),
            r -> r.ifMatch(read.response().eTag()));
        done++;
      } catch (SdkServiceException e) {
        assertEquals(412, e.statusCode());
        lost++;
      } catch (SdkException e) {
        throw new AssertionError("neither acknowledged nor refused", e);
      }
    }
    return lost;
  }

  private S3TestServer start(String backend) {
    S3TestServer.Builder builder = S3TestServer.builder();
    S3TestServer server =
        (backend.equals("memory") ? builder.inMemory() : builder.directory(directory)).start();
    server.createBucket(BUCKET);
    return server;
  }

  private static byte[] body(char c) {
    return String.valueOf(c).repeat(200).getBytes(UTF_8);
  }

  private static String utf8(byte[] bytes) {
    return new String(bytes, UTF_8);
  }

  @FunctionalInterface
  private interface Work {
    int run(int id) throws Exception;
  }

  private static List<Integer> inParallel(Work work) throws Exception {
    try (Threads threads = new Threads(CLIENTS)) {
      List<Future<Integer>> futures = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        int id = i;
        futures.add(threads.submit(() -> work.run(id)));
      }
      List<Integer> results = new ArrayList<>();
      for (Future<Integer> future : futures) {
        results.add(future.get(120, TimeUnit.SECONDS));
      }
      return results;
    }
  }

  /** Threads that end with the test. */
  private static final class Threads implements AutoCloseable {
    private final ExecutorService executor;

    private Threads(int count) {
      executor = Executors.newFixedThreadPool(count);
    }

    private <T> Future<T> submit(Callable<T> task) {
      return executor.submit(task);
    }

    @Override
    public void close() {
      executor.shutdownNow();
    }
  }
}
