package io.github.s3vfs.model;

/** Somebody who may do something next. */
interface Actor {
  /** Reports all steps that the actor may take from a state. Always the same ones, in one order. */
  void steps(State from, Sink sink);

  /** Takes the steps. */
  interface Sink {
    /**
     * One step.
     *
     * @param who takes it
     * @param what it does
     * @param fate of the PUT that belongs to it
     * @param to the state that it leads to
     */
    void step(String who, String what, Put.Fate fate, State to);

    default void step(String who, String what, State to) {
      step(who, what, Put.Fate.ARRIVES, to);
    }
  }
}
