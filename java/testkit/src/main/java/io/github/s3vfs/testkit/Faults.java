package io.github.s3vfs.testkit;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What goes wrong, and how slow everything is.
 *
 * <pre>{@code
 * FaultRule rule = server.faults().add(
 *     RequestMatch.of(S3Operation.PUT_OBJECT).key("db/head").nth(2), Fault.resetAfterEffect());
 * ...
 * assertEquals(1, rule.fired());
 * }</pre>
 *
 * <p>Rules are asked in the order in which they were added. Every rule whose conditions hold counts
 * the request; of those that fire, the delays add up and the first other fault happens. For one
 * seed and one order of requests the same faults happen. Thread-safe: what a rule decides, it
 * decides for one request at a time.
 */
public final class Faults {

  private final List<FaultRule> rules = new CopyOnWriteArrayList<>();
  private final AtomicLong latencyNanos = new AtomicLong();
  private final Bandwidth bandwidth;
  private final boolean possible;
  private long seed;
  private int added;

  /**
   * @param possible whether requests pass by here; otherwise whoever wants a fault is told
   */
  Faults(Bandwidth bandwidth, boolean possible) {
    this.bandwidth = bandwidth;
    this.possible = possible;
  }

  /**
   * Adds a rule after those there are.
   *
   * @throws IllegalStateException for an external store
   */
  public synchronized FaultRule add(RequestMatch match, Fault fault) {
    checkPossible(true);
    added++;
    FaultRule rule = new FaultRule(this, match, fault, seed * 1_000_003 + added);
    rules.add(rule);
    return rule;
  }

  /**
   * The seed from which the generators of rules added from now on derive, by their order; 0 until
   * it is set.
   */
  public synchronized void seed(long newSeed) {
    seed = newSeed;
    added = 0;
  }

  /** How long every request takes, before it has its effect; zero by default. */
  public void latency(Duration latency) {
    checkPossible(!latency.isZero());
    latencyNanos.set(latency.toNanos());
  }

  /**
   * How many bytes per second all bodies may have, requests and responses together; 0, the default,
   * for any number. Headers are free.
   */
  public void bandwidth(long bytesPerSecond) {
    checkPossible(bytesPerSecond != 0);
    bandwidth.limit(bytesPerSecond, false);
  }

  /**
   * As {@link #bandwidth}, for the bodies of requests by themselves and for those of responses by
   * themselves, as on a full-duplex link.
   */
  public void bandwidthEachWay(long bytesPerSecond) {
    checkPossible(bytesPerSecond != 0);
    bandwidth.limit(bytesPerSecond, true);
  }

  /** Takes all rules away, drops what they hold, and sets latency and bandwidth back. */
  public void clear() {
    for (FaultRule rule : rules) {
      rule.remove();
      rule.discard();
    }
    latency(Duration.ZERO);
    bandwidth(0);
  }

  private void checkPossible(boolean wanted) {
    if (wanted && !possible) {
      throw new IllegalStateException("only the embedded server has faults");
    }
  }

  void remove(FaultRule rule) {
    rules.remove(rule);
  }

  /**
   * What is to happen to one request.
   *
   * @param delayNanos how long it waits first
   * @param rule whose fault happens to it; null when none does
   */
  record Plan(long delayNanos, @Nullable FaultRule rule) {}

  synchronized Plan plan(S3Request request) {
    long delay = latencyNanos.get();
    FaultRule happening = null;
    for (FaultRule rule : rules) {
      if (!rule.fires(request)) {
        continue;
      }
      if (rule.fault() instanceof Fault.Delay wait) {
        delay += wait.time().toNanos();
        rule.countFired();
      } else if (happening == null) {
        happening = rule;
        rule.countFired();
      }
    }
    return new Plan(delay, happening);
  }
}
