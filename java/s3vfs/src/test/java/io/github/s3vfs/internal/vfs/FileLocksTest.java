package io.github.s3vfs.internal.vfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.internal.layout.LockLevel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class FileLocksTest {
  private static final long SEED = Long.getLong("s3vfs.test.seed", System.nanoTime());
  private static final boolean THOROUGH = Boolean.getBoolean("s3vfs.test.thorough");
  private static final int OWNERS = 3;

  /** What a connection does with its lock, in the way SQLite's pager does. */
  private enum Step {
    SHARE,
    RESERVE,
    EXCLUDE,
    DOWNGRADE,
    RELEASE
  }

  private record Move(int owner, Step step) {}

  /**
   * The lock level of each owner, PENDING included, by the rules of
   * https://sqlite.org/lockingv3.html.
   */
  private record Model(List<LockLevel> levels) {
    static final Model INITIAL = new Model(List.of(LockLevel.NONE, LockLevel.NONE, LockLevel.NONE));

    LockLevel level(int owner) {
      return levels.get(owner);
    }

    Model with(int owner, LockLevel level) {
      List<LockLevel> changed = new ArrayList<>(levels);
      changed.set(owner, level);
      return new Model(List.copyOf(changed));
    }

    private boolean othersAreBelow(int owner, LockLevel bound) {
      for (int other = 0; other < OWNERS; other++) {
        if (other != owner && level(other).compareTo(bound) >= 0) {
          return false;
        }
      }
      return true;
    }

    boolean isReserved() {
      return levels.stream().anyMatch(level -> level.compareTo(LockLevel.RESERVED) >= 0);
    }

    boolean mayMake(Move move) {
      LockLevel level = level(move.owner);
      return switch (move.step) {
        case SHARE -> level == LockLevel.NONE;
        case RESERVE -> level == LockLevel.SHARED;
        case EXCLUDE -> level != LockLevel.NONE && level != LockLevel.EXCLUSIVE;
        case DOWNGRADE, RELEASE -> level != LockLevel.NONE;
      };
    }

    Model after(Move move) {
      int owner = move.owner;
      return switch (move.step) {
        case SHARE ->
            othersAreBelow(owner, LockLevel.PENDING) ? with(owner, LockLevel.SHARED) : this;
        case RESERVE ->
            othersAreBelow(owner, LockLevel.RESERVED) ? with(owner, LockLevel.RESERVED) : this;
        case EXCLUDE -> {
          if (othersAreBelow(owner, LockLevel.SHARED)) {
            yield with(owner, LockLevel.EXCLUSIVE);
          }
          // Who waits with RESERVED keeps new readers out; who recovers from a journal does not.
          yield level(owner) == LockLevel.RESERVED ? with(owner, LockLevel.PENDING) : this;
        }
        case DOWNGRADE -> with(owner, LockLevel.SHARED);
        case RELEASE -> with(owner, LockLevel.NONE);
      };
    }

    void check(String what) {
      int reserved = 0;
      for (int owner = 0; owner < OWNERS; owner++) {
        reserved += level(owner).compareTo(LockLevel.RESERVED) >= 0 ? 1 : 0;
        if (level(owner) == LockLevel.EXCLUSIVE) {
          assertTrue(othersAreBelow(owner, LockLevel.SHARED), what);
        }
      }
      assertTrue(reserved <= 1, what);
    }
  }

  private static boolean make(FileLocks locks, Object owner, Step step) {
    return switch (step) {
      case SHARE -> locks.share(owner, false);
      case RESERVE -> locks.reserve(owner);
      case EXCLUDE -> locks.exclude(owner, false);
      case DOWNGRADE -> {
        locks.downgrade(owner);
        yield true;
      }
      case RELEASE -> {
        locks.release(owner);
        yield true;
      }
    };
  }

  private static Model make(FileLocks locks, Object[] owners, Model model, Move move, String what) {
    Model after = model.after(move);
    boolean granted =
        switch (move.step) {
          case SHARE, RESERVE -> !after.equals(model);
          case EXCLUDE -> after.level(move.owner) == LockLevel.EXCLUSIVE;
          case DOWNGRADE, RELEASE -> true;
        };
    assertEquals(granted, make(locks, owners[move.owner], move.step), what);
    assertEquals(after.isReserved(), locks.isReserved(), what);
    after.check(what);
    return after;
  }

  private static Object[] owners() {
    return new Object[] {new Object(), new Object(), new Object()};
  }

  private static List<Move> moves() {
    List<Move> moves = new ArrayList<>();
    for (int owner = 0; owner < OWNERS; owner++) {
      for (Step step : Step.values()) {
        moves.add(new Move(owner, step));
      }
    }
    return moves;
  }

  /** Every state that three connections can reach, by every step out of it. */
  @Test
  void everyStepOutOfEveryStateIsAsSqliteWantsIt() {
    Set<Model> reached = new HashSet<>(Set.of(Model.INITIAL));
    Deque<List<Move>> ways = new ArrayDeque<>(List.of(List.of()));
    while (!ways.isEmpty()) {
      List<Move> way = ways.remove();
      Model state = replay(way);
      for (Move move : moves()) {
        if (state.mayMake(move)) {
          List<Move> further = new ArrayList<>(way);
          further.add(move);
          if (reached.add(replay(further))) {
            ways.add(further);
          }
        }
      }
    }
    // 8 of readers only, 12 each with RESERVED and with PENDING, 3 with EXCLUSIVE.
    assertEquals(35, reached.size(), reached.toString());
  }

  private static Model replay(List<Move> moves) {
    FileLocks locks = new FileLocks(() -> 0);
    Object[] owners = owners();
    Model model = Model.INITIAL;
    for (Move move : moves) {
      model = make(locks, owners, model, move, moves.toString());
    }
    return model;
  }

  /** A state may be reached in more than one way: long random walks find what hides in one. */
  @Test
  void longRandomWalksStayWithinTheRules() {
    List<Move> moves = moves();
    for (int round = 0; round < (THOROUGH ? 5_000 : 100); round++) {
      long seed = SEED + round;
      Random random = new Random(seed);
      FileLocks locks = new FileLocks(() -> 0);
      Object[] owners = owners();
      Model model = Model.INITIAL;
      for (int i = 0; i < 1_000; i++) {
        Move move = moves.get(random.nextInt(moves.size()));
        if (model.mayMake(move)) {
          model = make(locks, owners, model, move, "seed " + seed + " step " + i + " " + move);
        }
      }
    }
  }

  @Test
  void readersGoOnBesideReservedButNotBesidePending() {
    FileLocks locks = new FileLocks(() -> 0);
    Object[] owners = owners();
    assertTrue(locks.share(owners[0], false));
    assertTrue(locks.reserve(owners[0]));
    assertTrue(locks.share(owners[1], false));
    assertFalse(locks.reserve(owners[1]), "one writer");
    assertFalse(locks.exclude(owners[0], false), "a reader is there");
    assertFalse(locks.share(owners[2], false), "the writer waits");
    locks.release(owners[1]);
    assertTrue(locks.exclude(owners[0], false), "the last reader has gone");
    locks.downgrade(owners[0]);
    assertTrue(locks.share(owners[2], false));
  }

  @Test
  void recoveryTakesExclusiveWithoutReservedOnlyAlone() {
    FileLocks locks = new FileLocks(() -> 0);
    Object[] owners = owners();
    assertTrue(locks.share(owners[0], false));
    assertTrue(locks.share(owners[1], false));
    assertFalse(locks.exclude(owners[0], false));
    assertFalse(locks.isReserved(), "two that recover must not lock each other out");
    assertTrue(locks.share(owners[2], false));
    locks.release(owners[1]);
    locks.release(owners[2]);
    assertTrue(locks.exclude(owners[0], false));
    assertFalse(locks.share(owners[1], false));
  }

  @Test
  void releasingWhatOneDoesNotHoldChangesNothing() {
    FileLocks locks = new FileLocks(() -> 0);
    Object[] owners = owners();
    assertTrue(locks.share(owners[0], false));
    assertTrue(locks.exclude(owners[0], false));
    locks.release(owners[1]);
    locks.downgrade(owners[1]);
    assertTrue(locks.isReserved());
    assertFalse(locks.share(owners[1], false));
  }

  @Test
  void ownersThatAreEqualAreStillTwo() {
    FileLocks locks = new FileLocks(() -> 0);
    List<Integer> one = List.of(1, 2);
    List<Integer> other = List.of(1, 2);
    assertTrue(locks.share(one, false));
    assertTrue(locks.share(other, false));
    assertFalse(locks.exclude(one, false));
    locks.release(other);
    assertTrue(locks.exclude(one, false));
  }

  @Test
  void threadsNeverWriteBesideOthers() throws Exception {
    int rounds = THOROUGH ? 200_000 : 10_000;
    FileLocks locks = new FileLocks(() -> 0);
    AtomicInteger readers = new AtomicInteger();
    AtomicInteger writers = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(OWNERS);
    List<Future<Integer>> ends = new ArrayList<>();
    for (int i = 0; i < OWNERS; i++) {
      Object owner = new Object();
      ends.add(threads.submit(() -> readAndWrite(locks, owner, rounds, readers, writers)));
    }
    int written = 0;
    for (Future<Integer> end : ends) {
      written += end.get(60, TimeUnit.SECONDS);
    }
    threads.shutdown();
    assertTrue(threads.awaitTermination(10, TimeUnit.SECONDS));
    assertTrue(written > 0);
    assertFalse(locks.isReserved());
  }

  private static int readAndWrite(
      FileLocks locks, Object owner, int rounds, AtomicInteger readers, AtomicInteger writers) {
    int written = 0;
    for (int round = 0; round < rounds; round++) {
      if (locks.share(owner, false)) {
        readers.incrementAndGet();
        if (locks.reserve(owner) && locks.exclude(owner, false)) {
          assertEquals(1, writers.incrementAndGet());
          assertEquals(1, readers.get());
          written++;
          writers.decrementAndGet();
        }
        readers.decrementAndGet();
        locks.release(owner);
      }
    }
    return written;
  }
}
