package io.github.s3vfs.simulation;

import org.jspecify.annotations.Nullable;

/** A transaction that wants to be committed, and what became of it. */
final class Commit {
  /** What its process knows of it. */
  enum Told {
    NOTHING,
    DONE,
    /** It has had no effect and never will. */
    REFUSED,
    /** The outcome is unknown, until its process reads again. */
    UNKNOWN,
    /** Whatever it was, nothing changes any more. */
    SETTLED
  }

  private final long number;
  private final String process;
  private final byte[] content;
  private final @Nullable State base;
  private @Nullable State state;
  private Told told = Told.NOTHING;

  /**
   * @param content that it leaves
   * @param base what it was made from; null if that does not matter
   */
  Commit(long number, String process, byte[] content, @Nullable State base) {
    this.number = number;
    this.process = process;
    this.content = content;
    this.base = base;
  }

  long number() {
    return number;
  }

  byte[] content() {
    return content;
  }

  Told told() {
    return told;
  }

  /** The state that it has made, or null. */
  @Nullable State state() {
    return state;
  }

  /** It takes effect. */
  void happen(State before, State after) {
    if (state != null) {
      throw new Violation(this + " takes effect twice");
    }
    if (told == Told.REFUSED || told == Told.SETTLED || told == Told.DONE) {
      throw new Violation(this + " takes effect after its process was told " + told);
    }
    if (base != null && !base.equals(before) && !(base.isEmpty() && before.isEmpty())) {
      throw new Violation(this + " was made from " + base + ", and follows " + before);
    }
    state = after;
  }

  /** Its process is told. */
  void tell(Told news) {
    if (news == Told.DONE && state == null) {
      throw new Violation(this + " was said to be done, and is not");
    }
    if (news == Told.REFUSED && state != null) {
      throw new Violation(this + " was refused, and is done");
    }
    told = news;
  }

  @Override
  public String toString() {
    return "commit " + number + " of " + process;
  }
}
