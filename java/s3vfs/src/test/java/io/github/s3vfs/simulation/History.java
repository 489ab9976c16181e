package io.github.s3vfs.simulation;

import io.github.s3vfs.internal.layout.snapshot.SimulatedVolumes;
import io.github.s3vfs.internal.layout.snapshot.SimulatedVolumes.HeadFacts;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All states of the database, as the store has taken them in: what is true. */
final class History {
  private final List<State> states = new ArrayList<>();
  private final Map<Long, Commit> commits = new HashMap<>();
  private final Set<String> headNonces = new HashSet<>();
  private final Set<String> commitNonces = new HashSet<>();
  private final Set<String> deleted = new HashSet<>();
  private @Nullable HeadFacts head;

  /** When there was no head for the last time. */
  private long absentAt;

  History() {
    states.add(new State(0, 0, "", 0, Instant.EPOCH, Content.NOTHING));
  }

  State newest() {
    return states.get(states.size() - 1);
  }

  List<State> states() {
    return states;
  }

  /** The newest state before some time. */
  State newestBefore(long nanos) {
    int i = states.size() - 1;
    while (i > 0 && states.get(i).since() >= nanos) {
      i--;
    }
    return states.get(i);
  }

  /** The number of the next commit. */
  Commit commit(String process, byte[] content, @Nullable State base) {
    Commit commit = new Commit(commits.size() + 1L, process, content, base);
    commits.put(commit.number(), commit);
    return commit;
  }

  /** The number that the next commit will have. */
  long nextCommit() {
    return commits.size() + 1L;
  }

  /** The state that a commit has made, or null. */
  @Nullable State of(long commit) {
    Commit found = commits.get(commit);
    return found == null ? null : found.state();
  }

  /** The state after another one, or null. */
  @Nullable State after(State state) {
    return state.index() + 1 < states.size() ? states.get(state.index() + 1) : null;
  }

  /** Whether a database was deleted. */
  boolean isDeleted(String uuid) {
    return deleted.contains(uuid);
  }

  boolean anyDeleted() {
    return !deleted.isEmpty();
  }

  /** Whether there has been a moment without a head since some time. */
  boolean wasAbsentSince(long nanos) {
    return head == null || absentAt >= nanos;
  }

  /** The head is deleted. */
  void headDeleted(long now) {
    HeadFacts before = head;
    if (before == null) {
      return;
    }
    head = null;
    absentAt = now;
    deleted.add(before.uuid());
    if (!newest().isEmpty()) {
      states.add(new State(states.size(), now, "", 0, Instant.EPOCH, Content.NOTHING));
    }
  }

  /**
   * The head is written.
   *
   * @param commit that its writer was at, or null
   */
  void headWritten(byte[] object, @Nullable Commit commit, long now) {
    HeadFacts after = SimulatedVolumes.facts(object);
    HeadFacts before = head;
    head = after;
    if (before == null) {
      absentAt = now;
    }
    if (!headNonces.add(after.nonce())) {
      throw new Violation("a head has come back: " + after);
    }
    if (before == null) {
      if (after.version() != 0) {
        throw new Violation("a head was made with a version: " + after);
      }
      return;
    }
    if (!after.uuid().equals(before.uuid()) || after.writes() != before.writes() + 1) {
      throw new Violation("the head follows another one: " + before + ", " + after);
    }
    if (after.epoch() < before.epoch() || after.floor() < before.floor()) {
      throw new Violation("epoch or floor go back: " + before + ", " + after);
    }
    if (after.version() == before.version() && after.commit().equals(before.commit())) {
      return; // a claim, or what is stored otherwise
    }
    if (after.version() != before.version() + 1 || !commitNonces.add(after.commit())) {
      throw new Violation("no next version: " + before + ", " + after);
    }
    if (commit == null) {
      throw new Violation("a version without a transaction: " + after);
    }
    State state =
        new State(
            states.size(), now, after.uuid(), after.version(), after.time(), commit.content());
    commit.happen(newest(), state);
    states.add(state);
  }
}
