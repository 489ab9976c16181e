package io.github.s3vfs.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The account of every request the server has answered since the last {@link #reset()}.
 *
 * <p>When a client's call has returned, its requests are in the account: a request is entered
 * before the last bytes of its response are handed to the connection. Requests that are still being
 * served are not in it.
 *
 * <p>Thread-safe. It grows with every request, by about one kilobyte each.
 */
public final class Account {

  /** How long no request must have been served, so that none is expected, and how long to wait. */
  private static final long QUIET_MILLIS = 50;

  private static final long PATIENCE_MILLIS = 1_000;

  private final Object lock = new Object();
  private final List<RequestRecord> records = new ArrayList<>();
  private final boolean keeping;
  private int inFlight;

  /** When a request was last known to be served. */
  private long lastServed = System.nanoTime();

  Account(boolean keeping) {
    this.keeping = keeping;
  }

  /** Work to be measured; it may fail as it likes. */
  @FunctionalInterface
  public interface Work {
    /** Does the work. */
    void run() throws Exception;
  }

  /** Everything entered since the last reset. */
  public AccountSnapshot snapshot() {
    synchronized (lock) {
      return new AccountSnapshot(records);
    }
  }

  /** Forgets everything. A request that is being served now is entered when it ends. */
  public void reset() {
    synchronized (lock) {
      records.clear();
    }
  }

  /** Number of requests entered since the last reset. */
  public int count() {
    synchronized (lock) {
      return records.size();
    }
  }

  /** Number of requests being served now. */
  public int inFlight() {
    synchronized (lock) {
      return inFlight;
    }
  }

  /**
   * The requests that started while {@code work} ran, and ended before it returned. Work of other
   * threads that reaches the server meanwhile is counted too; what clients have cancelled before
   * may still come, so that this waits first until the server has had nothing to do for a moment.
   * The account keeps them: nothing is reset.
   *
   * @throws InterruptedException if this thread is interrupted before {@code work} runs
   * @throws Exception what {@code work} throws
   */
  public AccountSnapshot measure(Work work) throws Exception {
    for (int i = 0; i < PATIENCE_MILLIS / QUIET_MILLIS && !isQuiet(); i++) {
      Thread.sleep(QUIET_MILLIS);
    }
    long from = System.nanoTime();
    work.run();
    return snapshot().where(record -> record.startNanos() - from >= 0);
  }

  private boolean isQuiet() {
    synchronized (lock) {
      long idle = System.nanoTime() - lastServed;
      return inFlight == 0 && idle >= TimeUnit.MILLISECONDS.toNanos(QUIET_MILLIS);
    }
  }

  Entry begin(S3Request request) {
    synchronized (lock) {
      inFlight++;
      lastServed = System.nanoTime();
    }
    return new Entry(request, System.nanoTime());
  }

  /** A request that is being served. Not thread-safe; ends once, later calls do nothing. */
  final class Entry {
    private final S3Request request;
    private final long start;
    private boolean ended;

    private Entry(S3Request request, long start) {
      this.request = request;
      this.start = start;
    }

    void end(int status, long requestBytes, long responseBytes) {
      if (ended) {
        return;
      }
      ended = true;
      synchronized (lock) {
        inFlight--;
        lastServed = System.nanoTime();
        if (keeping) {
          records.add(
              new RequestRecord(
                  request, status, requestBytes, responseBytes, start, System.nanoTime()));
        }
      }
    }
  }
}
