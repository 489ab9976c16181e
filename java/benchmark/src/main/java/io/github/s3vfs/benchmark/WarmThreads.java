package io.github.s3vfs.benchmark;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Threads that look rows up at the same time, each on a connection of its own. */
final class WarmThreads implements AutoCloseable {
  static final int THREADS = 8;
  private static final Duration ROUND = Duration.ofMillis(100);

  /** Between two looks at the clock. */
  private static final int BATCH = 20;

  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

  /** Opens a connection. */
  interface Opener {
    /** A new one, which the caller closes. */
    WarmConnection open() throws SQLException;
  }

  /** One side, whose connections are open until the list is closed. */
  static List<WarmConnection> open(Opener opener) throws SQLException {
    List<WarmConnection> connections = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      connections.add(opener.open());
    }
    return connections;
  }

  /** Nanoseconds per look-up of all threads together, for some time; the checksum is 0. */
  Paired.Side side(List<WarmConnection> connections) {
    return round -> {
      List<Callable<Integer>> tasks = new ArrayList<>();
      long start = System.nanoTime();
      for (int i = 0; i < THREADS; i++) {
        WarmConnection connection = connections.get(i);
        SplittableRandom random = new SplittableRandom((long) round * THREADS + i);
        tasks.add(() -> lookups(connection, random, start));
      }
      long lookups = 0;
      for (Future<Integer> count : threads.invokeAll(tasks)) {
        lookups += count.get();
      }
      return new Paired.Sample((double) (System.nanoTime() - start) / lookups, Double.NaN, 0);
    };
  }

  private static int lookups(WarmConnection connection, SplittableRandom random, long start)
      throws SQLException {
    int count = 0;
    while (System.nanoTime() - start < ROUND.toNanos()) {
      connection.points(random, BATCH);
      count += BATCH;
    }
    return count;
  }

  @Override
  public void close() {
    threads.shutdown();
  }
}
