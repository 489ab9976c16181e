package io.github.s3vfs.model;

import java.util.EnumMap;

/** Who takes part in an exploration, and how often something may happen. Immutable. */
final class Bounds {
  enum Limit {
    /** Write transactions that each writer begins. */
    ATTEMPTS,
    /** PUTs whose answer is lost or misleading, of all actors together. */
    FAULTS,
    /** Crashes of all writers together. */
    CRASHES,
    /** Renewals of the claim per write transaction. */
    RENEWALS,
    /** 1 if write transactions may end without a commit. */
    ROLLBACKS,
    /** Runs of each collector. */
    COLLECTIONS,
    /** Collectors, if there are any collections; otherwise one. */
    COLLECTORS,
    /** Read transactions of a second thread in the process of the first writer. */
    READS,
    /** 1 if the process of the first writer may be cloned. */
    CLONES,
    /** Nonces that are drawn ahead, and that a clone draws as well if it does not take care. */
    DRAWN_AHEAD,
    /**
     * 1 if nonces of commits are drawn before their content is final, so that a clone's differs.
     */
    EARLY_NONCES,
    /** Deletions of the whole database. */
    DELETIONS,
    /** Versions that a collection may retain at most, the newest ones; 0 is 1. */
    RETAINED,
    /** 1 if all transactions write the even page. */
    ONE_PAGE,
    /** Runs of each compactor. */
    COMPACTIONS,
    /** Compactors, if there are any compactions; otherwise one. */
    COMPACTORS,
    /** 1 if a compaction may move the even page alone, 2 if also the odd one alone. */
    PARTIAL_COMPACTIONS,
    /** 1 if there is no database at the beginning; otherwise it has one version. */
    NO_DATABASE
  }

  /** For people. */
  final String name;

  private final String writers;
  private final EnumMap<Limit, Integer> limits;

  private Bounds(String name, String writers, EnumMap<Limit, Integer> limits) {
    this.name = name;
    this.writers = writers;
    this.limits = limits;
  }

  /**
   * Each writer begins one transaction, nothing fails, and there is nobody else.
   *
   * @param writers a letter for each: {@code c} claims, {@code o} is optimistic
   */
  static Bounds of(String name, String writers) {
    return new Bounds(name, writers, new EnumMap<>(Limit.class)).with(Limit.ATTEMPTS, 1);
  }

  Bounds with(Limit limit, int value) {
    EnumMap<Limit, Integer> changed = limits.clone();
    changed.put(limit, value);
    return new Bounds(name, writers, changed);
  }

  int get(Limit limit) {
    return limits.getOrDefault(limit, 0);
  }

  boolean has(Limit limit) {
    return get(limit) > 0;
  }

  int writers() {
    return writers.length();
  }

  boolean isOptimistic(int writer) {
    return writer < writers() && writers.charAt(writer) == 'o';
  }

  int collectors() {
    return has(Limit.COLLECTIONS) ? Math.max(1, get(Limit.COLLECTORS)) : 0;
  }

  int compactors() {
    return has(Limit.COMPACTIONS) ? Math.max(1, get(Limit.COMPACTORS)) : 0;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(name).append(": writers ").append(writers);
    for (Limit limit : Limit.values()) {
      if (has(limit)) {
        text.append(", ").append(limit).append(' ').append(get(limit));
      }
    }
    return text.toString();
  }
}
