package io.github.s3vfs.internal.store;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Which requests of an {@link InMemoryObjectStore} fail, and how. As in
 *
 * <pre>{@code
 * store.faults().on(Request.PUT).key("db/head").nth(2).failAfter(FaultPlan.unavailable());
 * }</pre>
 *
 * The first rule that fits a request is applied. Thread-safe.
 */
public final class FaultPlan {

  /** A failure whose outcome is unknown. */
  public static S3VfsException unavailable() {
    return new S3VfsException(ErrorKind.UNAVAILABLE, "planned fault: 503 SlowDown");
  }

  private enum Effect {
    NEVER,
    BEFORE_FAILURE,
    LATER,
    CUT,
    SLOW
  }

  private record Late(int due, Runnable effect) {}

  private final List<Rule> rules = new ArrayList<>();
  private final List<Late> late = new ArrayList<>();
  private int seen;
  private int hits;
  private int cuts;
  private int lateRuns;

  /** A rule for requests of one kind. */
  public synchronized Rule on(InMemoryObjectStore.Request kind) {
    return new Rule(this, kind);
  }

  /** A rule for all requests. */
  public synchronized Rule onAny() {
    return new Rule(this, null);
  }

  /** Requests that a rule applied to. */
  public synchronized int hits() {
    return hits;
  }

  /** Answers so far that were cut short. */
  public synchronized int cuts() {
    return cuts;
  }

  /** Effects so far that came late. */
  public synchronized int lateRuns() {
    return lateRuns;
  }

  /** Forgets all rules, and the late effects that are still to come. */
  public synchronized void clear() {
    rules.clear();
    late.clear();
  }

  /** Lets all late effects happen now, in the order of their requests. */
  public void releaseLate() {
    run(Integer.MAX_VALUE);
  }

  /** Requests that have failed and will still take effect. */
  public synchronized int lateEffects() {
    return late.size();
  }

  synchronized <T> Hit<T> hit(InMemoryObjectStore.Request kind, String key, Supplier<T> effect) {
    int number = ++seen;
    for (Rule rule : rules) {
      if (rule.applies(kind, key)) {
        hits++;
        cuts += rule.effect == Effect.CUT ? 1 : 0;
        return new Hit<>(this, effect, rule, number);
      }
    }
    return new Hit<>(this, effect, null, number);
  }

  /** Late effects that are due happen after the request that they waited for. */
  void runLate(Hit<?> after) {
    run(after.number);
  }

  private void run(int until) {
    List<Late> due = new ArrayList<>();
    synchronized (this) {
      late.removeIf(l -> l.due() <= until && due.add(l));
      lateRuns += due.size();
    }
    due.forEach(l -> l.effect().run());
  }

  private synchronized void add(Rule rule) {
    rules.add(rule);
  }

  private synchronized void addLate(Late effect) {
    late.add(effect);
  }

  /** Says which requests a fault is for; takes hold with one of the {@code fail} methods. */
  public static final class Rule {
    private final FaultPlan plan;
    private final InMemoryObjectStore.@Nullable Request kind;
    private Predicate<String> key = k -> true;
    private int skip;
    private int times = Integer.MAX_VALUE;
    private Effect effect = Effect.NEVER;
    private int delay;
    private S3VfsException error = unavailable();

    private Rule(FaultPlan plan, InMemoryObjectStore.@Nullable Request kind) {
      this.plan = plan;
      this.kind = kind;
    }

    /** Only requests for this key, or listings of this prefix. */
    public Rule key(String only) {
      return key(only::equals);
    }

    /** Only requests whose key (of a deleteAll: the first) fits. */
    public Rule key(Predicate<String> fits) {
      key = fits;
      return this;
    }

    /** Only the n-th of them from now on, counted from 1. Without this: every one. */
    public Rule nth(int n) {
      skip = n - 1;
      times = 1;
      return this;
    }

    /** Only the first n of them. */
    public Rule times(int n) {
      times = n;
      return this;
    }

    /** They fail and have no effect. */
    public void failBefore(S3VfsException with) {
      fail(Effect.NEVER, with, 0);
    }

    /** They have their effect, but fail. If the effect fails, that is the failure. */
    public void failAfter(S3VfsException with) {
      fail(Effect.BEFORE_FAILURE, with, 0);
    }

    /**
     * They fail, and have their effect (under their condition) after this many more requests of any
     * kind, or at {@link FaultPlan#releaseLate}.
     */
    public void failNowTakeEffectLater(S3VfsException with, int moreRequests) {
      fail(Effect.LATER, with, moreRequests);
    }

    /** They succeed, but of a body that is read only the first half arrives. */
    public void cutShort() {
      effect = Effect.CUT;
      plan.add(this);
    }

    /** They succeed, a millisecond later and on another thread. */
    public void answerSlowly() {
      effect = Effect.SLOW;
      plan.add(this);
    }

    private void fail(Effect when, S3VfsException with, int moreRequests) {
      effect = when;
      error = with;
      delay = moreRequests;
      plan.add(this);
    }

    private boolean applies(InMemoryObjectStore.Request request, String k) {
      if ((kind != null && kind != request) || times == 0 || !key.test(k)) {
        return false;
      }
      if (skip > 0) {
        skip--;
        return false;
      }
      if (times != Integer.MAX_VALUE) {
        times--;
      }
      return true;
    }
  }

  /** One request, and the rule for it if there is one. */
  static final class Hit<T> {
    private final FaultPlan plan;
    private final Supplier<T> effect;
    private final @Nullable Rule rule;
    private final int number;

    private Hit(FaultPlan plan, Supplier<T> effect, @Nullable Rule rule, int number) {
      this.plan = plan;
      this.effect = effect;
      this.rule = rule;
      this.number = number;
    }

    /** Who runs it. */
    Executor executor(Executor usual) {
      return rule != null && rule.effect == Effect.SLOW
          ? CompletableFuture.delayedExecutor(1, TimeUnit.MILLISECONDS)
          : usual;
    }

    T run() {
      if (rule == null) {
        return effect.get();
      }
      switch (rule.effect) {
        case NEVER -> {}
        case BEFORE_FAILURE -> {
          T unused = effect.get();
        }
        case LATER -> plan.addLate(new Late(due(rule.delay), this::runLate));
        case CUT -> {
          return firstHalf(effect.get());
        }
        case SLOW -> {
          return effect.get();
        }
      }
      throw rule.error;
    }

    @SuppressWarnings("unchecked") // the same type
    private static <T> T firstHalf(T answer) {
      return answer instanceof Fetched f && f.found()
          ? (T)
              new Fetched(
                  f.status(),
                  Arrays.copyOf(f.body(), f.body().length / 2),
                  f.etag(),
                  f.objectSize(),
                  f.date(),
                  f.lastModified())
          : answer;
    }

    private int due(int delay) {
      return delay > Integer.MAX_VALUE - number ? Integer.MAX_VALUE : number + delay;
    }

    private void runLate() {
      try {
        T unused = effect.get();
      } catch (S3VfsException e) {
        // Nobody is told any more.
      }
    }
  }
}
