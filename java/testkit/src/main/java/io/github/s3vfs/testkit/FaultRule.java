package io.github.s3vfs.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A fault on a schedule, as added to {@link Faults}. Thread-safe. */
public final class FaultRule {

  /**
   * How long an effect is held at most before it is dropped, so that a forgotten one does not hold
   * its thread.
   */
  private static final Duration LONGEST_HOLD = Duration.ofMinutes(10);

  private static final Duration RELEASE_DEADLINE = Duration.ofSeconds(30);

  private final Faults faults;
  private final RequestMatch match;
  private final Fault fault;
  private final Random random;
  private final List<HeldEffect> held = new ArrayList<>();
  private int matched;
  private int fired;

  FaultRule(Faults faults, RequestMatch match, Fault fault, long seed) {
    this.faults = faults;
    this.match = match;
    this.fault = fault;
    this.random = new Random(seed);
  }

  /** Something that happens later. */
  @FunctionalInterface
  interface Effect {
    void happen() throws Exception;
  }

  private static final class HeldEffect {
    private final CountDownLatch decided = new CountDownLatch(1);
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile boolean dropped;
  }

  /** How many requests matched, whether or not the fault happened to them. */
  public synchronized int matched() {
    return matched;
  }

  /** How many requests the fault happened to. */
  public synchronized int fired() {
    return fired;
  }

  /** How many effects are being held. */
  public synchronized int held() {
    return held.size();
  }

  /** Takes the rule away. What it holds stays held. */
  public void remove() {
    faults.remove(this);
  }

  /**
   * Lets every effect that is held take place, and returns when they have.
   *
   * @throws IllegalStateException when they have not within 30 seconds
   */
  public void release() {
    decide(false);
  }

  /** Drops every effect that is held: they never take place. */
  public void discard() {
    decide(true);
  }

  private void decide(boolean drop) {
    List<HeldEffect> effects;
    synchronized (this) {
      effects = List.copyOf(held);
    }
    for (HeldEffect effect : effects) {
      effect.dropped = drop;
      effect.decided.countDown();
    }
    for (HeldEffect effect : effects) {
      if (!await(effect.done, RELEASE_DEADLINE)) {
        throw new IllegalStateException("a held effect has not taken place");
      }
    }
  }

  Fault fault() {
    return fault;
  }

  /** Counts a request; whether the rule would fire for it. */
  synchronized boolean fires(S3Request request) {
    if (!match.matches(request)) {
      return false;
    }
    matched++;
    return match.fires(matched, random);
  }

  synchronized void countFired() {
    fired++;
  }

  /**
   * Announces an effect that will be held; from here on {@link #held()} and {@link #release()} know
   * it.
   */
  synchronized Runnable announce(@Nullable Duration after, Effect effect) {
    HeldEffect announced = new HeldEffect();
    held.add(announced);
    return () -> hold(announced, after, effect);
  }

  /** Waits for the decision and acts on it. */
  private void hold(HeldEffect announced, @Nullable Duration after, Effect effect) {
    try {
      boolean decided = await(announced.decided, after == null ? LONGEST_HOLD : after);
      boolean happens = decided ? !announced.dropped : after != null;
      if (happens && !Thread.currentThread().isInterrupted()) {
        effect.happen();
      }
    } catch (Exception e) {
      throw new IllegalStateException("a held effect failed", e);
    } finally {
      synchronized (this) {
        held.remove(announced);
      }
      announced.done.countDown();
    }
  }

  private static boolean await(CountDownLatch latch, Duration atMost) {
    try {
      return latch.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
