package io.github.s3vfs.testkit;

import java.util.ArrayList;
import java.util.List;

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

  private final Object lock = new Object();
  private final List<RequestRecord> records = new ArrayList<>();
  private final boolean keeping;
  private int inFlight;

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
   * threads that reaches the server meanwhile is counted too. The account keeps them: nothing is
   * reset.
   *
   * @throws Exception what {@code work} throws
   */
  public AccountSnapshot measure(Work work) throws Exception {
    long from = System.nanoTime();
    work.run();
    return snapshot().where(record -> record.startNanos() - from >= 0);
  }

  Entry begin(S3Request request) {
    synchronized (lock) {
      inFlight++;
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
        if (keeping) {
          records.add(
              new RequestRecord(
                  request, status, requestBytes, responseBytes, start, System.nanoTime()));
        }
      }
    }
  }
}
